#include <stdexcept>

#include "net/desk/servicedesk_plus.hpp"
#include "net/json/reader.hpp"

namespace troupe::net::desk {

namespace {

constexpr std::string_view known = "cloud, portal_id, show_to_requester, accounts_url, client_id, client_secret";

[[noreturn]] void refuse(std::string_view name, std::string_view rule) {
  throw std::invalid_argument{"desk option " + std::string{name} + " " + std::string{rule}};
}

bool read_flag(json::reader& in, std::string_view name) {
  if (const auto found = in.peek(); found != json::type::boolean)
    refuse(name, "must be true or false, found " + std::string{json::name_of(found)});
  return in.boolean();
}

/// A number is taken as well where a text of digits is meant.
std::string read_text(json::reader& in, std::string_view name, bool digits = false) {
  const auto found = in.peek();
  const auto number = digits && found == json::type::number;
  if (found != json::type::string && !number)
    refuse(name, "must be a string, found " + std::string{json::name_of(found)});
  const auto text = number ? in.number() : in.string();
  for (const auto c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      refuse(name, "must not hold control characters");
  return std::string{text};
}

void read_option(json::reader& in, std::string_view name, servicedesk_plus_options& out) {
  if (name == "cloud")
    out.cloud = read_flag(in, name);
  else if (name == "show_to_requester")
    out.show_to_requester = read_flag(in, name);
  else if (name == "portal_id")
    out.portal_id = read_text(in, name, true);
  else if (name == "accounts_url")
    out.accounts_url = read_text(in, name);
  else if (name == "client_id")
    out.client_id = read_text(in, name);
  else if (name == "client_secret")
    out.client_secret = config::secret{read_text(in, name)};
  else
    refuse(name, "isn't known; known are " + std::string{known});
}

} // namespace

servicedesk_plus_options parse_servicedesk_plus_options(std::string_view json) {
  servicedesk_plus_options result;
  if (json.find_first_not_of(" \t\r\n") == json.npos)
    return result;
  json::reader in{json};
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name))
      read_option(in, name, result);
  if (!in.finish())
    throw std::invalid_argument{"desk options: " + in.failure()->pointer + (in.failure()->pointer.empty() ? "" : " ")
                                + in.failure()->message};
  if (!result.cloud && !(result.accounts_url + result.client_id + result.client_secret.reveal()).empty())
    throw std::invalid_argument{
        "desk options accounts_url, client_id and client_secret are for the Cloud: set cloud to true"};
  if (result.cloud && (result.client_id.empty() || result.client_secret.empty()))
    throw std::invalid_argument{"a Cloud desk needs the options client_id and client_secret; the desk's key is the "
                                "refresh token"};
  return result;
}

} // namespace troupe::net::desk
