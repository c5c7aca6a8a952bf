#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "actors/conversation/conversation_core.hpp"
#include "actors/conversation/extraction.hpp"
#include "actors/conversation/offline.hpp"
#include "actors/conversation/progress.hpp"
#include "actors/conversation/prompt.hpp"
#include "actors/conversation/reply_text.hpp"
#include "actors/text/text.hpp"

namespace troupe::actors::conversation {

namespace {

using outcome = conversation_core::decision;
using agent_ptr = std::shared_ptr<const config::agent_definition>;

constexpr std::size_t longest_detail = 500;
constexpr std::size_t longest_id = 200;

/// One decision in the making. What it emits is applied to the state, so that each next thought knows it.
class decider {
public:
  decider(conversation_state& s, const context& world, const conversation_settings& with)
      : s_{s}, world_{world}, with_{with} {}

  outcome take() {
    return std::move(out_);
  }

  // -- life ----------------------------------------------------------------------------------------------------------

  void operator()(wake&&) {
    if (s_.number == 0 || s_.ended)
      return;
    if (s_.parked)
      emit(resumed{});
    if (!s_.turn)
      return next_turn();
    if (s_.turn->phase == turn_phase::repairing)
      return repair();
    if (s_.turn->phase == turn_phase::settled)
      return end_turn();
    if (s_.turn->phase == turn_phase::replying)
      emit(reply_broken{"its owner ended before it was whole"});
    begin_again();
    if (gives_way())
      break_off({});
    else if (s_.turn->attempt > with_.attempts)
      compose("interrupted " + std::to_string(s_.turn->attempt - 1) + " times");
    else
      make_reply();
  }

  void operator()(open&& c) {
    if (s_.number != 0)
      return;
    const auto agent = with_.agent(c.agent);
    if (!agent)
      return refuse("agent_missing: there is no agent '" + std::string{cut_bytes(c.agent, longest_id)} + "'");
    opened event;
    event.agent = agent->name;
    event.version = agent->version;
    event.user = std::move(c.user);
    event.text = agent->opening;
    if (!agent->steps.empty()) {
      const auto& first = agent->steps.front();
      event.step = first.name;
      event.step_number = 1;
      event.agent_type = first.agent_type;
      auto said = compose_opening(first, {}, agent->opening, !with_.models);
      event.text = std::move(said.text);
      event.asked = std::move(said.asked);
    }
    emit(std::move(event));
  }

  void operator()(shutdown&&) {
    if (s_.turn && !s_.parked)
      emit(parked{});
  }

  void operator()(expire&&) {
    if (s_.number == 0 || s_.ended)
      return;
    const auto agent = with_.agent(s_.agent);
    const auto lives = agent ? agent->time_to_live : usual_time_to_live;
    if (s_.turn || world_.now < s_.last_at + lives)
      return refuse("not_due: something was said lately");
    emit(expired{});
  }

  void operator()(erase&& c) {
    if (s_.number == 0 || s_.ended)
      return;
    if (s_.turn) // before it is durable: no prompt goes out for what is erased
      out_.early_effects.emplace_back(cancel_model{});
    emit(deleted{std::move(c.by)});
  }

  // -- the user ------------------------------------------------------------------------------------------------------

  void operator()(say&& c) {
    if (!is_open())
      return;
    if (const auto* known = taken_as(s_, c.client_id)) {
      out_.effects.emplace_back(notify{std::move(c.client_id), "known", *known});
      return;
    }
    const auto text = trim(c.text);
    if (c.client_id.empty() || c.client_id.size() > longest_id)
      return refuse("invalid_id: a message's id must have 1 to " + std::to_string(longest_id) + " bytes");
    if (says_nothing(text))
      return refuse("empty_message: a message must say something");
    if (text.size() > with_.longest_message)
      return refuse("message_too_long: at most " + std::to_string(with_.longest_message) + " bytes, not "
                    + std::to_string(text.size()));
    const auto agent = usable_agent();
    if (!agent)
      return;
    const bool replying = s_.turn && s_.turn->phase == turn_phase::replying;
    if (replying && agent->while_answering == config::busy_policy::reject)
      return refuse("busy: the last message is still being answered");
    const bool newest_wins = agent->while_answering == config::busy_policy::interrupt;
    if (s_.waiting.size() >= (newest_wins ? most_messages : std::max<std::size_t>(1, agent->queue_limit)))
      return refuse("queue_full: " + std::to_string(s_.waiting.size()) + " messages wait already");
    emit(user_message{std::move(c.client_id), std::string{text}, std::move(c.run)});
    if (replying && newest_wins)
      out_.effects.emplace_back(cancel_model{});
    next_turn();
  }

  void operator()(interrupt&&) {
    if (s_.turn && s_.turn->phase == turn_phase::replying)
      out_.effects.emplace_back(cancel_model{});
  }

  void operator()(set_field&& c) {
    if (!is_open())
      return;
    const auto agent = usable_agent();
    if (!agent)
      return;
    const auto* step = config::find_step(*agent, c.step);
    const auto& begun = s_.profile.parts;
    const bool has_begun = std::any_of(begun.begin(), begun.end(), [&](const auto& x) { return x.step == c.step; });
    if (!step || !has_begun || !config::find_field(*step, c.field))
      return refuse("unknown_field: the talk has no field '" + std::string{cut_bytes(c.field, longest_id)} + "' yet");
    if (!c.value.empty()) {
      const auto value = nlohmann::json::parse(c.value, nullptr, false);
      if (value.is_discarded() || value.is_null())
        return refuse("invalid_value: /" + c.field + ": must be a value in JSON");
      c.value = value.dump();
      if (const auto faults = with_.check(*step, nlohmann::json{{c.field, value}}.dump()); !faults.empty())
        return refuse("invalid_value: " + faults.front());
    }
    if (c.value.empty() && !s_.profile.find(c.step, c.field))
      return;
    emit(fields_changed{{}, {{c.step, c.field, std::move(c.value), 1, field_origin::user, false}}});
  }

  // -- models --------------------------------------------------------------------------------------------------------

  void operator()(model_replied&& c) {
    if (!awaits_reply(c.reply))
      return;
    auto parts = take_apart(c.text);
    const auto agent = with_.agent(s_.agent);
    if (parts.text.empty() || !agent)
      return without_model(agent ? "the model's answer had no text" : "the agent is gone", {});
    reply_completed event;
    event.text = std::move(parts.text);
    event.fields = std::move(parts.fields);
    event.usage = std::move(c.usage);
    event.finish_reason = std::move(c.finish_reason);
    extraction found;
    if (const auto* step = extracting_step(*agent)) {
      found = judge_fields(event.fields, s_.profile, *agent, *step, with_.check);
      if (with_.repairs > 0)
        event.faults = std::move(found.faults);
    }
    emit(std::move(event));
    learn(std::move(found.changes));
    if (s_.turn->phase == turn_phase::repairing)
      repair();
    else
      settle(false);
  }

  void operator()(model_failed&& c) {
    if (!awaits_reply(c.reply))
      return;
    auto visible = take_apart(c.text).text;
    if (s_.parked)
      emit(reply_broken{"its owner was stopped"});
    else if (c.fault == model_fault::cancelled || gives_way())
      break_off(std::move(visible));
    else if (c.fault == model_fault::budget && visible.empty())
      fail("budget", "The budget for this assistant is used up for now. Your message is kept.");
    else
      without_model(std::string{cut_bytes(c.detail, longest_detail)}, std::move(visible));
  }

  void operator()(fields_replied&& c) {
    if (!awaits_fields(c.reply, c.round))
      return;
    const auto agent = with_.agent(s_.agent);
    const auto* step = agent ? extracting_step(*agent) : nullptr;
    fields_repaired event{c.round, c.text ? json_in(*c.text) : std::string{}, {}, std::move(c.usage)};
    if (!c.text || !step) {
      event.faults = {c.text ? "the step is gone" : "no model answered"};
      emit(std::move(event));
      return settle(false);
    }
    auto found = judge_fields(event.fields, s_.profile, *agent, *step, with_.check);
    event.faults = std::move(found.faults);
    const bool again = !event.faults.empty() && c.round < with_.repairs;
    emit(std::move(event));
    learn(std::move(found.changes));
    if (again)
      repair();
    else
      settle(false);
  }

  void operator()(timer_fired&& c) {
    if (s_.parked)
      return;
    if (c.round > 0 && awaits_fields(c.reply, c.round)) {
      out_.effects.emplace_back(cancel_model{});
      (*this)(fields_replied{std::move(c.reply), c.round, std::nullopt, {}});
    } else if (c.round == 0 && awaits_reply(c.reply)) {
      out_.effects.emplace_back(cancel_model{});
      // Some of it may have been shown.
      emit(reply_broken{"it did not come in time"});
      begin_again();
      compose("the model did not answer in time");
    }
  }

private:
  void emit(event what) {
    conversation_core::apply(s_, what, world_.now);
    out_.events.push_back(std::move(what));
  }

  void refuse(std::string why) {
    out_.refusal = std::move(why);
  }

  bool is_open() {
    if (s_.number == 0)
      refuse("not_open: the conversation has not begun");
    else if (s_.ended)
      refuse("ended: the conversation is over");
    return out_.refusal.empty();
  }

  /// The agent, if it is there and fits what is stored; else the command is refused.
  agent_ptr usable_agent() {
    auto agent = with_.agent(s_.agent);
    if (!agent)
      refuse("agent_missing: the agent '" + s_.agent + "' is not there any more");
    else if (auto fault = corruption(s_, *agent)) {
      refuse("corrupt: " + *fault);
      agent = nullptr;
    }
    return agent;
  }

  bool awaits_reply(std::string_view reply) const {
    return s_.turn && s_.turn->phase == turn_phase::replying && s_.turn->reply == reply;
  }

  bool awaits_fields(std::string_view reply, std::uint32_t round) const {
    return s_.turn && s_.turn->phase == turn_phase::repairing && s_.turn->reply == reply && s_.turn->round == round;
  }

  const config::agent_step* extracting_step(const config::agent_definition& agent) const {
    const auto* step = config::find_step(agent, s_.step);
    return step && !step->fields.empty() ? step : nullptr;
  }

  // -- turns ---------------------------------------------------------------------------------------------------------

  void next_turn() {
    if (s_.turn || s_.waiting.empty() || s_.parked)
      return;
    if (gives_way())
      while (s_.waiting.size() > 1)
        emit(message_skipped{std::string{s_.waiting.front().id}});
    start_reply(1, {});
    make_reply();
  }

  /// A newer message takes the place of what is being answered, and of those before it.
  bool gives_way() const {
    const auto agent = with_.agent(s_.agent);
    return agent && agent->while_answering == config::busy_policy::interrupt && !s_.waiting.empty();
  }

  void break_off(std::string visible) {
    emit(interrupted{std::move(visible)});
    end_turn();
  }

  void end_turn() {
    emit(turn_ended{});
    next_turn();
  }

  void fail(std::string code, std::string text) {
    emit(turn_failed{std::move(code), std::move(text)});
    next_turn();
  }

  void start_reply(std::uint32_t attempt, std::string replaces) {
    const auto agent = with_.agent(s_.agent);
    emit(reply_started{s_.turn ? s_.turn->message.id : s_.waiting.front().id, attempt, std::move(replaces), s_.step,
                       agent ? agent->version : s_.version});
  }

  void begin_again() {
    start_reply(s_.turn->attempt + 1, std::string{s_.turn->reply});
  }

  void make_reply() {
    const auto agent = with_.agent(s_.agent);
    if (!agent)
      return fail("agent_missing", "This assistant is not available any more. What was said is kept.");
    if (corruption(s_, *agent))
      return fail("corrupt", "This conversation can be read, but not be continued.");
    if (!with_.models)
      return compose("no model is configured");
    const auto* step = config::find_step(*agent, s_.step);
    out_.effects.emplace_back(ask_model{s_.turn->reply, reply_prompt(s_, *agent, step), agent->reply_timeout,
                                        agent->provider, agent->temperature, agent->max_tokens});
    await_answer(0, agent->reply_timeout);
  }

  void await_answer(std::uint32_t round, milliseconds limit) {
    out_.effects.emplace_back(set_timer{timer_kind::answer_limit, s_.turn->reply, round, limit + with_.answer_margin});
  }

  /// The chain gave up. What was shown of its answer can't be taken back, only told anew.
  void without_model(std::string why, std::string visible) {
    const auto agent = with_.agent(s_.agent);
    if (visible.empty())
      return compose(std::move(why));
    // Another attempt that ends at the same limit would only be paid for.
    const bool is_late = agent && world_.now >= s_.turn->message.at + agent->reply_timeout;
    if (agent && (is_late || agent->when_broken == config::broken_policy::keep)) {
      reply_completed event;
      event.text = std::move(visible);
      event.finish_reason = "broken";
      event.usage.provider = agent->provider;
      emit(std::move(event));
      return settle(false);
    }
    const bool again = s_.turn->attempt < with_.attempts;
    emit(reply_broken{why});
    begin_again();
    if (again)
      make_reply();
    else
      compose(std::move(why));
  }

  void compose(std::string why) {
    const auto agent = with_.agent(s_.agent);
    if (!agent)
      return fail("agent_missing", "This assistant is not available any more. What was said is kept.");
    const auto* step = config::find_step(*agent, s_.step);
    auto made = compose_reply(s_, *agent, step, with_.understand, world_.now);
    reply_completed event;
    event.text = std::move(made.text);
    event.usage.provider = "extractive";
    event.finish_reason = "stop";
    event.fallback = std::move(why);
    event.asked = std::move(made.asked);
    emit(std::move(event));
    learn(std::move(made.changes));
    settle(true);
  }

  void learn(std::vector<field_change> changes) {
    if (!changes.empty())
      emit(fields_changed{s_.turn->message.id, std::move(changes)});
  }

  void repair() {
    const auto agent = with_.agent(s_.agent);
    const auto* step = agent ? extracting_step(*agent) : nullptr;
    const auto& turn = *s_.turn;
    if (!step)
      return settle(false);
    if (s_.parked)
      return;
    out_.effects.emplace_back(ask_fields{turn.reply, turn.round,
                                         fields_prompt(s_, *agent, *step, turn.fields, turn.faults),
                                         extraction_schema(*step), agent->reply_timeout, agent->provider});
    await_answer(turn.round, agent->reply_timeout);
  }

  /// The reply stands and what it told is known: where does that lead?
  /// @param is_composed without a model: then each question is asked, the optional ones too
  void settle(bool is_composed) {
    const auto agent = with_.agent(s_.agent);
    const auto* step = agent ? config::find_step(*agent, s_.step) : nullptr;
    if (step && !s_.completed
        && (is_composed ? fields_to_ask(*step, s_.profile).empty() : is_complete(*step, s_.profile))) {
      emit(step_completed{step->name});
      if (const auto* next = next_step(*agent, *step, s_.completed_steps)) {
        auto said = compose_opening(*next, s_.profile, {}, is_composed);
        emit(handed_over{step->name, next->name, number_of(*agent, *next), next->agent_type, std::move(said.text),
                         std::move(said.asked)});
      } else {
        emit(completed{is_composed ? compose_closing(*agent, s_.profile) : agent->closing});
      }
    }
    end_turn();
  }

  static std::uint32_t number_of(const config::agent_definition& agent, const config::agent_step& step) {
    return static_cast<std::uint32_t>(&step - agent.steps.data()) + 1;
  }

  /// A model may wrap its JSON.
  static std::string json_in(std::string_view text) {
    const auto from = text.find('{');
    const auto to = text.rfind('}');
    return std::string{from < to && to != text.npos ? text.substr(from, to - from + 1) : text};
  }

  conversation_state& s_;
  const context& world_;
  const conversation_settings& with_;
  outcome out_;
};

} // namespace

outcome conversation_core::advance(state& s, command what, const context& world, const settings& with) {
  decider d{s, world, with};
  std::visit([&d](auto&& c) { d(std::move(c)); }, std::move(what));
  return d.take();
}

outcome conversation_core::decide(const state& s, command what, const context& world, const settings& with) {
  auto copy = s;
  return advance(copy, std::move(what), world, with);
}

} // namespace troupe::actors::conversation
