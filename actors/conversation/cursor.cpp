#include "actors/conversation/cursor.hpp"

#include <charconv>

namespace troupe::actors::conversation {

namespace {

/// Reads a number without sign and leading zeros, and what must follow it.
template <class T>
bool take(std::string_view& text, T& out, std::string_view end) {
  const auto [after, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  const auto size = static_cast<std::size_t>(after - text.data());
  if (fault != std::errc{} || (size > 1 && text.front() == '0') || !text.substr(size).starts_with(end))
    return false;
  text.remove_prefix(size + end.size());
  return true;
}

} // namespace

std::string text_of(const cursor& at) {
  return std::to_string(at.event) + '-' + std::to_string(at.part) + '-' + std::to_string(at.offset);
}

std::optional<cursor> parse_cursor(std::string_view text) {
  cursor out;
  if (take(text, out.event, "-") && take(text, out.part, "-") && take(text, out.offset, "") && text.empty()
      && out.part <= all_parts)
    return out;
  return std::nullopt;
}

} // namespace troupe::actors::conversation
