#include <charconv>

#include "config/utf8.hpp"
#include "net/http/message.hpp"
#include "net/http/status.hpp"

namespace troupe::net::http {

namespace {

/// Appends a JSON string. What isn't UTF-8 becomes U+FFFD.
void append_quoted(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    auto c = static_cast<unsigned char>(text[i]);
    auto length = config::sequence_length(text.data() + i, text.data() + text.size());
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++i;
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i];
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20 || c == 0x7f) {
      out += "\\u00";
      out += digits[c >> 4U];
      out += digits[c & 15U];
    } else {
      out += text.substr(i, length);
    }
    i += length;
  }
  out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  append_quoted(out, value);
}

} // namespace

response problem(unsigned status, std::string_view detail, std::string_view correlation_id,
                 const std::vector<field_error>& errors) {
  response result;
  result.status = status;
  result.content_type = "application/problem+json";
  auto& out = result.body;
  out.reserve(160 + detail.size() + 64 * errors.size());
  out += R"({"type":"about:blank")";
  append_member(out, "title", reason_phrase(status));
  out += ",\"status\":";
  char digits[16];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, status).ptr);
  append_member(out, "detail", detail);
  append_member(out, "correlation_id", correlation_id);
  if (!errors.empty()) {
    out += ",\"errors\":[";
    for (auto& error : errors) {
      if (&error != &errors.front())
        out += ',';
      out += "{\"pointer\":";
      append_quoted(out, error.pointer);
      append_member(out, "message", error.message);
      out += '}';
    }
    out += ']';
  }
  out += '}';
  return result;
}

} // namespace troupe::net::http
