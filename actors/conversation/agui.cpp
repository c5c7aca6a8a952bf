#include "actors/conversation/agui.hpp"

#include <algorithm>
#include <utility>

#include "actors/conversation/agui_text.hpp"

namespace troupe::actors::conversation {

// Parts of an event have fixed numbers, whether or not each of them is told.
namespace part {
constexpr std::uint32_t run_started = 1;
constexpr std::uint32_t step_started = 2;
constexpr std::uint32_t version_changed = 3;
constexpr std::uint32_t restarted = 4;
constexpr std::uint32_t message_started = 5;
constexpr std::uint32_t rest = 1; ///< of a reply, once it is whole
constexpr std::uint32_t message_ended = 2;
} // namespace part

/// How one journaled event is told.
class agui_mapping {
public:
  agui_mapping(agui_stream& stream, timestamp at, std::vector<outgoing>& out) : s_{stream}, at_{at}, out_{out} {}

  void operator()(const opened& e) {
    conversation_state state;
    conversation_core::apply(state, e, at_);
    s_.step_ = e.step;
    s_.version_ = e.version;
    tell(1, state_snapshot(state));
    tell(2, messages_snapshot(state));
  }

  void operator()(const user_message& e) {
    const auto number = std::to_string(s_.number_);
    s_.runs_.push_back({"m" + number, e.run.empty() ? "r" + number : e.run});
    tell(1, user_said(s_.runs_.back().message, e.client_id, s_.runs_.back().run, e.text));
  }

  void operator()(const reply_started& e) {
    if (s_.run_.empty()) {
      if (!s_.runs_.empty()) {
        s_.run_ = std::move(s_.runs_.front().run);
        s_.runs_.erase(s_.runs_.begin());
        s_.runs_.shrink_to_fit(); // thousands rest
      }
      tell(part::run_started, run_started(s_.thread_, s_.run_));
      if (!s_.step_.empty())
        tell(part::step_started, step_event("STEP_STARTED", s_.step_));
    }
    if (e.version != s_.version_) {
      s_.version_ = e.version;
      tell(part::version_changed, version_delta(e.version));
    }
    const auto id = "m" + std::to_string(s_.number_);
    if (!e.replaces.empty())
      tell(part::restarted, message_restarted(e.replaces, id));
    s_.message_ = id;
    s_.seen_ = 0;
    tell(part::message_started, message_started(id));
  }

  void operator()(const reply_completed& e) {
    end_message(e.text);
  }

  void operator()(const reply_broken&) {
    end_message({});
  }

  void operator()(const interrupted& e) {
    const auto id = s_.message_;
    end_message(e.text);
    tell(3, custom("message_interrupted", {{"messageId", id}}));
  }

  void operator()(const fields_repaired&) {}

  void operator()(const fields_changed& e) {
    tell(1, fields_delta(e));
  }

  void operator()(const step_completed& e) {
    tell(1, completed_step_delta(e.step));
  }

  void operator()(const handed_over& e) {
    tell(1, step_event("STEP_FINISHED", e.from));
    tell(2, hand_over_delta(e));
    s_.step_ = e.to;
    tell(3, step_event("STEP_STARTED", e.to));
    whole_message(4, e.text);
  }

  void operator()(const completed& e) {
    tell(1, completed_delta());
    whole_message(2, e.text);
  }

  void operator()(const turn_ended&) {
    if (!s_.step_.empty())
      tell(1, step_event("STEP_FINISHED", s_.step_));
    tell(2, run_finished(s_.thread_, s_.run_));
    s_.run_.clear();
  }

  void operator()(const turn_failed& e) {
    end_message(e.text);
    tell(3, run_error(e.code, e.text));
    s_.run_.clear();
  }

  void operator()(const parked&) {}

  void operator()(const resumed&) {}

  void operator()(const message_skipped& e) {
    const auto skipped = std::ranges::find(s_.runs_, e.message, &agui_stream::pending_run::message);
    if (skipped == s_.runs_.end())
      return;
    tell(1, custom("message_skipped", {{"messageId", e.message}, {"runId", skipped->run}}));
    s_.runs_.erase(skipped);
  }

  void operator()(const expired&) {
    end("expired");
  }

  void operator()(const deleted&) {
    end("deleted");
  }

private:
  void tell(std::uint32_t number, json_text&& text) {
    s_.part_ = number;
    const cursor here{s_.number_, number, s_.message_.empty() ? 0 : s_.seen_};
    out_.push_back({finish(std::move(text), at_, here), here});
  }

  /// What of the text wasn't told yet, and the end.
  void end_message(std::string_view text) {
    if (s_.message_.empty())
      return;
    const auto id = std::exchange(s_.message_, {});
    const auto seen = std::exchange(s_.seen_, 0);
    if (text.size() > seen) {
      s_.part_ = part::rest;
      const cursor here{s_.number_, part::rest, text.size()};
      out_.push_back({finish(message_content(id, text.substr(seen)), at_, here), here});
    }
    tell(part::message_ended, message_ended(id));
  }

  void whole_message(std::uint32_t first, std::string_view text) {
    if (text.empty())
      return;
    const auto id = "m" + std::to_string(s_.number_);
    tell(first, message_started(id));
    tell(first + 1, message_content(id, text));
    tell(first + 2, message_ended(id));
  }

  void end(const char* how) {
    end_message({});
    if (!s_.run_.empty())
      tell(3, run_error(how, "The conversation has ended."));
    s_.run_.clear();
    s_.runs_.clear();
    tell(4, custom("conversation_ended", {{"reason", how}}));
  }

  agui_stream& s_;
  timestamp at_;
  std::vector<outgoing>& out_;
};

agui_stream::agui_stream(std::string thread, const conversation_state& s)
    : thread_{std::move(thread)}, number_{s.number}, part_{all_parts}, version_{s.version}, step_{s.step} {
  if (s.turn) {
    run_ = s.turn->message.run;
    if (s.turn->phase == turn_phase::replying)
      message_ = s.turn->reply;
  }
  for (const auto& waiting : s.waiting)
    runs_.push_back({waiting.id, waiting.run});
}

void agui_stream::take(const event& what, timestamp at, std::vector<outgoing>& out) {
  ++number_;
  part_ = 0;
  std::visit(agui_mapping{*this, at, out}, what);
}

outgoing agui_stream::delta(std::string_view text) {
  seen_ += text.size();
  const cursor here{number_, part_, seen_};
  return {finish(message_content(message_, text), std::nullopt, here), here};
}

connection connect(std::string thread, const conversation_state& s) {
  connection out{{}, agui_stream{thread, s}};
  const auto add = [&](json_text&& text, const cursor& here) {
    out.events.push_back({finish(std::move(text), std::nullopt, here), here});
  };
  const cursor last{s.number, all_parts, 0};
  // Who loses the line before the messages came has seen nothing.
  add(state_snapshot(s), {});
  if (!s.turn) {
    add(messages_snapshot(s), last);
    return out;
  }
  const auto& turn = *s.turn;
  add(messages_snapshot(s), {turn.started - 1, all_parts, 0});
  add(run_started(thread, turn.message.run), {turn.started, part::run_started, 0});
  if (!s.step.empty())
    add(step_event("STEP_STARTED", s.step), {turn.started, part::step_started, 0});
  if (turn.phase == turn_phase::replying) {
    add(message_started(turn.reply), last);
  } else if (turn.stood != 0 && !s.messages.empty() && s.messages.back().id == turn.reply) {
    const auto& text = s.messages.back().text;
    add(message_started(turn.reply), {turn.stood - 1, all_parts, 0});
    add(message_content(turn.reply, text), {turn.stood, part::rest, text.size()});
    add(message_ended(turn.reply), {turn.stood, part::message_ended, 0});
  }
  return out;
}

std::optional<connection> resume(std::string thread, std::span<const recorded<event>> journal, const cursor& from) {
  if (from.event > journal.size())
    return std::nullopt;
  connection out{{}, agui_stream{thread}};
  conversation_state state;
  std::vector<outgoing> told;
  for (std::size_t i = 0; i < from.event; ++i) {
    told.clear();
    if (i + 1 == from.event)
      out.stream.set_seen(from.offset);
    out.stream.take(journal[i].event, journal[i].at, told);
    if (i + 1 < from.event)
      conversation_core::apply(state, journal[i].event, journal[i].at);
  }
  if (from.event > 0) {
    out.stream.set_seen(from.offset);
    std::erase_if(told, [&](const outgoing& one) { return one.at.part <= from.part; });
    // The snapshot shows what no delta that follows will.
    const bool shown_later =
        std::any_of(told.begin(), told.end(), [](const outgoing& one) { return tells_state(one.json); });
    if (const auto& last = journal[from.event - 1]; !shown_later)
      conversation_core::apply(state, last.event, last.at);
    out.events.push_back({finish(state_snapshot(state), std::nullopt, from), from});
    std::move(told.begin(), told.end(), std::back_inserter(out.events));
  }
  for (const auto& next : journal.subspan(from.event))
    out.stream.take(next.event, next.at, out.events);
  return out;
}

std::optional<connection> resume(const agui_stream& live, const conversation_state& s, const cursor& from) {
  if (from.event != live.number() || from.part < live.part())
    return std::nullopt;
  connection out{{}, live};
  out.stream.set_seen(from.offset);
  out.events.push_back({finish(state_snapshot(s), std::nullopt, from), from});
  return out;
}

} // namespace troupe::actors::conversation
