#include "actors/conversation/live/effects.hpp"

#include <type_traits>
#include <utility>

#include <caf/send.hpp>

#include "actors/runtime/answer_guard.hpp"

namespace troupe::actors::conversation {

namespace {

model_usage usage_of(model_reply& reply) {
  return {std::move(reply.provider),
          std::move(reply.model),
          reply.input_tokens,
          reply.output_tokens,
          reply.cost,
          reply.latency};
}

command answer_of(const std::string& reply, bool cancelled, model_outcome outcome) {
  if (auto* failure = std::get_if<model_failure>(&outcome))
    return model_failed{reply, cancelled ? model_fault::cancelled : model_fault::unavailable,
                        std::move(failure->detail), std::move(failure->sent)};
  auto& made = std::get<model_reply>(outcome);
  return model_replied{reply, std::move(made.text), std::move(made.finish_reason), usage_of(made)};
}

command fields_of(const std::string& reply, std::uint32_t round, model_outcome outcome) {
  if (auto* made = std::get_if<model_reply>(&outcome))
    return fields_replied{reply, round, std::move(made->text), usage_of(*made)};
  return fields_replied{reply, round, std::nullopt, {}};
}

/// What both kinds of calls have in common.
template <class Effect>
std::shared_ptr<model_call> call_of(Effect& what, const feedback<conversation_core>& answer) {
  auto call = std::make_shared<model_call>();
  call->tenant = answer.key().tenant;
  call->correlation_id = answer.key().id;
  call->messages = std::move(what.messages);
  call->limit = what.limit;
  call->provider = std::move(what.provider);
  call->stop = answer.stop();
  call->may_repeat = true;
  return call;
}

const model_failure lost_call{"the call was lost with the actor that had it"};

} // namespace

conversation_effects::conversation_effects(std::shared_ptr<hub> followers, handle_ref<gateway_actor> models)
    : followers_{std::move(followers)}, models_{std::move(models)} {
  // nop
}

void conversation_effects::run(effect what, feedback<conversation_core> answer) {
  std::visit(
      [&](auto& one) {
        using type = std::decay_t<decltype(one)>;
        // The entity keeps its timers, and what its effects are stopped by, itself. Whether a message was known its
        // sender sees by its command's outcome.
        if constexpr (std::is_same_v<type, ask_model> || std::is_same_v<type, ask_fields>)
          run_one(one, std::move(answer));
      },
      what);
}

void conversation_effects::run_one(ask_model& what, feedback<conversation_core> answer) {
  auto call = call_of(what, answer);
  call->temperature = what.temperature;
  call->max_tokens = what.max_tokens;
  call->on_text = followers_->taker(answer.key(), what.reply);
  call->done = guarded<model_outcome>(
      [answer, reply = what.reply](model_outcome outcome) {
        answer(answer_of(reply, answer.stop().stop_requested(), std::move(outcome)));
      },
      lost_call);
  ask(std::move(call));
}

void conversation_effects::run_one(ask_fields& what, feedback<conversation_core> answer) {
  auto call = call_of(what, answer);
  call->schema = net::llm::reply_schema{"fields", std::move(what.schema), false};
  call->done =
      guarded<model_outcome>([answer, reply = what.reply, round = what.round](
                                 model_outcome outcome) { answer(fields_of(reply, round, std::move(outcome))); },
                             lost_call);
  ask(std::move(call));
}

void conversation_effects::ask(std::shared_ptr<model_call> call) const {
  if (const auto gateway = models_.get())
    caf::anon_send(gateway, atom::complete_v, model_call_ptr{std::move(call)});
  else
    call->done(model_failure{"the gateway is being restarted"});
}

} // namespace troupe::actors::conversation
