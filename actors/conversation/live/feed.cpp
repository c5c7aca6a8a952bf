#include "actors/conversation/live/feed.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors::conversation {

namespace {

using mode = follower::mode;

/// Behind all that is told of the stream's last event.
cursor end_of(const agui_stream& stream) {
  return {stream.number(), all_parts, stream.message().empty() ? 0 : stream.seen()};
}

/// For a client that has seen nothing.
connection connect_to(const std::string& thread, const std::vector<recorded<event>>& journal) {
  conversation_state state;
  for (const auto& past : journal)
    conversation_core::apply(state, past.event, past.at);
  return connect(thread, state);
}

} // namespace

// -- The conversation's side ------------------------------------------------------------------------------------------

std::vector<follower_ptr> feed::awakened(const conversation_state& s) {
  const std::lock_guard guard{mutex_};
  awake_ = true;
  if (s.number == 0)
    drop_all("not_found"); // erased, and nobody heard of it
  return begin_behind(s);
}

/// Goes on behind the last event of `s`. A stream that is there knows better how much was told of a broken reply.
std::vector<follower_ptr> feed::begin_behind(const conversation_state& s) {
  if (!stream_ || stream_->number() < s.number) {
    stream_.emplace(key_.id, s);
    text_.clear();
  }
  std::vector<follower_ptr> behind;
  for (const auto& f : followers_)
    if (f->is == mode::live && f->at->event < s.number) {
      f->is = mode::behind;
      behind.push_back(f);
    }
  return behind;
}

std::vector<follower_ptr> feed::committed(const conversation_state& s, const std::vector<event>& events, timestamp at) {
  const std::lock_guard guard{mutex_};
  // Two lives may overlap when a tenant's actor dies: what the other one has told isn't told again.
  if (!stream_ || stream_->number() + events.size() != s.number)
    return begin_behind(s);
  std::vector<outgoing> told;
  for (const auto& what : events) {
    told.clear();
    stream_->take(what, at, told);
    if (stream_->message().empty() || stream_->seen() == 0)
      text_.clear();
    for (auto& each : told)
      publish(std::move(each), stream_->number());
    for (const auto& f : followers_)
      if (f->is == mode::live && f->ahead < stream_->number())
        f->at = end_of(*stream_);
  }
  if (stream_->message().empty())
    std::string{}.swap(text_); // thousands rest
  // Who was ahead has not been told the words that came meanwhile.
  for (const auto& f : followers_)
    if (f->is == mode::live && f->ahead == stream_->number())
      hand_missing_text(*f);
  if (s.ended)
    drop_all("ended");
  return {};
}

void feed::said(const std::string& reply, std::string_view visible) {
  const std::lock_guard guard{mutex_};
  if (!awake_ || stream_->message() != reply)
    return;
  text_ += visible;
  if (is_told_live())
    publish(stream_->delta(visible), stream_->number() + 1);
  else
    stream_->set_seen(text_.size());
}

void feed::fell_asleep() {
  const std::lock_guard guard{mutex_};
  awake_ = false;
  // What was told of a broken reply is known to nobody else.
  if (stream_ && stream_->message().empty())
    stream_.reset();
}

/// To all who are live and don't have event `number` from the journal.
void feed::publish(outgoing what, std::uint64_t number) {
  const published told{std::move(what)};
  for (const auto& f : followers_)
    if (f->is == mode::live && f->ahead < number)
      hand(*f, told);
}

bool feed::is_told_live() const {
  return std::any_of(followers_.begin(), followers_.end(), [](const auto& f) { return f->is == mode::live; });
}

// -- Followers --------------------------------------------------------------------------------------------------------

bool feed::hand(follower& f, const published& what) {
  if (!f.who->take(what)) {
    f.is = mode::full;
    return false;
  }
  f.at = what.at();
  return true;
}

/// The state is told once only.
bool feed::hand_all(follower& f, connection& what) {
  for (auto& each : what.events) {
    const bool repeats = f.welcomed && f.at && each.at == *f.at;
    if (!repeats && !hand(f, published{std::move(each)}))
      return false;
    f.welcomed = true;
  }
  f.at = end_of(what.stream);
  return true;
}

void feed::add(follower_ptr f) {
  const std::lock_guard guard{mutex_};
  followers_.push_back(std::move(f));
}

void feed::remove(const follower_ptr& f) {
  const std::lock_guard guard{mutex_};
  f->is = mode::gone;
  std::erase(followers_, f);
}

bool feed::resume(follower& f) {
  const std::lock_guard guard{mutex_};
  if (f.is != mode::full)
    return false;
  f.is = mode::behind;
  if (!awake_ || !f.welcomed || f.at->event != stream_->number() || f.at->part < stream_->part())
    return true;
  hand_missing_text(f);
  return false;
}

/// It has all events; then it is live, unless it has no room.
void feed::hand_missing_text(follower& f) {
  f.is = mode::live;
  if (stream_->message().empty() || f.at->offset >= text_.size())
    return;
  auto rest = *stream_;
  rest.set_seen(f.at->offset);
  hand(f, published{rest.delta(std::string_view{text_}.substr(f.at->offset))});
}

caught_up feed::catch_up(follower& f, const conversation_state& s) {
  const std::lock_guard guard{mutex_};
  if (f.is != mode::behind)
    return caught_up::done;
  if (!stream_ || stream_->number() != s.number)
    return caught_up::needs_journal;
  auto found = f.at ? conversation::resume(*stream_, s, *f.at) : std::optional{connect(key_.id, s)};
  if (!found)
    return caught_up::needs_journal;
  if (hand_all(f, *found))
    hand_missing_text(f);
  return caught_up::done;
}

caught_up feed::catch_up(follower& f, std::vector<recorded<event>> journal) {
  std::optional<cursor> from;
  {
    const std::lock_guard guard{mutex_};
    from = f.at;
  }
  auto found = from ? conversation::resume(key_.id, journal, *from) : std::nullopt;
  if (!found)
    found = connect_to(key_.id, journal);

  const std::lock_guard guard{mutex_};
  if (f.is != mode::behind || !hand_all(f, *found))
    return caught_up::done;
  if (!awake_ || stream_->number() < journal.size()) {
    // What it has is all there is, and perhaps more than the conversation has told yet.
    f.ahead = journal.size();
    f.is = mode::live;
    return caught_up::done;
  }
  if (stream_->number() > journal.size())
    return caught_up::needs_journal;
  hand_missing_text(f);
  return caught_up::done;
}

void feed::lose(follower& f, std::string_view reason) {
  const std::lock_guard guard{mutex_};
  drop(f, reason);
  std::erase_if(followers_, [&](const auto& each) { return each.get() == &f; });
}

void feed::lose_all(std::string_view reason) {
  const std::lock_guard guard{mutex_};
  drop_all(reason);
}

void feed::drop_all(std::string_view reason) {
  for (const auto& f : std::exchange(followers_, {}))
    drop(*f, reason);
}

void feed::drop(follower& f, std::string_view reason) {
  if (std::exchange(f.is, mode::gone) != mode::gone)
    f.who->lost(reason);
}

bool feed::is_awake() const {
  const std::lock_guard guard{mutex_};
  return awake_;
}

bool feed::is_idle() const {
  const std::lock_guard guard{mutex_};
  return !awake_ && followers_.empty();
}

} // namespace troupe::actors::conversation
