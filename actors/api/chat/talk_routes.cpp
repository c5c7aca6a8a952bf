#include "actors/api/chat/talk_routes.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "actors/api/chat/answers.hpp"
#include "actors/api/chat/awaited_reply.hpp"
#include "actors/api/chat/client_frame.hpp"
#include "actors/api/chat/message_request.hpp"
#include "actors/api/chat/run_stream.hpp"
#include "actors/text/json_text.hpp"
#include "storage/conversations.hpp"

namespace troupe::actors::api::chat {

namespace http = net::http;
using namespace conversation;

namespace {

using namespace std::chrono_literals;

constexpr std::string_view onboarding = "onboarding";
constexpr unsigned unprocessable = 422;

/// Beside an agent's limit for a reply: what it takes to go on without a model.
constexpr std::chrono::milliseconds margin = 5s;

/// What isn't valid is no message.
http::response invalid(const turn_services& with, const net::jwt::claims& who,
                       const std::vector<http::field_error>& faults, unsigned status, const std::string& id) {
  with.sessions->budget->give_back(who.tenant, who.sub);
  return http::problem(status, "The request is not valid.", id, faults);
}

/// The client's id of a message: from its body, or as the header that others use for the same.
std::string id_of(const http::request& r, std::string given, id_source& ids) {
  if (!given.empty())
    return given;
  auto key = std::string{r.get("Idempotency-Key")};
  std::erase(key, '"');
  return fault_of_id(key).empty() ? key : ids.next();
}

turn_order order_of(const http::request& r, const net::jwt::claims& who, message_request&& said, std::string agent,
                    id_source& ids) {
  turn_order out;
  out.who = {who.tenant, who.sub};
  out.agent = std::move(agent);
  out.conversation = std::move(said.conversation);
  out.id = id_of(r, std::move(said.id), ids);
  out.text = std::move(said.text);
  out.correlation_id = r.id;
  return out;
}

void write_progress(json_text& out, const standing& now) {
  out.member("message", now.reply);
  out.member("agent_type", now.how.agent_type);
  out.member("current_step", now.how.current_step);
  out.member("step_complete", now.how.step_complete);
  out.member("next_action", now.how.next_action);
}

/// Tells the message and answers with `render(told, standing)` once it is dealt with.
template <class Render>
void converse(const turn_services& with, turn_order what, std::chrono::milliseconds limit, const http::reply& answer,
              Render render) {
  const auto correlation_id = what.correlation_id;
  tell_message(with, std::move(what),
               [with, limit, answer, render, correlation_id](std::variant<told_message, http::response> outcome) {
                 if (auto* refusal = std::get_if<http::response>(&outcome))
                   return answer(std::move(*refusal));
                 auto& told = std::get<told_message>(outcome);
                 await_reply(with, told, limit, correlation_id,
                             [answer, render, told](std::variant<standing, http::response> ending) {
                               if (auto* refusal = std::get_if<http::response>(&ending))
                                 return answer(std::move(*refusal));
                               answer(json_response(render(told, std::get<standing>(ending))));
                             });
               });
}

std::string message_json(const told_message& told, const standing& now) {
  json_text out;
  out.begin_object();
  out.member("conversation_id", told.which.id);
  out.member("message_id", told.message);
  write_progress(out, now);
  out.end_object();
  return out.take();
}

std::string onboarding_json(const told_message&, const standing& now) {
  json_text out;
  out.begin_object();
  write_progress(out, now);
  out.end_object();
  return out.take();
}

bool wants_events(const http::request& r) {
  return r.get("Accept").find("text/event-stream") != std::string_view::npos;
}

void stream(const turn_services& with, turn_order what, const http::reply& answer) {
  tell_message(with, std::move(what), [with, answer](std::variant<told_message, http::response> outcome) {
    if (auto* refusal = std::get_if<http::response>(&outcome))
      answer(std::move(*refusal));
    else
      answer(stream_run(with, std::get<told_message>(std::move(outcome))));
  });
}

std::chrono::milliseconds limit_of(const config::agent_store& agents, std::string_view name) {
  const auto agent = agents.find(name);
  return (agent ? agent->reply_timeout : 30s) + margin;
}

} // namespace

user_handler post_message(turn_services with) {
  return [with = std::move(with)](const http::request& r, const net::jwt::claims& who, const http::reply& answer) {
    auto parsed = parse_message(r.body, with.sessions->longest_message);
    if (const auto* faults = std::get_if<std::vector<http::field_error>>(&parsed))
      return answer(invalid(with, who, *faults, 400, r.id));
    const std::string agent{r.parameter("agent")};
    auto order = order_of(r, who, std::get<message_request>(std::move(parsed)), agent, *with.ids);
    if (wants_events(r))
      return stream(with, std::move(order), answer);
    converse(with, std::move(order), limit_of(*with.agents, agent), answer, message_json);
  };
}

user_handler run_agent(turn_services with) {
  return [with = std::move(with)](const http::request& r, const net::jwt::claims& who, const http::reply& answer) {
    auto parsed = parse_run_input(r.body, with.sessions->longest_message);
    if (const auto* faults = std::get_if<std::vector<http::field_error>>(&parsed))
      return answer(invalid(with, who, *faults, 400, r.id));
    auto& said = std::get<message_request>(parsed);
    auto slot = std::string{storage::thread_slots} + said.thread;
    auto run = std::move(said.run);
    auto order = order_of(r, who, std::move(said), std::string{r.parameter("agent")}, *with.ids);
    order.slot = std::move(slot);
    order.run = std::move(run);
    stream(with, std::move(order), answer);
  };
}

user_handler onboarding_chat(turn_services with) {
  return [with = std::move(with)](const http::request& r, const net::jwt::claims& who, const http::reply& answer) {
    const auto agent = with.agents->find(onboarding);
    if (!agent)
      return answer(port_problem(port_fault::agent_missing, r.id));
    auto parsed =
        parse_onboarding(r.body, with.sessions->longest_message, std::max<std::size_t>(1, agent->steps.size()));
    if (const auto* faults = std::get_if<std::vector<http::field_error>>(&parsed))
      return answer(invalid(with, who, *faults, unprocessable, r.id));
    auto order = order_of(r, who, std::get<message_request>(std::move(parsed)), std::string{onboarding}, *with.ids);
    order.invalid = unprocessable;
    converse(with, std::move(order), agent->reply_timeout + margin, answer, onboarding_json);
  };
}

namespace {

std::string agent_json(const progress& how) {
  json_text out;
  out.begin_object();
  out.member("agent_type", how.agent_type);
  out.member("current_step", how.current_step);
  out.member("agent_description", how.agent_description);
  out.member("context_summary", how.context_summary);
  out.end_object();
  return out.take();
}

void show_standing(const turn_services& with, const storage::entity_key& which, const std::string& correlation_id,
                   const http::reply& answer) {
  with.sessions->conversations->inspect(
      which,
      [agents = with.agents, answer, correlation_id](const conversation_state& s) {
        const auto agent = agents->find(s.agent);
        if (!agent)
          return answer(port_problem(port_fault::agent_missing, correlation_id));
        if (corruption(s, *agent))
          return answer(port_problem(port_fault::corrupt, correlation_id));
        answer(json_response(agent_json(progress_of(s, *agent, s.completed_steps.size()))));
      },
      [answer, correlation_id](port_fault why) { answer(port_problem(why, correlation_id)); });
}

/// Looks for the user's current onboarding among those before `before`, a page at a time: threads of AG-UI clients are
/// talks of their own.
void show_current(const turn_services& with, const owner& who, const std::string& before,
                  const std::string& correlation_id, const http::reply& answer) {
  constexpr std::size_t page = 100;
  with.sessions->conversations->list(
      who, std::string{onboarding}, page, before,
      [with, who, correlation_id,
       answer](const std::variant<std::vector<storage::conversation_record>, port_fault>& found) {
        if (const auto* why = std::get_if<port_fault>(&found))
          return answer(port_problem(*why, correlation_id));
        const auto& all = std::get<std::vector<storage::conversation_record>>(found);
        const auto current =
            std::ranges::find_if(all, [](const auto& one) { return !one.slot.starts_with(storage::thread_slots); });
        if (current != all.end())
          return show_standing(with, {who.tenant, storage::entity_kind::conversation, current->id}, correlation_id,
                               answer);
        if (all.size() == page)
          return show_current(with, who, all.back().id, correlation_id, answer);
        answer(http::problem(404, "The onboarding has not begun.", correlation_id));
      });
}

} // namespace

user_handler onboarding_agent(turn_services with) {
  return [with = std::move(with)](const http::request& r, const net::jwt::claims& who, const http::reply& answer) {
    show_current(with, {who.tenant, who.sub}, {}, r.id, answer);
  };
}

} // namespace troupe::actors::api::chat
