#include "actors/conversation/live/hub.hpp"

#include <utility>

#include "actors/conversation/reply_text.hpp"

namespace troupe::actors::conversation {

namespace {

/// Journals read for followers at a time.
constexpr std::size_t most_reads = 64;

/// Follows until it is let go.
class following final : public subscription {
public:
  following(std::shared_ptr<hub> all, feed_ptr of, follower_ptr f)
      : all_{std::move(all)}, of_{std::move(of)}, f_{std::move(f)} {}

  ~following() override {
    of_->remove(f_);
    all_->release(of_);
  }

  void resume() override {
    if (of_->resume(*f_))
      all_->catch_up(of_, f_);
  }

private:
  std::shared_ptr<hub> all_;
  feed_ptr of_;
  follower_ptr f_;
};

} // namespace

std::vector<recorded<event>> decode_journal(const std::vector<storage::stored_event>& stored) {
  std::vector<recorded<event>> result;
  result.reserve(stored.size());
  for (const auto& each : stored)
    result.push_back({conversation_core::decode(each.type, each.payload), each.at});
  return result;
}

hub::hub(std::shared_ptr<reader_pool> readers, inspect_conversation inspect, std::function<void(std::size_t)> counted)
    : readers_{std::move(readers)}, inspect_{std::move(inspect)}, counted_{std::move(counted)} {
  // nop
}

feed_ptr hub::find(const storage::entity_key& key) {
  auto& s = shard_of(key);
  const std::lock_guard guard{s.mutex};
  const auto found = s.feeds.find(key);
  return found == s.feeds.end() ? nullptr : *found;
}

/// Nobody forgets the feed before `use` has made it needed.
template <class F>
void hub::with_feed(const storage::entity_key& key, F use) {
  auto& s = shard_of(key);
  const std::lock_guard guard{s.mutex};
  auto found = s.feeds.find(key);
  if (found == s.feeds.end()) {
    found = s.feeds.insert(std::make_shared<feed>(key)).first;
    count(1);
  }
  use(*found);
}

void hub::release(const feed_ptr& which) {
  auto& s = shard_of(which->key());
  const std::lock_guard guard{s.mutex};
  const auto found = s.feeds.find(which);
  if (found != s.feeds.end() && *found == which && which->is_idle()) {
    s.feeds.erase(found);
    count(std::size_t{0} - 1);
  }
}

void hub::count(std::size_t change) {
  const auto now = size_.fetch_add(change) + change;
  if (counted_)
    counted_(now);
}

// -- The conversations' side ------------------------------------------------------------------------------------------

void hub::awakened(const storage::entity_key& key, const conversation_state& s) {
  feed_ptr of;
  std::vector<follower_ptr> behind;
  with_feed(key, [&](const feed_ptr& place) {
    of = place;
    behind = place->awakened(s);
  });
  catch_up_all(of, behind);
}

void hub::committed(const storage::entity_key& key, const conversation_state& s, const std::vector<event>& events,
                    timestamp at) {
  if (const auto of = find(key))
    catch_up_all(of, of->committed(s, events, at));
}

net::llm::text_taker hub::taker(const storage::entity_key& key, std::string reply) {
  struct relay {
    feed_ptr to;
    std::string reply;
    reply_filter filter;
  };
  auto to = find(key);
  if (!to)
    return [](std::string_view) {};
  auto state = std::make_shared<relay>(relay{std::move(to), std::move(reply), {}});
  return [state](std::string_view text) {
    const auto visible = state->filter.push(text);
    if (!visible.empty())
      state->to->said(state->reply, visible);
  };
}

void hub::fell_asleep(const storage::entity_key& key, std::string_view for_good) {
  const auto of = find(key);
  if (!of)
    return;
  of->fell_asleep();
  if (!for_good.empty())
    of->lose_all(for_good);
  release(of);
}

void hub::gone(const storage::entity_key& key) {
  const auto of = find(key);
  if (!of)
    return;
  of->lose_all("not_found");
  release(of);
}

// -- Their followers --------------------------------------------------------------------------------------------------

std::unique_ptr<subscription> hub::subscribe(storage::entity_key which, std::optional<cursor> after,
                                             std::shared_ptr<subscriber> who) {
  auto f = std::make_shared<follower>();
  f->who = std::move(who);
  f->at = after;
  feed_ptr of;
  with_feed(which, [&](const feed_ptr& place) {
    of = place;
    place->add(f);
  });
  auto result = std::make_unique<following>(shared_from_this(), of, f);
  catch_up(of, f);
  return result;
}

/// Who is in memory is asked; reading the journal doesn't bring it there.
void hub::catch_up(const feed_ptr& of, const follower_ptr& f) {
  if (!of->is_awake())
    return read_journal(of, f);
  inspect_(
      of->key(),
      [me = shared_from_this(), of, f](const conversation_state& s) {
        if (of->catch_up(*f, s) == caught_up::needs_journal)
          me->read_journal(of, f);
      },
      [me = shared_from_this(), of, f](port_fault) { me->read_journal(of, f); });
}

void hub::catch_up_all(const feed_ptr& of, const std::vector<follower_ptr>& behind) {
  for (const auto& f : behind)
    read_journal(of, f);
}

/// When thousands come at once they take their turns here, so that others get theirs at the readers, too.
void hub::read_journal(const feed_ptr& of, const follower_ptr& f) {
  {
    const std::lock_guard guard{reads_mutex_};
    waiting_reads_.push_back({of, f});
    if (reading_ >= most_reads)
      return;
    ++reading_;
  }
  read_next();
}

/// Has one of the `reading_` places.
void hub::read_next() {
  journal_task next;
  {
    const std::lock_guard guard{reads_mutex_};
    if (waiting_reads_.empty()) {
      --reading_;
      return;
    }
    next = std::move(waiting_reads_.front());
    waiting_reads_.pop_front();
  }
  readers_->run(
      [me = shared_from_this(), next](storage::reader& db) {
        auto journal = decode_journal(db.load(next.of->key()));
        if (journal.empty())
          next.of->lose(*next.f, "not_found");
        else if (next.of->catch_up(*next.f, std::move(journal)) == caught_up::needs_journal)
          me->read_journal(next.of, next.f);
        me->read_next();
      },
      [me = shared_from_this(), next](const storage::error& why) {
        if (why.kind() == storage::fault::corrupt) {
          next.of->lose(*next.f, "corrupt");
          me->read_next();
        } else {
          next.of->lose(*next.f, "storage_unavailable");
          me->give_up_reads();
        }
      });
}

/// Who waits would hear the same. Leaves one of the `reading_` places.
void hub::give_up_reads() {
  std::deque<journal_task> waiting;
  {
    const std::lock_guard guard{reads_mutex_};
    std::swap(waiting, waiting_reads_);
    --reading_;
  }
  for (const auto& each : waiting)
    each.of->lose(*each.f, "storage_unavailable");
}

} // namespace troupe::actors::conversation
