#include "actors/api/chat/client_frame.hpp"

#include <optional>
#include <utility>

#include "actors/text/text.hpp"
#include "net/json/reader.hpp"

namespace troupe::actors::api::chat {

namespace json = net::json;

namespace {

constexpr std::size_t longest_shown = 64;

std::string shown(std::string_view text) {
  return "'" + std::string{cut_bytes(text, longest_shown)} + "'";
}

/// The members that frames have. None: not there, or of another type.
struct members {
  std::optional<std::string> type, id, text, decision, token;
};

void read(json::reader& in, members& out) {
  const auto take = [&in](std::optional<std::string>& into) {
    if (const auto value = in.string_or_skip())
      into = *value;
  };
  std::string_view name;
  if (!in.enter_object())
    return;
  while (in.next_member(name)) {
    if (name == "type")
      take(out.type);
    else if (name == "id")
      take(out.id);
    else if (name == "text")
      take(out.text);
    else if (name == "decision")
      take(out.decision);
    else if (name == "token")
      take(out.token);
    else
      in.skip();
  }
}

client_frame message_of(members&& from, std::size_t longest) {
  auto id = std::move(from.id).value_or("");
  if (const auto wrong = fault_of_id(id); !wrong.empty())
    return frame_fault{"invalid_frame", "/id: " + std::string{wrong}, {}};
  if (!from.text)
    return frame_fault{"invalid_frame", "/text: must be a text", std::move(id)};
  if (says_nothing(*from.text))
    return frame_fault{"empty_message", "/text: a message must say something", std::move(id)};
  if (from.text->size() > longest)
    return frame_fault{"message_too_long",
                       "/text: must have at most " + std::to_string(longest) + " bytes; found "
                           + std::to_string(from.text->size()),
                       std::move(id)};
  return message_frame{std::move(id), *std::move(from.text)};
}

client_frame approval_of(members&& from) {
  if (!from.id || from.id->empty())
    return frame_fault{"invalid_frame", "/id: must be the id of what waits for approval", {}};
  if (from.decision != "approve" && from.decision != "deny")
    return frame_fault{"invalid_frame", "/decision: must be approve or deny", {}};
  return approval_frame{*std::move(from.id)};
}

} // namespace

client_frame parse_frame(std::string_view text, std::size_t longest_message) {
  json::reader in{text};
  members found;
  read(in, found);
  if (!in.finish())
    return frame_fault{"invalid_json",
                       in.failure()->pointer + (in.failure()->pointer.empty() ? "" : ": ") + in.failure()->message,
                       {}};
  if (!found.type)
    return frame_fault{"invalid_frame", "/type: must be user_message, interrupt, approval or auth", {}};
  if (found.type == "user_message")
    return message_of(std::move(found), longest_message);
  if (found.type == "interrupt")
    return interrupt_frame{};
  if (found.type == "approval")
    return approval_of(std::move(found));
  if (found.type == "auth")
    return auth_frame{std::move(found.token).value_or("")};
  return frame_fault{
      "unknown_type", "/type: must be user_message, interrupt, approval or auth; found " + shown(*found.type), {}};
}

std::string_view fault_of_id(std::string_view client_id) {
  if (client_id.empty())
    return "must be the client's own id of the message, a text";
  return client_id.size() > longest_client_id ? "must have at most 200 bytes" : "";
}

} // namespace troupe::actors::api::chat
