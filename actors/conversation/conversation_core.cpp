#include "actors/conversation/conversation_core.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors::conversation {

namespace {

struct applier {
  conversation_state& s;
  timestamp at;

  std::string id() const {
    return "m" + std::to_string(s.number);
  }

  void add(message what) const {
    constexpr std::size_t surplus = 64; // one at a time, each would move all the others
    s.messages.push_back(std::move(what));
    if (s.messages.size() >= most_messages + surplus)
      s.messages.erase(s.messages.begin(), s.messages.begin() + surplus);
  }

  void said(std::string message_id, speaker by, const std::string& text) const {
    s.last_at = at;
    if (!text.empty())
      add({std::move(message_id), by, text, at});
  }

  void asked(const std::string& field) const {
    s.times_asked = field.empty() ? 0 : field == s.asked ? s.times_asked + 1 : 1;
    s.asked = field;
  }

  void begin_step(const std::string& name, std::uint32_t number, const std::string& agent_type) const {
    s.step = name;
    s.step_number = number;
    s.agent_type = agent_type;
    s.profile.begin(name);
  }

  void operator()(const opened& e) const {
    s.agent = e.agent;
    s.version = e.version;
    s.user = e.user;
    s.opened_at = at;
    begin_step(e.step, e.step_number, e.agent_type);
    said(id(), speaker::agent, e.text);
    asked(e.asked);
  }

  void operator()(const user_message& e) const {
    s.last_at = at;
    s.taken.emplace(e.client_id, id());
    s.waiting.push_back({id(), e.client_id, e.run.empty() ? "r" + std::to_string(s.number) : e.run, e.text, at});
  }

  void operator()(const reply_started& e) const {
    s.version = e.version;
    s.parked = false;
    if (!s.turn) {
      s.turn.emplace();
      s.turn->started = s.number;
      if (!s.waiting.empty()) {
        s.turn->message = std::move(s.waiting.front());
        s.waiting.erase(s.waiting.begin());
        s.waiting.shrink_to_fit(); // thousands rest
      }
      // Where it is answered, not where it came in between: a reply follows its message.
      const auto& m = s.turn->message;
      add({m.id, speaker::user, m.text, m.at});
    }
    s.turn->reply = id();
    s.turn->attempt = e.attempt;
    s.turn->phase = turn_phase::replying;
  }

  void operator()(const reply_completed& e) const {
    if (!s.turn)
      return;
    said(s.turn->reply, speaker::agent, e.text);
    asked(e.asked);
    s.turn->stood = s.number;
    s.turn->phase = e.faults.empty() ? turn_phase::settled : turn_phase::repairing;
    s.turn->round = e.faults.empty() ? 0 : 1;
    s.turn->fields = e.fields;
    s.turn->faults = e.faults;
  }

  void operator()(const reply_broken&) const {
    if (s.turn)
      s.turn->phase = turn_phase::broken;
  }

  void operator()(const interrupted& e) const {
    if (!s.turn)
      return;
    said(s.turn->reply, speaker::agent, e.text);
    asked({});
    s.turn->phase = turn_phase::settled;
  }

  void operator()(const fields_repaired& e) const {
    if (!s.turn)
      return;
    s.turn->phase = e.faults.empty() ? turn_phase::settled : turn_phase::repairing;
    s.turn->round = e.round + 1;
    s.turn->fields = e.fields;
    s.turn->faults = e.faults;
  }

  void operator()(const fields_changed& e) const {
    for (const auto& change : e.changes) {
      s.profile.apply(change, e.source);
      s.last_step = change.step;
      s.last_field = change.field;
    }
  }

  void operator()(const step_completed& e) const {
    s.completed_steps.push_back(e.step);
  }

  void operator()(const handed_over& e) const {
    begin_step(e.to, e.step_number, e.agent_type);
    said(id(), speaker::agent, e.text);
    asked(e.asked);
  }

  void operator()(const completed& e) const {
    s.completed = true;
    said(id(), speaker::agent, e.text);
    asked({});
  }

  void operator()(const turn_ended&) const {
    s.turn.reset();
  }

  void operator()(const turn_failed& e) const {
    if (s.turn)
      said(s.turn->reply, speaker::agent, e.text);
    asked({});
    s.turn.reset();
  }

  void operator()(const conversation::parked&) const {
    s.parked = true;
  }

  void operator()(const resumed&) const {
    s.parked = false;
  }

  void operator()(const message_skipped& e) const {
    const auto skipped = std::ranges::find(s.waiting, e.message, &pending_message::id);
    if (skipped == s.waiting.end())
      return;
    add({skipped->id, speaker::user, skipped->text, skipped->at});
    s.waiting.erase(skipped);
  }

  void operator()(const expired&) const {
    end();
  }

  void operator()(const deleted&) const {
    end();
  }

  /// Nothing that was said stays in memory.
  void end() const {
    conversation_state empty;
    empty.number = s.number;
    empty.agent = std::move(s.agent);
    empty.user = std::move(s.user);
    empty.ended = true;
    s = std::move(empty);
  }
};

} // namespace

void conversation_core::apply(state& s, const event& what, timestamp at) {
  ++s.number;
  std::visit(applier{s, at}, what);
}

void conversation_core::project(const state& s, storage::append& to) {
  to.erase = s.ended;
  to.conversation.reset();
  if (s.ended)
    return;
  auto& row = to.conversation.emplace();
  row.user = s.user;
  row.agent = s.agent;
  row.version = s.version;
  row.step = s.step;
  row.step_number = s.step_number;
  row.completed = s.completed;
  row.busy = s.turn || !s.waiting.empty();
  row.messages = s.taken.size();
  row.opened_at = s.opened_at;
  row.last_at = s.last_at;
}

bool conversation_core::finished(const state& s) {
  if (s.ended || (!s.turn && s.waiting.empty()))
    return true;
  return s.parked && (!s.turn || s.turn->phase != turn_phase::replying);
}

command conversation_core::wake(std::uint64_t epoch) {
  return conversation::wake{epoch};
}

command conversation_core::stop() {
  return shutdown{};
}

std::optional<timer_order<command>> conversation_core::timer(effect& what) {
  auto* order = std::get_if<set_timer>(&what);
  if (!order)
    return std::nullopt;
  return timer_order<command>{static_cast<std::uint32_t>(order->kind), order->after,
                              timer_fired{order->kind, std::move(order->reply), order->round}};
}

bool conversation_core::gives_up(const effect& what) {
  return std::holds_alternative<cancel_model>(what);
}

std::optional<std::string> corruption(const conversation_state& s, const config::agent_definition& agent) {
  const auto count = agent.steps.size();
  if (s.step.empty())
    return std::nullopt;
  if (s.step_number < 1 || s.step_number > count)
    return "the stored step number " + std::to_string(s.step_number) + " is not from 1 to " + std::to_string(count);
  if (!config::find_step(agent, s.step))
    return "the stored step '" + s.step + "' is none of agent " + agent.name + "'s";
  return std::nullopt;
}

const std::string* taken_as(const conversation_state& s, std::string_view client_id) {
  const auto found = s.taken.find(std::string{client_id});
  return found == s.taken.end() ? nullptr : &found->second;
}

} // namespace troupe::actors::conversation
