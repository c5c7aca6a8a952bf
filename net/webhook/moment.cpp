#include "net/webhook/moment.hpp"

#include <charconv>

namespace troupe::net::webhook {

namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Takes what it reads off the front of a text; says no for ever once something didn't fit.
class cursor {
public:
  explicit cursor(std::string_view text) noexcept : left_{text} {}

  int number(std::size_t digits) noexcept {
    int value = 0;
    if (left_.size() < digits)
      ok_ = false;
    for (std::size_t i = 0; ok_ && i < digits; ++i) {
      ok_ = is_digit(left_[i]);
      value = value * 10 + (left_[i] - '0');
    }
    if (ok_)
      left_.remove_prefix(digits);
    return ok_ ? value : 0;
  }

  /// Takes one of the characters; returns it, or NUL.
  char one_of(std::string_view choices) noexcept {
    if (ok_ && !left_.empty() && choices.find(left_.front()) != choices.npos) {
      const auto c = left_.front();
      left_.remove_prefix(1);
      return c;
    }
    ok_ = false;
    return '\0';
  }

  void fraction() noexcept {
    if (left_.empty() || left_.front() != '.')
      return;
    const auto end = std::min(left_.find_first_not_of("0123456789", 1), left_.size());
    ok_ = ok_ && end > 1;
    left_.remove_prefix(end);
  }

  bool finished() const noexcept {
    return ok_ && left_.empty();
  }

private:
  std::string_view left_;
  bool ok_ = true;
};

} // namespace

std::optional<unix_seconds> read_rfc3339(std::string_view text) noexcept {
  using namespace std::chrono;
  cursor in{text};
  const auto y = in.number(4);
  in.one_of("-");
  const auto m = in.number(2);
  in.one_of("-");
  const auto d = in.number(2);
  in.one_of("Tt ");
  const auto hour = in.number(2);
  in.one_of(":");
  const auto minute = in.number(2);
  in.one_of(":");
  const auto second = in.number(2);
  in.fraction();
  const auto zone = in.one_of("Zz+-");
  int offset_hours = 0;
  int offset_minutes = 0;
  if (zone == '+' || zone == '-') {
    offset_hours = in.number(2);
    in.one_of(":");
    offset_minutes = in.number(2);
  }
  const auto date = year{y} / static_cast<unsigned>(m) / static_cast<unsigned>(d);
  // RFC 3339 allows the second 60 for leap seconds, which Unix time doesn't know.
  if (!in.finished() || !date.ok() || hour > 23 || minute > 59 || second > 60 || offset_hours > 23
      || offset_minutes > 59)
    return std::nullopt;
  const auto local = sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
  const auto offset = hours{offset_hours} + minutes{offset_minutes};
  return zone == '-' ? local + offset : local - offset;
}

std::optional<unix_seconds> read_unix(std::string_view number) noexcept {
  constexpr std::int64_t end_of_year_9999 = 253'402'300'799;
  std::int64_t value = 0;
  const auto* end = number.data() + number.size();
  const auto [rest, error] = std::from_chars(number.data(), end, value);
  if (error != std::errc{} || number.starts_with('-') || value > end_of_year_9999)
    return std::nullopt;
  if (rest != end && (*rest != '.' || number.find_first_of("eE") != number.npos))
    return std::nullopt;
  return unix_seconds{std::chrono::seconds{value}};
}

} // namespace troupe::net::webhook
