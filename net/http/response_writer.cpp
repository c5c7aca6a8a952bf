#include "net/http/response_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "net/http/status.hpp"
#include "net/http/text.hpp"

namespace troupe::net::http {

namespace {

constexpr std::array<std::string_view, 6> own_fields = {
    "Content-Length", "Transfer-Encoding", "Connection", "X-Request-Id", "Date", "X-Content-Type-Options"};

void append_number(std::string& out, std::size_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

bool has_body(unsigned status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

bool says_upgrade(const response& r) noexcept {
  return std::any_of(r.headers.begin(), r.headers.end(),
                     [](auto& field) { return equal_ignoring_case(field.first, "Upgrade"); });
}

/// The value of the `Connection` field; empty where none is needed.
std::string_view connection_options(const response& r, const response_frame& frame) noexcept {
  if (says_upgrade(r))
    return frame.keep_alive || r.status == 101 ? "Upgrade" : "Upgrade, close";
  if (!frame.keep_alive)
    return "close";
  return frame.version_11 ? "" : "keep-alive";
}

} // namespace

bool is_sendable(const response& r) noexcept {
  return (has_body(r.status) || (r.then ? r.status == 101 : r.status >= 200)) && r.status <= 599
         && is_field_value(r.content_type) && std::all_of(r.headers.begin(), r.headers.end(), [](auto& field) {
              return is_token(field.first) && is_field_value(field.second)
                     && std::none_of(own_fields.begin(), own_fields.end(),
                                     [&](auto own) { return equal_ignoring_case(own, field.first); });
            });
}

void append_response(std::string& out, const response& r, const response_frame& frame) {
  out.reserve(out.size() + 320 + r.body.size());
  out += "HTTP/1.1 ";
  append_number(out, r.status);
  out += ' ';
  out += reason_phrase(r.status);
  out += "\r\n";
  if (has_body(r.status)) {
    if (!r.content_type.empty())
      append_field(out, "Content-Type", r.content_type);
    if (frame.framing == body_framing::counted) {
      out += "Content-Length: ";
      append_number(out, r.body.size());
      out += "\r\n";
    } else if (frame.framing == body_framing::chunked) {
      append_field(out, "Transfer-Encoding", "chunked");
    }
  }
  bool says_caching = false;
  for (auto& [name, value] : r.headers) {
    append_field(out, name, value);
    says_caching = says_caching || equal_ignoring_case(name, "Cache-Control");
  }
  append_field(out, "X-Request-Id", frame.request_id);
  append_field(out, "Date", frame.date);
  if (!says_caching)
    out += "Cache-Control: no-store\r\n";
  out += "X-Content-Type-Options: nosniff\r\n";
  if (media_type(r.content_type) == "text/html")
    out += "X-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n";
  if (auto options = connection_options(r, frame); !options.empty())
    append_field(out, "Connection", options);
  out += "\r\n";
  if (has_body(r.status) && !frame.head_only && frame.framing == body_framing::counted)
    out += r.body;
}

std::string http_date() {
  auto now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  // Not by strftime, which follows the process's locale.
  constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string result;
  auto two = [&](int number) {
    result += static_cast<char>('0' + number / 10);
    result += static_cast<char>('0' + number % 10);
  };
  result += days[static_cast<std::size_t>(parts.tm_wday)];
  result += ", ";
  two(parts.tm_mday);
  result += ' ';
  result += months[static_cast<std::size_t>(parts.tm_mon)];
  result += ' ';
  two((parts.tm_year + 1900) / 100);
  two((parts.tm_year + 1900) % 100);
  result += ' ';
  two(parts.tm_hour);
  result += ':';
  two(parts.tm_min);
  result += ':';
  two(parts.tm_sec);
  result += " GMT";
  return result;
}

} // namespace troupe::net::http
