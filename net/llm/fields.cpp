#include "net/llm/fields.hpp"

#include <array>
#include <charconv>

#include "net/http/text.hpp"

namespace troupe::net::llm {

std::string_view find_field(const std::vector<http::header>& headers, std::string_view name) noexcept {
  for (const auto& [known, value] : headers)
    if (http::equal_ignoring_case(known, name))
      return http::trim(value);
  return {};
}

std::optional<std::uint64_t> read_count(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && rest == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

void append_member(std::string& out, std::string_view name) {
  if (!out.ends_with('{'))
    out += ',';
  out += '"';
  out += name;
  out += "\":";
}

void append_number(std::string& out, double value) {
  std::array<char, 32> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

} // namespace troupe::net::llm
