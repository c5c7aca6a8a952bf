#include "actors/text/json_text.hpp"

#include <array>
#include <cmath>

#include "net/json/writer.hpp"

namespace troupe::actors {

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
  net::json::append_string(out_, text);
}

} // namespace troupe::actors
