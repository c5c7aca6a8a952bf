#include "actors/api/chat/socket_route.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/api/auth.hpp"
#include "actors/api/chat/answers.hpp"
#include "actors/api/chat/query.hpp"
#include "config/log.hpp"
#include "net/http/text.hpp"
#include "net/websocket/handshake.hpp"

namespace troupe::actors::api::chat {

namespace http = net::http;
namespace websocket = net::websocket;

namespace {

constexpr std::string_view protocol = "troupe";
constexpr std::string_view bearer = "bearer.";

/// A token among the subprotocols that a client offers; empty = there is none.
std::string_view offered_token(const http::request& r) {
  for (const auto& [name, value] : r.headers) {
    if (!http::equal_ignoring_case(name, "Sec-WebSocket-Protocol"))
      continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto comma = rest.find(',');
      const auto entry = http::trim(rest.substr(0, comma));
      if (entry.starts_with(bearer))
        return entry.substr(bearer.size());
      rest = comma == rest.npos ? std::string_view{} : rest.substr(comma + 1);
    }
  }
  return {};
}

websocket::settings rules(std::vector<std::string> origins) {
  websocket::settings out;
  out.origins = std::move(origins);
  out.protocols.emplace_back(protocol);
  return out;
}

class socket_door : public std::enable_shared_from_this<socket_door> {
public:
  socket_door(std::shared_ptr<const session_services> with, std::vector<std::string> origins, config::metrics& metrics)
      : with_{std::move(with)}, rules_{rules(std::move(origins))}, door_{rules_, metrics} {}

  void handle(const http::request& r, const http::reply& answer) const {
    // What isn't a handshake opens no conversation.
    if (websocket::answer_handshake(r, rules_).status != 101)
      return answer(door_.accept(r, nullptr));
    auto wanted = followed_of(r);
    if (const auto* fault = std::get_if<http::field_error>(&wanted))
      return answer(http::problem(400, "The request is not valid.", r.id, {*fault}));
    auto& which = std::get<followed>(wanted);
    const auto shown = offered_token(r);
    if (r.count("Authorization") == 0 && shown.empty())
      return answer(
          door_.accept(r, make_stranger(with_, std::string{r.parameter("user_id")}, std::move(which)), false));
    with_->tokens->authenticate(r.count("Authorization") > 0 ? bearer_token(r) : shown,
                                [self = shared_from_this(), &r, which = std::move(which),
                                 answer](const auth_outcome& who) { self->admit(r, who, which, answer); });
  }

private:
  void admit(const http::request& r, const auth_outcome& outcome, const followed& which,
             const http::reply& answer) const {
    const auto* who = std::get_if<net::jwt::claims>(&outcome);
    if (who == nullptr) {
      const auto& why = std::get<auth_refusal>(outcome);
      config::log::debug("token_refused", "a session without a valid token was refused",
                         {{"reason", why.reason}, {"correlation_id", r.id}});
      return answer(refusal_response(why, r.id));
    }
    if (who->sub != r.parameter("user_id"))
      return answer(port_problem(conversation::port_fault::not_found, r.id));
    resolve(
        *with_->conversations, {who->tenant, who->sub}, which,
        [self = shared_from_this(), &r, who = *who, after = which.after,
         answer](std::variant<std::string, conversation::port_fault> found) {
          if (const auto* why = std::get_if<conversation::port_fault>(&found))
            return answer(port_problem(*why, r.id));
          answer(self->door_.accept(r, make_session(self->with_, who, std::get<std::string>(std::move(found)), after)));
        });
  }

  std::shared_ptr<const session_services> with_;
  websocket::settings rules_;
  websocket::endpoint door_;
};

} // namespace

http::handler chat_socket(std::shared_ptr<const session_services> with, std::vector<std::string> origins,
                          config::metrics& metrics) {
  return [door = std::make_shared<const socket_door>(std::move(with), std::move(origins), metrics)](
             const http::request& r, const http::reply& answer) { door->handle(r, answer); };
}

} // namespace troupe::actors::api::chat
