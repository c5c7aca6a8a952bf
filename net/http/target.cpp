#include "net/http/target.hpp"

#include <algorithm>
#include <array>

#include "config/utf8.hpp"
#include "net/http/text.hpp"

namespace troupe::net::http {

namespace {

constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/// The byte that an escape at `at` stands for; -1 when it is broken.
constexpr int escaped_byte(std::string_view text, std::size_t at) noexcept {
  if (at + 2 >= text.size())
    return -1;
  int high = hex_value(text[at + 1]);
  int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// RFC 3986: what a path may hold unescaped. A query holds more in practice: any visible ASCII but `#`.
constexpr auto path_characters = [] {
  std::array<bool, 256> result{};
  for (char c : std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/"})
    result[static_cast<unsigned char>(c)] = true;
  return result;
}();

constexpr bool is_query_character(char c) noexcept {
  return c > 0x20 && c < 0x7f && c != '#';
}

bool has_dot_segment(std::string_view path) noexcept {
  for (std::size_t at = path.find("/."); at != path.npos; at = path.find("/.", at + 1)) {
    auto segment = path.substr(at + 1, path.find('/', at + 1) - at - 1);
    if (segment == "." || segment == "..")
      return true;
  }
  return false;
}

std::string_view decode_path(std::string_view raw, std::string& path) {
  path.clear();
  if (has_dot_segment(raw))
    return "The path holds a dot segment.";
  bool ascii = true;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (path_characters[static_cast<unsigned char>(c)]) {
      path += c;
      continue;
    }
    if (c != '%')
      return "The path holds a character that must be percent-encoded.";
    int byte = escaped_byte(raw, i);
    if (byte < 0)
      return "The path holds a broken percent-encoding.";
    if (byte < 0x20 || byte == 0x7f)
      return "The path holds an encoded control character.";
    ascii = ascii && byte < 0x80;
    path += byte == '/' ? escaped_slash : static_cast<char>(byte);
    i += 2;
  }
  if (!ascii && !config::is_utf8(path))
    return "The path isn't UTF-8.";
  return {};
}

std::string_view check_query(std::string_view query) {
  bool escapes = false;
  for (std::size_t i = 0; i < query.size(); ++i) {
    if (!is_query_character(query[i]))
      return "The query holds a character that must be percent-encoded.";
    escapes = escapes || query[i] == '%';
  }
  if (escapes && !percent_decode(query, true))
    return "The query holds a broken percent-encoding.";
  return {};
}

/// Takes scheme and authority off an absolute form. False when it isn't one.
bool drop_origin(std::string_view& target) noexcept {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme))
      continue;
    const auto rest = target.substr(scheme.size());
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    target = rest.substr(end);
    return is_authority(rest.substr(0, end));
  }
  return false;
}

} // namespace

bool is_authority(std::string_view value) noexcept {
  constexpr std::string_view others = "-._~!$&'()*+,;=%:[]";
  return !value.empty() && value.size() <= 255 && std::all_of(value.begin(), value.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != others.npos;
  });
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  if (text == "." || text == "..") {
    for (std::size_t i = 0; i < text.size(); ++i)
      result += "%2E";
    return result;
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'
        || c == '~') {
      result += c;
    } else {
      result += '%';
      result += digits[byte >> 4];
      result += digits[byte & 15];
    }
  }
  return result;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      int byte = escaped_byte(text, i);
      if (byte < 0)
        return std::nullopt;
      result += static_cast<char>(byte);
      i += 2;
    } else {
      result += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  if (!config::is_utf8(result) || result.find('\0') != result.npos)
    return std::nullopt;
  return result;
}

std::string_view decode_target(std::string_view target, std::string& path, std::string& query) {
  const bool absolute = !target.starts_with('/');
  if (absolute && !drop_origin(target))
    return "The request target must begin with a slash, or with http:// or https:// and a host.";
  auto mark = target.find('?');
  query.assign(mark == target.npos ? std::string_view{} : target.substr(mark + 1));
  auto raw = target.substr(0, mark);
  if (absolute && raw.empty())
    raw = "/";
  if (auto fault = decode_path(raw, path); !fault.empty())
    return fault;
  return check_query(query);
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    auto equals = pair.find('=');
    auto key = percent_decode(pair.substr(0, equals), true);
    if (key && *key == name)
      return equals == pair.npos ? std::string{} : percent_decode(pair.substr(equals + 1), true).value_or("");
  }
  return {};
}

} // namespace troupe::net::http
