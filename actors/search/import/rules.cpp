#include "actors/search/import/rules.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "config/utf8.hpp"
#include "net/addresses.hpp"

namespace troupe::actors::search {

namespace {

constexpr std::size_t id_limit = 128;
constexpr std::size_t line_limit = 1'000;
constexpr std::size_t text_limit = 100'000;
constexpr std::size_t url_limit = 2'048;
constexpr std::size_t address_limit = 64;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

/// Checks a row's values one after the other and keeps the first fault.
class checker {
public:
  checker(import_kind kind, import_row& row) : kind_{kind}, row_{row} {
    if (row.fault)
      fault_ = std::move(row.fault);
  }

  std::string id(std::size_t field) {
    auto value = std::string{trimmed(row_.values[field])};
    if (value.empty() || value.size() > id_limit || std::ranges::any_of(value, control))
      return reject(field, "1 to 128 bytes without control characters");
    return utf8(field, std::move(value));
  }

  /// Text of one line.
  std::string line(std::size_t field, std::size_t limit = line_limit) {
    auto value = std::string{trimmed(row_.values[field])};
    if (value.size() > limit)
      return reject(field, "at most " + std::to_string(limit) + " bytes");
    if (value.find('\0') != std::string::npos)
      return reject(field, "text without NUL");
    std::ranges::replace_if(value, control, ' ');
    return utf8(field, std::move(value));
  }

  std::string text(std::size_t field) {
    auto& value = row_.values[field];
    if (value.size() > text_limit)
      return reject(field, "at most 100000 bytes");
    if (value.find('\0') != std::string::npos)
      return reject(field, "text without NUL");
    return utf8(field, std::move(value));
  }

  std::string time(std::size_t field) {
    const auto value = trimmed(row_.values[field]);
    if (value.empty())
      return {};
    auto canonical = canonical_time(value);
    return canonical.empty() ? reject(field, "a date or time such as 2025-03-01T12:00:00Z") : canonical;
  }

  std::string url(std::size_t field) {
    auto value = std::string{trimmed(row_.values[field])};
    if (value.empty())
      return value;
    const auto scheme = value.starts_with("http://") || value.starts_with("https://");
    const auto bad = [](char c) { return control(c) || c == ' ' || c == '"' || c == '<' || c == '>' || c == '\\'; };
    if (!scheme || value.size() > url_limit || std::ranges::any_of(value, bad))
      return reject(field, "an address that begins with http:// or https://, at most 2048 bytes");
    return utf8(field, std::move(value));
  }

  std::vector<std::string> addresses(std::size_t field) {
    std::vector<std::string> result;
    for (const auto& part : split_addresses(trimmed(row_.values[field]))) {
      auto canonical = net::canonical_address(part);
      if (canonical.empty()) {
        reject(field, "IPv4 or IPv6 addresses", part);
        return {};
      }
      if (std::ranges::find(result, canonical) == result.end())
        result.push_back(std::move(canonical));
    }
    if (result.empty() || result.size() > address_limit)
      reject(field, "1 to 64 addresses, separated by commas or as a JSON array");
    return result;
  }

  std::string reject(std::size_t field, std::string rule, std::string_view found = {}) {
    if (!fault_)
      fault_ = rejected_row{row_.line, std::string{fields_of(kind_)[field]}, std::move(rule),
                            printable(found.empty() ? std::string_view{row_.values[field]} : found)};
    return {};
  }

  std::optional<rejected_row>& fault() {
    return fault_;
  }

private:
  std::string utf8(std::size_t field, std::string value) {
    if (config::is_utf8(value))
      return value;
    row_.values[field] = std::move(value);
    return reject(field, "UTF-8");
  }

  static std::string printable(std::string_view value) {
    auto result = shortened(value.substr(0, 400));
    if (!config::is_utf8(result))
      std::ranges::replace_if(
          result, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    return result;
  }

  static std::vector<std::string> split_addresses(std::string_view text) {
    std::vector<std::string> parts;
    if (text.starts_with('[') && text.ends_with(']') && text.find('"') != std::string_view::npos) {
      const auto array = nlohmann::json::parse(text, nullptr, false);
      if (!array.is_array())
        return {std::string{text}};
      for (const auto& element : array)
        parts.push_back(element.is_string() ? element.get<std::string>() : element.dump(-1, ' ', true));
      return parts;
    }
    for (std::size_t at = 0; at < text.size();) {
      const auto begin = text.find_first_not_of(", ;\t\r\n", at);
      if (begin == std::string_view::npos)
        break;
      at = std::min(text.find_first_of(", ;\t\r\n", begin), text.size());
      parts.emplace_back(text.substr(begin, at - begin));
    }
    return parts;
  }

  import_kind kind_;
  import_row& row_;
  std::optional<rejected_row> fault_;
};

/// Reads `digits` digits at the beginning of `text` and cuts them off.
std::optional<int> number(std::string_view& text, std::size_t digits) {
  int value = 0;
  if (text.size() < digits)
    return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc{} || end != text.data() + digits || text.front() == '-')
    return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool skip(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos)
    return false;
  text.remove_prefix(1);
  return true;
}

/// Minutes east of UTC; nothing for a malformed rest.
std::optional<int> offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z")
    return 0;
  const int sign = text.front() == '-' ? -1 : 1;
  if (!skip(text, "+-"))
    return std::nullopt;
  const auto hours = number(text, 2);
  skip(text, ":");
  const auto minutes = number(text, 2);
  if (!hours || !minutes || !text.empty() || *hours > 23 || *minutes > 59)
    return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

} // namespace

std::string canonical_time(std::string_view text) {
  const auto year = number(text, 4);
  const bool first = skip(text, "-");
  const auto month = number(text, 2);
  const bool second = skip(text, "-");
  const auto day = number(text, 2);
  if (!year || !first || !month || !second || !day)
    return {};
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *year < 1)
    return {};
  std::chrono::sys_seconds when{std::chrono::sys_days{date}};
  if (!text.empty()) {
    if (!skip(text, "Tt "))
      return {};
    const auto hours = number(text, 2);
    if (!hours || !skip(text, ":"))
      return {};
    const auto minutes = number(text, 2);
    if (!minutes || *hours > 23 || *minutes > 59)
      return {};
    int seconds = 0;
    if (skip(text, ":")) {
      const auto given = number(text, 2);
      if (!given || *given > 60)
        return {};
      seconds = std::min(*given, 59);
      if (skip(text, ".,")) {
        const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
        if (digits == 0)
          return {};
        text.remove_prefix(digits);
      }
    }
    skip(text, " ");
    const auto east = offset(text);
    if (!east)
      return {};
    when += std::chrono::hours{*hours} + std::chrono::minutes{*minutes - *east} + std::chrono::seconds{seconds};
  }
  const std::chrono::year_month_day utc{std::chrono::floor<std::chrono::days>(when)};
  const std::chrono::hh_mm_ss clock{when - std::chrono::floor<std::chrono::days>(when)};
  std::array<char, 40> buffer{};
  const auto length = std::snprintf(
      buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(utc.year()),
      static_cast<unsigned>(utc.month()), static_cast<unsigned>(utc.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::variant<storage::past_ticket, rejected_row> to_ticket(import_row& row) {
  checker check{import_kind::tickets, row};
  storage::past_ticket result;
  result.id = check.id(0);
  result.subject = check.line(1);
  result.description = check.text(2);
  result.resolution = check.text(3);
  result.resolved_at = check.time(4);
  if (result.subject.empty() && result.description.empty())
    check.reject(1, "a subject or a description");
  if (check.fault())
    return std::move(*check.fault());
  return result;
}

std::variant<storage::article, rejected_row> to_article(import_row& row) {
  checker check{import_kind::articles, row};
  storage::article result;
  result.id = check.id(0);
  result.title = check.line(1);
  result.summary = check.text(2);
  result.body = check.text(3);
  result.url = check.url(4);
  if (result.title.empty())
    check.reject(1, "1 to 1000 bytes");
  if (check.fault())
    return std::move(*check.fault());
  return result;
}

std::variant<storage::asset, rejected_row> to_asset(import_row& row) {
  checker check{import_kind::assets, row};
  storage::asset result;
  result.addresses = check.addresses(0);
  result.hostname = check.line(1, 253);
  result.role = check.line(2);
  result.client = check.line(3);
  result.location = check.line(4);
  if (check.fault())
    return std::move(*check.fault());
  return result;
}

} // namespace troupe::actors::search
