// The characters of strings, numbers and words: the part of the reader that looks at every byte.
#include "net/json/plain_run.hpp"
#include "net/json/reader.hpp"
#include "net/json/utf8.hpp"

namespace troupe::net::json {

namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

} // namespace

bool reader::fail_at_byte() {
  if (at_ == end_)
    return fail("isn't valid JSON: a string isn't closed");
  if (*at_ == '\0')
    return fail("holds a NUL character");
  if (static_cast<unsigned char>(*at_) < 0x20)
    return fail("isn't valid JSON: a control character in a string isn't escaped");
  return fail("isn't valid UTF-8");
}

bool reader::scan_sequence() {
  const auto length = sequence_length(at_, end_);
  if (length < 2) // what stops a run and is ASCII is a control character
    return fail_at_byte();
  at_ += length;
  return true;
}

bool reader::scan_string(std::string_view& out, std::string& decoded, std::size_t& characters) {
  const auto* start = ++at_;
  characters = 0;
  const auto* run = start;
  for (;;) {
    at_ = skip_plain(at_, end_);
    if (at_ == end_)
      return fail_at_byte();
    if (*at_ == '"') {
      characters += static_cast<std::size_t>(at_ - run);
      out = {start, static_cast<std::size_t>(at_ - start)};
      ++at_;
      return true;
    }
    characters += static_cast<std::size_t>(at_ - run);
    if (*at_ == '\\')
      break;
    if (!scan_sequence())
      return false;
    ++characters;
    run = at_;
  }
  decoded.assign(start, at_);
  if (!scan_escaped_tail(decoded, characters))
    return false;
  out = decoded;
  return true;
}

bool reader::scan_escaped_tail(std::string& decoded, std::size_t& characters) {
  for (;;) {
    const auto* run = at_;
    at_ = skip_plain(at_, end_);
    decoded.append(run, at_);
    characters += static_cast<std::size_t>(at_ - run);
    if (at_ == end_)
      return fail_at_byte();
    if (*at_ == '"') {
      ++at_;
      return true;
    }
    const auto* special = at_;
    if (*at_ == '\\') {
      if (!scan_escape(decoded))
        return false;
    } else {
      if (!scan_sequence())
        return false;
      decoded.append(special, at_);
    }
    ++characters;
  }
}

bool reader::scan_escape(std::string& decoded) {
  static constexpr std::string_view names = "\"\\/bfnrt";
  static constexpr std::string_view values = "\"\\/\b\f\n\r\t";
  if (end_ - at_ < 2)
    return fail("isn't valid JSON: a string isn't closed");
  if (at_[1] == 'u')
    return scan_unicode_escape(decoded);
  const auto which = names.find(at_[1]);
  if (which == names.npos)
    return fail("isn't valid JSON: unknown escape in a string");
  decoded += values[which];
  at_ += 2;
  return true;
}

bool reader::scan_unicode_escape(std::string& decoded) {
  constexpr std::uint32_t replacement = 0xfffd;
  const auto* start = at_;
  std::uint32_t code = 0;
  if (!scan_code_unit(code))
    return false;
  const auto high = code >= 0xd800 && code < 0xdc00;
  if (high && end_ - at_ >= 2 && at_[0] == '\\' && at_[1] == 'u') {
    const auto* second = at_;
    std::uint32_t low = 0;
    if (!scan_code_unit(low))
      return false;
    if (low >= 0xdc00 && low < 0xe000)
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    else
      at_ = second;
  }
  const auto half = code >= 0xd800 && code < 0xe000;
  if (half || code == 0) {
    if (how_ == strictness::strict) {
      at_ = start;
      return fail(half ? "holds half a surrogate pair, which isn't valid UTF-8" : "holds a NUL character");
    }
    code = replacement;
  }
  append_code_point(decoded, code);
  return true;
}

bool reader::scan_code_unit(std::uint32_t& unit) {
  if (end_ - at_ < 6)
    return fail("isn't valid JSON: a \\u escape wants four hexadecimal digits");
  unit = 0;
  for (int i = 2; i < 6; ++i) {
    const auto c = at_[i];
    const auto lower = static_cast<char>(c | 0x20);
    if (is_digit(c))
      unit = unit * 16 + static_cast<std::uint32_t>(c - '0');
    else if (lower >= 'a' && lower <= 'f')
      unit = unit * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
    else
      return fail("isn't valid JSON: a \\u escape wants four hexadecimal digits");
  }
  at_ += 6;
  return true;
}

bool reader::scan_number() {
  const auto digits = [this] {
    const auto* start = at_;
    while (at_ != end_ && is_digit(*at_))
      ++at_;
    return at_ != start;
  };
  if (at_ != end_ && *at_ == '-')
    ++at_;
  if (at_ != end_ && *at_ == '0')
    ++at_;
  else if (!digits())
    return fail_expecting("a digit");
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!digits())
      return fail_expecting("a digit behind the decimal point");
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-'))
      ++at_;
    if (!digits())
      return fail_expecting("a digit in the exponent");
  }
  return true;
}

bool reader::scan_word(std::string_view word) {
  if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view{at_, word.size()} != word)
    return fail_expecting("a value");
  at_ += word.size();
  return true;
}

} // namespace troupe::net::json
