#include "config/values.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace troupe::config {

namespace {

template <class Unit>
struct scale {
  std::string_view name;
  Unit factor;
};

constexpr std::array<scale<std::uint64_t>, 5> durations{
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<scale<std::uint64_t>, 4> sizes{
    {{"B", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}}};

/// A whole number and a unit of the list, nothing between them but blanks.
template <std::size_t N>
std::optional<std::uint64_t> parse_scaled(std::string_view text, const std::array<scale<std::uint64_t>, N>& units) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = parse_integer(text.substr(0, digits));
  auto unit = text.substr(digits);
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  const auto found = std::find_if(units.begin(), units.end(), [&](const auto& u) { return u.name == unit; });
  if (!count || found == units.end())
    return std::nullopt;
  if (*count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / found->factor)
    return std::nullopt;
  return *count * found->factor;
}

template <std::size_t N>
std::string format_scaled(std::uint64_t value, const std::array<scale<std::uint64_t>, N>& units) {
  auto unit = units.front();
  for (const auto& u : units)
    if (value != 0 && value % u.factor == 0)
      unit = u;
  return std::to_string(value / unit.factor) + std::string{unit.name};
}

/// Levenshtein distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

} // namespace

std::optional<std::uint64_t> parse_integer(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::string format_number(double value) {
  std::array<char, 32> buffer{};
  const auto [end, fault] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return fault == std::errc{} ? std::string{buffer.data(), end} : std::string{};
}

std::optional<bool> parse_boolean(std::string_view text) {
  const auto word = to_lower(text);
  if (word == "true" || word == "yes" || word == "on")
    return true;
  if (word == "false" || word == "no" || word == "off")
    return false;
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto value = parse_scaled(text, durations);
  return value ? std::optional{std::chrono::milliseconds{*value}} : std::nullopt;
}

std::string format_duration(std::chrono::milliseconds value) {
  return value.count() == 0 ? "0s" : format_scaled(static_cast<std::uint64_t>(value.count()), durations);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse_scaled(text, sizes);
}

std::string format_size(std::uint64_t bytes) {
  return format_scaled(bytes, sizes);
}

bool is_http_url(std::string_view text) {
  const auto scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0)
    return false;
  const auto printable = [](unsigned char c) { return c > 0x20 && c < 0x7f; };
  if (!std::all_of(text.begin(), text.end(), printable) || text.find_first_of("@?#\\\"<>") != std::string_view::npos)
    return false;
  auto authority = text.substr(scheme, text.find('/', scheme) - scheme);
  if (const auto bracket = authority.rfind(']'); bracket != std::string_view::npos) {
    if (!authority.starts_with('['))
      return false;
    authority.remove_prefix(bracket);
  }
  const auto colon = authority.find(':');
  const auto host = authority.substr(0, colon);
  if (host.empty())
    return false;
  if (colon == std::string_view::npos)
    return true;
  const auto port = parse_integer(authority.substr(colon + 1));
  return port && *port >= 1 && *port <= 65'535;
}

bool is_origin(std::string_view text) {
  const auto mark = text.find("://");
  if (mark == text.npos || mark == 0 || text.find_first_of("/*", mark + 3) != text.npos || to_lower(text) != text)
    return false;
  const auto scheme = text.substr(0, mark);
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  return std::all_of(scheme.begin(), scheme.end(), fits) && is_http_url("http" + std::string{text.substr(mark)});
}

std::string trim_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

std::string to_lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string random_hex(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error{"the system gives no random bytes"};
  std::string out;
  out.reserve(2 * count);
  for (const unsigned char c : bytes) {
    out += "0123456789abcdef"[c >> 4];
    out += "0123456789abcdef"[c & 15];
  }
  return out;
}

std::string_view nearest(std::string_view text, const std::vector<std::string_view>& known, std::size_t limit) {
  if (text.size() > 200)
    return {};
  std::string_view best;
  auto least = (limit != 0 ? limit : std::max<std::size_t>(2, text.size() / 3)) + 1;
  for (const auto word : known)
    if (const auto d = distance(text, word); d < least) {
      least = d;
      best = word;
    }
  return best;
}

std::string suggestion(std::string_view text, const std::vector<std::string_view>& known) {
  const auto word = nearest(text, known);
  return word.empty() ? std::string{} : "; did you mean " + in_quotes(word) + "?";
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const unsigned char c : text.substr(0, 80)) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (c < 0x20 || c == 0x7f) {
      out += "\\x";
      out += "0123456789abcdef"[c >> 4];
      out += "0123456789abcdef"[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  return out + (text.size() > 80 ? "…\"" : "\"");
}

std::string in_quotes_without_login(std::string_view url) {
  const auto scheme = url.find("://");
  const auto login = url.rfind('@');
  if (scheme == std::string_view::npos || login == std::string_view::npos || login < scheme)
    return in_quotes(url);
  return in_quotes(std::string{url.substr(0, scheme + 3)} + "…" + std::string{url.substr(login)});
}

} // namespace troupe::config
