#include "net/json/writer.hpp"

#include "net/json/plain_run.hpp"
#include "net/json/utf8.hpp"

namespace troupe::net::json {

namespace {

void append_escape(std::string& out, unsigned char c) {
  static constexpr char digits[] = "0123456789abcdef";
  switch (c) {
  case '"':
    out += "\\\"";
    break;
  case '\\':
    out += "\\\\";
    break;
  case '\n':
    out += "\\n";
    break;
  case '\r':
    out += "\\r";
    break;
  case '\t':
    out += "\\t";
    break;
  default:
    out += "\\u00";
    out += digits[c >> 4];
    out += digits[c & 15];
  }
}

} // namespace

void append_string(std::string& out, std::string_view text) {
  out += '"';
  const auto* at = text.data();
  const auto* end = at + text.size();
  const auto* run = at; // what is copied as it is, in one piece
  while ((at = skip_plain(at, end)) != end) {
    const auto c = static_cast<unsigned char>(*at);
    if (const auto length = c >= 0x80 ? sequence_length(at, end) : 0) {
      at += length;
      continue;
    }
    out.append(run, at);
    if (c >= 0x80)
      out += "\xef\xbf\xbd";
    else
      append_escape(out, c);
    run = ++at;
  }
  out.append(run, at);
  out += '"';
}

std::string literal(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 2 + text.size() / 16);
  append_string(result, text);
  return result;
}

} // namespace troupe::net::json
