#include "net/desk/servicedesk_plus_address.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace troupe::net::desk {

namespace {

struct address {
  std::string origin; ///< scheme, host and port
  std::string host;
  std::string_view path;
};

address split(std::string_view url) {
  const auto scheme = url.starts_with("https://") ? 8U : url.starts_with("http://") ? 7U : 0U;
  if (scheme == 0)
    throw std::invalid_argument{"the desk's address must begin with http:// or https://"};
  const auto slash = std::min(url.find('/', scheme), url.size());
  const auto authority = url.substr(scheme, slash - scheme);
  if (authority.empty() || authority.find('@') != authority.npos)
    throw std::invalid_argument{"the desk's address must name a host, and no user"};
  if (url.find_first_of("?# \t\r\n") != url.npos)
    throw std::invalid_argument{"the desk's address must have no query, fragment or space"};
  return {std::string{url.substr(0, slash)}, std::string{authority.substr(0, authority.find(':'))}, url.substr(slash)};
}

constexpr auto plain_characters = [] {
  std::array<bool, 256> result{};
  for (const auto c : std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"})
    result[static_cast<unsigned char>(c)] = true;
  return result;
}();

/// Writes at most three characters; returns the place behind them.
char* write_encoded(char* out, char c) noexcept {
  static constexpr char digits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  if (plain_characters[byte]) {
    *out++ = c;
    return out;
  }
  *out++ = '%';
  *out++ = digits[byte >> 4];
  *out++ = digits[byte & 15];
  return out;
}

} // namespace

std::string servicedesk_plus_api(std::string_view url) {
  constexpr std::string_view api = "/api/v3";
  auto [origin, host, path] = split(url);
  while (path.ends_with('/'))
    path.remove_suffix(1);
  if (path.ends_with(api))
    path.remove_suffix(api.size());
  else if (path.ends_with("/api"))
    path.remove_suffix(4);
  return origin + std::string{path} + std::string{api};
}

std::string zoho_accounts_of(std::string_view url) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> centres{{
      {"sdpondemand.manageengine.com", "https://accounts.zoho.com"},
      {"sdpondemand.manageengine.eu", "https://accounts.zoho.eu"},
      {"sdpondemand.manageengine.in", "https://accounts.zoho.in"},
      {"sdpondemand.manageengine.cn", "https://accounts.zoho.com.cn"},
      {"servicedeskplus.net.au", "https://accounts.zoho.com.au"},
      {"servicedeskplus.jp", "https://accounts.zoho.jp"},
      {"servicedeskplus.ca", "https://accounts.zohocloud.ca"},
      {"servicedeskplus.uk", "https://accounts.zoho.uk"},
      {"servicedeskplus.sa", "https://accounts.zoho.sa"},
  }};
  const auto host = split(url).host;
  for (const auto& [name, accounts] : centres)
    if (host == name || host.ends_with("." + std::string{name}))
      return std::string{accounts};
  return {};
}

std::optional<std::string> path_segment(std::string_view ticket_id) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (ticket_id.find_first_not_of('.') == ticket_id.npos || ticket_id.find_first_of("/\\?#;%") != ticket_id.npos
      || std::any_of(ticket_id.begin(), ticket_id.end(), is_control))
    return std::nullopt;
  std::string result(3 * ticket_id.size(), '\0');
  auto* out = result.data();
  for (const auto c : ticket_id)
    out = write_encoded(out, c);
  result.resize(static_cast<std::size_t>(out - result.data()));
  return result;
}

std::string form_encoded(std::string_view text) {
  std::string result(3 * text.size(), '\0');
  auto* out = result.data();
  for (const auto c : text) {
    if (c == ' ')
      *out++ = '+';
    else
      out = write_encoded(out, c);
  }
  result.resize(static_cast<std::size_t>(out - result.data()));
  return result;
}

} // namespace troupe::net::desk
