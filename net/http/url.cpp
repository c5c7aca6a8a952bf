#include "net/http/url.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "net/http/text.hpp"

namespace troupe::net::http {

namespace {

[[noreturn]] void refuse(std::string_view text, const char* why) {
  throw std::invalid_argument{"the address \"" + std::string{text} + "\" " + why};
}

bool is_host_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_address_character(char c) noexcept {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

std::uint16_t parse_port(std::string_view whole, std::string_view digits) {
  std::uint16_t port = 0;
  auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (fault != std::errc{} || end != digits.data() + digits.size() || port == 0)
    refuse(whole, "has a port that isn't a number from 1 to 65535");
  return port;
}

} // namespace

std::string url::authority() const {
  std::string result;
  bool bracketed = host.find(':') != host.npos;
  result += bracketed ? "[" : "";
  result += host;
  result += bracketed ? "]" : "";
  if (port != (secure ? 443 : 80))
    (result += ':') += std::to_string(port);
  return result;
}

url parse_url(std::string_view text) {
  auto rest = text;
  url result;
  auto begins = [&](std::string_view scheme) {
    return rest.size() >= scheme.size() && equal_ignoring_case(rest.substr(0, scheme.size()), scheme);
  };
  if (begins("https://")) {
    result.secure = true;
    result.port = 443;
    rest.remove_prefix(8);
  } else if (begins("http://")) {
    rest.remove_prefix(7);
  } else {
    refuse(text, "doesn't begin with http:// or https://");
  }
  auto authority = rest.substr(0, rest.find_first_of("/?#"));
  auto path = rest.substr(authority.size());
  if (path.find_first_of("?#") != path.npos)
    refuse(text, "has a query or a fragment");
  if (authority.find('@') != authority.npos)
    refuse(text, "has a user or a password, which belong into other settings");
  bool bracketed = authority.starts_with('[');
  auto host_end = bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (host_end == authority.npos)
    refuse(text, "has no closing bracket");
  result.host = authority.substr(bracketed ? 1 : 0, bracketed ? host_end - 1 : host_end);
  auto after = authority.substr(host_end + (bracketed ? 1 : 0));
  if (result.host.empty()
      || !std::all_of(result.host.begin(), result.host.end(), bracketed ? is_address_character : is_host_character))
    refuse(text, "has no proper host");
  if (after.starts_with(':'))
    result.port = parse_port(text, after.substr(1));
  else if (!after.empty())
    refuse(text, "has no proper host");
  if (!std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f; }))
    refuse(text, "has a path with characters that must be percent-encoded");
  while (path.ends_with('/'))
    path.remove_suffix(1);
  result.base = path;
  return result;
}

} // namespace troupe::net::http
