#include "net/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "net/http/text.hpp"

namespace troupe::net {

namespace {

using std::chrono::milliseconds;

constexpr double longest_ms = 300'000;

std::optional<milliseconds> clamped(double ms) {
  if (!(ms == ms))
    return std::nullopt;
  return milliseconds{static_cast<std::int64_t>(std::clamp(ms, 0.0, longest_ms))};
}

std::optional<double> read_decimal(std::string_view text) {
  double value = 0;
  if (text.empty() || text.find_first_not_of("0123456789.") != text.npos)
    return std::nullopt;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range)
    return longest_ms;
  return error == std::errc{} && rest == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

std::optional<int> read_digits(std::string_view text) {
  int value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && rest == text.data() + text.size() && value >= 0 ? std::optional{value} : std::nullopt;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the only form that may be sent.
std::optional<std::chrono::sys_seconds> read_http_date(std::string_view text) {
  using namespace std::chrono;
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(25) != " GMT" || text[19] != ':' || text[22] != ':')
    return std::nullopt;
  const auto named = std::find(months.begin(), months.end(), text.substr(8, 3));
  const auto d = read_digits(text.substr(5, 2));
  const auto y = read_digits(text.substr(12, 4));
  const auto h = read_digits(text.substr(17, 2));
  const auto m = read_digits(text.substr(20, 2));
  const auto s = read_digits(text.substr(23, 2));
  if (named == months.end() || !d || !y || !h || !m || !s || *h > 23 || *m > 59 || *s > 60)
    return std::nullopt;
  const auto date = year{*y} / static_cast<unsigned>(named - months.begin() + 1) / static_cast<unsigned>(*d);
  if (!date.ok())
    return std::nullopt;
  return sys_days{date} + hours{*h} + minutes{*m} + seconds{*s};
}

std::string_view find(const std::vector<http::header>& headers, std::string_view name) {
  for (const auto& [known, value] : headers)
    if (http::equal_ignoring_case(known, name))
      return http::trim(value);
  return {};
}

} // namespace

std::optional<milliseconds> retry_after(const std::vector<http::header>& headers,
                                        std::chrono::system_clock::time_point now) {
  if (const auto ms = read_decimal(find(headers, "retry-after-ms")))
    return clamped(*ms);
  const auto text = find(headers, "retry-after");
  if (const auto seconds = read_decimal(text))
    return clamped(*seconds * 1000);
  if (const auto date = read_http_date(text))
    return clamped(1000.0 * static_cast<double>((*date - std::chrono::floor<std::chrono::seconds>(now)).count()));
  return std::nullopt;
}

} // namespace troupe::net
