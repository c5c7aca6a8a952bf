#include "net/http/body_reader.hpp"

#include <algorithm>

#include "net/http/text.hpp"

namespace troupe::net::http {

namespace {

constexpr std::uint32_t max_words = 8 << 10;

constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  c = to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

void body_reader::begin(framing how, std::uint64_t length, std::uint64_t limit) noexcept {
  framing_ = how;
  remaining_ = length;
  limit_ = limit;
  words_ = 0;
  place_ = place::size_begin;
}

body_reader::step body_reader::put(std::string_view bytes, std::size_t& used, std::string* into) {
  used = 0;
  switch (framing_) {
  case framing::none:
    return step::complete;
  case framing::chunked:
    return put_chunked(bytes, used, into);
  case framing::to_end:
    used = bytes.size();
    if (used > limit_)
      return step::too_large;
    limit_ -= used;
    if (into)
      into->append(bytes);
    return step::more;
  case framing::counted:
    if (remaining_ > limit_)
      return step::too_large;
    used = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
    remaining_ -= used;
    limit_ -= used;
    if (into)
      into->append(bytes.substr(0, used));
    return remaining_ == 0 ? step::complete : step::more;
  }
  return step::malformed;
}

body_reader::step body_reader::put_chunked(std::string_view bytes, std::size_t& used, std::string* into) {
  while (used < bytes.size()) {
    if (place_ == place::data) {
      auto part = bytes.substr(used, static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size())));
      used += part.size();
      remaining_ -= part.size();
      if (into)
        into->append(part);
      if (remaining_ == 0)
        place_ = place::data_cr;
      continue;
    }
    if (auto result = put_line_byte(bytes[used++]); result != step::more)
      return result;
  }
  return step::more;
}

/// Everything but data.
body_reader::step body_reader::put_line_byte(char c) noexcept {
  auto expect = [&](char wanted, place next) {
    place_ = next;
    return c == wanted ? step::more : step::malformed;
  };
  switch (place_) {
  case place::size_begin:
    remaining_ = 0;
    place_ = place::size;
    return add_digit(hex_value(c));
  case place::size:
    if (c == '\r')
      return expect('\r', place::size_end);
    if (c == ';' || is_blank(c)) {
      place_ = place::extension;
      return step::more;
    }
    return add_digit(hex_value(c));
  case place::extension:
    if (c == '\r')
      return expect('\r', place::size_end);
    if (++words_ > max_words)
      return step::too_wordy;
    return is_field_value({&c, 1}) ? step::more : step::malformed;
  case place::size_end:
    limit_ -= remaining_;
    return expect('\n', remaining_ > 0 ? place::data : place::line_begin);
  case place::data_cr:
    return expect('\r', place::data_lf);
  case place::data_lf:
    return expect('\n', place::size_begin);
  case place::line_begin:
    if (c == '\r')
      return expect('\r', place::last_lf);
    place_ = place::name;
    return is_token({&c, 1}) ? step::more : step::malformed; // a folded line begins with a blank
  case place::name:
    if (++words_ > max_words)
      return step::too_wordy;
    if (c == ':')
      return expect(':', place::value);
    return is_token({&c, 1}) ? step::more : step::malformed;
  case place::value:
    if (c == '\r')
      return expect('\r', place::line_end);
    if (++words_ > max_words)
      return step::too_wordy;
    return is_field_value({&c, 1}) ? step::more : step::malformed;
  case place::line_end:
    return expect('\n', place::line_begin);
  case place::last_lf:
    return c == '\n' ? step::complete : step::malformed;
  case place::data:
    break;
  }
  return step::malformed;
}

body_reader::step body_reader::add_digit(int value) noexcept {
  if (value < 0)
    return step::malformed;
  if (value == 0 && remaining_ == 0 && ++words_ > max_words)
    return step::too_wordy; // zeros in front without end
  if (remaining_ >> 60U != 0)
    return step::too_large;
  remaining_ = remaining_ * 16 + static_cast<unsigned>(value);
  return remaining_ > limit_ ? step::too_large : step::more;
}

} // namespace troupe::net::http
