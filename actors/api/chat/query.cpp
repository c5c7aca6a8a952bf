#include "actors/api/chat/query.hpp"

#include <string>
#include <utility>

namespace troupe::actors::api::chat {

std::variant<followed, net::http::field_error> followed_of(const net::http::request& r) {
  followed out;
  out.agent = r.query_parameter("agent");
  if (out.agent.empty())
    out.agent = usual_agent;
  out.conversation = r.query_parameter("conversation");
  std::string after{r.get("Last-Event-ID")};
  if (after.empty())
    after = r.query_parameter("after");
  if (after.empty())
    return out;
  out.after = conversation::parse_cursor(after);
  if (!out.after)
    return net::http::field_error{"/after", "must be a cursor as events have it"};
  return out;
}

bool is_conversation_id(std::string_view text) {
  return text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == text.npos;
}

} // namespace troupe::actors::api::chat
