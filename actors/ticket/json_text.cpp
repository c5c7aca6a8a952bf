#include "actors/ticket/json_text.hpp"

#include <array>
#include <cmath>

#include "actors/ticket/text.hpp"

namespace troupe::actors::ticket {

namespace {

/// Bytes that may stand in a JSON string as they are.
constexpr auto plain = [] {
  std::array<bool, 256> out{};
  for (std::size_t i = 0x20; i < 0x7F; ++i)
    out[i] = i != '"' && i != '\\';
  return out;
}();

} // namespace

void json_text::key(std::string_view name) {
  separate();
  quote(name);
  out_ += ':';
  fresh_ = true;
}

void json_text::value(std::string_view text) {
  separate();
  quote(text);
  fresh_ = false;
}

void json_text::value(bool x) {
  separate();
  out_ += x ? "true" : "false";
  fresh_ = false;
}

void json_text::value(double x) {
  separate();
  if (std::isfinite(x)) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), x).ptr;
    out_.append(digits.data(), end);
  } else {
    out_ += '0';
  }
  fresh_ = false;
}

void json_text::open(char sign) {
  separate();
  out_ += sign;
  fresh_ = true;
}

void json_text::close(char sign) {
  out_ += sign;
  fresh_ = false;
}

void json_text::separate() {
  if (!fresh_)
    out_ += ',';
}

void json_text::quote(std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  out_ += '"';
  for (std::size_t i = 0; i < text.size();) {
    auto end = i;
    while (end < text.size() && plain[static_cast<unsigned char>(text[end])])
      ++end;
    out_.append(text, i, end - i);
    i = end;
    if (i == text.size())
      break;
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x80) {
      const auto c = decode_utf8(text, i);
      if (c.size == 0)
        out_ += "\xEF\xBF\xBD";
      else
        out_.append(text, i, c.size);
      i += c.size == 0 ? 1 : c.size;
      continue;
    }
    ++i;
    out_ += '\\';
    if (byte == '"' || byte == '\\') {
      out_ += static_cast<char>(byte);
    } else if (byte == '\n') {
      out_ += 'n';
    } else {
      out_ += "u00";
      out_ += hex[byte >> 4];
      out_ += hex[byte & 15];
    }
  }
  out_ += '"';
}

} // namespace troupe::actors::ticket
