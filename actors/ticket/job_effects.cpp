#include "actors/ticket/job_effects.hpp"

#include <functional>
#include <memory>
#include <utility>

#include <caf/send.hpp>

#include "actors/runtime/answer_guard.hpp"

namespace troupe::actors::ticket {

using net::desk::desk_failure;
using net::desk::desk_fault;

namespace {

std::variant<model_answer, model_failed> answer_of(model_outcome outcome) {
  if (auto* failure = std::get_if<model_failure>(&outcome))
    return model_failed{std::move(failure->detail)};
  auto& reply = std::get<model_reply>(outcome);
  return model_answer{std::move(reply.text),
                      std::move(reply.finish_reason),
                      std::move(reply.provider),
                      std::move(reply.model),
                      reply.input_tokens,
                      reply.output_tokens,
                      reply.cost,
                      reply.latency};
}

desk_failure desk_is_down() {
  return {desk_fault::unavailable, "the desk's actor is being restarted", std::nullopt};
}

} // namespace

job_effects::job_effects(job_services services, handle_ref<desk_actor> desk)
    : services_{std::move(services)}, desk_{std::move(desk)} {
  // nop
}

void job_effects::run(job_effect what, feedback<job_core> answer) {
  std::visit(
      [&](auto& effect) {
        using type = std::decay_t<decltype(effect)>;
        // The entity keeps its timers, and what its effects are stopped by, itself.
        if constexpr (!std::is_same_v<type, set_timer> && !std::is_same_v<type, give_up_model>)
          run_one(effect, std::move(answer));
      },
      what);
}

void job_effects::run_one(gather& what, feedback<job_core> answer) {
  auto request = std::make_shared<search::request>();
  request->tenant = answer.key().tenant;
  request->subject = std::move(what.subject);
  request->description = std::move(what.description);
  auto done = [answer, attempt = what.attempt](findings found) { answer(context_gathered{attempt, std::move(found)}); };
  auto context = std::make_shared<gathering>(*services_.workflow, services_.time->monotonic(), std::move(done));
  if (auto watch = services_.watch.get())
    caf::anon_send(watch, atom::watch_v, context);
  gathering::start(context, request, *services_.sources, *services_.workflow, services_.time);
}

void job_effects::run_one(call_model& what, feedback<job_core> answer) {
  auto call = std::make_shared<model_call>();
  call->tenant = answer.key().tenant;
  call->correlation_id = std::move(what.correlation_id);
  call->messages = std::move(what.messages);
  call->limit = what.limit;
  call->stop = answer.stop();
  call->started = [answer, attempt = what.attempt] { answer(model_started{attempt}); };
  call->done = guarded<model_outcome>(
      [answer, attempt = what.attempt](model_outcome outcome) {
        answer(model_replied{attempt, answer_of(std::move(outcome))});
      },
      model_failure{"the call was lost with the actor that had it"});
  if (auto models = services_.models.get())
    caf::anon_send(models, atom::complete_v, model_call_ptr{std::move(call)});
  else
    call->done(model_failure{"the gateway is being restarted"});
}

void job_effects::run_one(write_note& what, feedback<job_core> answer) {
  auto task = std::make_shared<desk_write>();
  task->note = {std::move(what.ticket_id), std::move(what.note), std::move(what.marker), std::move(what.correlation_id),
                what.timeout};
  task->deadline = what.deadline;
  task->done = guarded<note_result>(
      [answer, write = what.write, time = services_.time, begin = services_.time->monotonic()](note_result result) {
        const auto took = std::chrono::floor<milliseconds>(time->monotonic() - begin);
        answer(note_outcome{write, std::move(result), took});
      },
      desk_failure{desk_fault::unknown_outcome, "the write was lost with the actor that had it", std::nullopt});
  if (auto desk = desk_.get())
    caf::anon_send(desk, atom::write_note_v, desk_write_ptr{std::move(task)});
  else
    task->done(desk_is_down());
}

void job_effects::run_one(look_for_note& what, feedback<job_core> answer) {
  auto task = std::make_shared<desk_look>();
  task->ticket_id = std::move(what.ticket_id);
  task->marker = std::move(what.marker);
  task->correlation_id = std::move(what.correlation_id);
  task->deadline = what.deadline;
  task->done = guarded<look_result>(
      [answer, write = what.write, round = what.round](look_result result) {
        answer(note_looked_up{write, round, std::move(result)});
      },
      desk_failure{desk_fault::unavailable, "the look was lost with the actor that had it", std::nullopt});
  if (auto desk = desk_.get())
    caf::anon_send(desk, atom::find_note_v, desk_look_ptr{std::move(task)});
  else
    task->done(desk_is_down());
}

} // namespace troupe::actors::ticket
