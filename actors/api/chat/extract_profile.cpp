#include "actors/api/chat/extract_profile.hpp"

#include <chrono>
#include <utility>

#include "actors/api/chat/transcript_request.hpp"
#include "actors/api/responses.hpp"
#include "actors/conversation/whole_profile.hpp"
#include "actors/text/json_text.hpp"
#include "config/log.hpp"

namespace troupe::actors::api::chat {

namespace http = net::http;

namespace {

using namespace std::chrono_literals;

constexpr std::string_view usual_agent = "profile";

std::string profile_json(const conversation::profile& known, const config::agent_definition& agent) {
  json_text out;
  out.begin_object();
  out.key("profile");
  conversation::write_values(out, known);
  out.key("missing");
  out.begin_array();
  for (const auto& pointer : conversation::missing_in(known, agent))
    out.value(pointer);
  out.end_array();
  out.key("confidence");
  out.begin_object();
  for (const auto& part : known.parts) {
    out.key(part.step);
    out.begin_object();
    for (const auto& field : part.fields)
      if (!field.skipped())
        out.member(field.name, field.confidence);
    out.end_object();
  }
  out.end_object();
  out.end_object();
  return out.take();
}

http::response invalid(const http::field_error& fault, const std::string& correlation_id) {
  return http::problem(400, "The request is not valid.", correlation_id, {fault});
}

} // namespace

user_handler extract_profile(stateless_services runs, std::shared_ptr<const config::agent_store> agents) {
  return [runs = std::move(runs), agents = std::move(agents)](const http::request& r, const net::jwt::claims& who,
                                                              http::reply answer) {
    auto parsed = parse_profile_request(r.body);
    if (const auto* fault = std::get_if<http::field_error>(&parsed))
      return answer(invalid(*fault, r.id));
    auto& wanted = std::get<profile_request>(parsed);
    const auto name = wanted.agent.empty() ? std::string{usual_agent} : wanted.agent.substr(0, 64);
    const auto agent = agents->find(name);
    if (!agent)
      return answer(invalid({"/agent", "must be an agent that there is; found '" + name + "'"}, r.id));
    if (agent->steps.empty())
      return answer(invalid({"/agent", "must be an agent with steps: '" + name + "' finds nothing out"}, r.id));
    run_order order{who.tenant, r.id, agent, std::move(wanted.lines), r.gone};
    find_profile(
        runs, std::move(order),
        [answer, agent, id = r.id, gone = r.gone](const std::variant<conversation::profile, run_failure>& found) {
          if (const auto* why = std::get_if<run_failure>(&found)) {
            if (!gone.stop_requested())
              config::log::warn("profile_not_extracted", "a transcript's profile could not be found out",
                                {{"reason", why->detail}, {"correlation_id", id}});
            return answer(retry_after(http::problem(503, "The transcript can't be read for now.", id), 5s));
          }
          http::response result;
          result.body = profile_json(std::get<conversation::profile>(found), *agent);
          answer(std::move(result));
        });
  };
}

} // namespace troupe::actors::api::chat
