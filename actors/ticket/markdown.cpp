#include "actors/ticket/markdown.hpp"

#include <algorithm>

#include "actors/text/text.hpp"

namespace troupe::actors::ticket {

namespace {

constexpr std::size_t longest_address = 500;
constexpr std::size_t uuid_length = 36;

bool is_punctuation(char c) {
  return c > ' ' && c < 0x7F && !is_letter(c) && !is_digit(c);
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_uuid(std::string_view text) {
  if (text.size() < uuid_length)
    return false;
  for (std::size_t i = 0; i < uuid_length; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i]))
      return false;
  }
  return true;
}

/// Also as the end of a longer word: better one colon less than one reference more.
bool ends_with_ref(std::string_view text) {
  return text.size() >= 3 && starts_like(text.substr(text.size() - 3), "ref");
}

/// Whether the sign at `at` needs a backslash to stay what it is.
bool needs_escape(std::string_view text, std::size_t at) {
  const char before = at > 0 ? text[at - 1] : ' ';
  const char after = at + 1 < text.size() ? text[at + 1] : ' ';
  switch (text[at]) {
  case '*':
  case '`':
  case '[':
  case ']':
    return true;
  case '\\':
    return is_punctuation(after) || at + 1 == text.size();
  case '_':
    return !is_word_byte(before) || !is_word_byte(after);
  case '<':
    return is_letter(after) || after == '/' || after == '!' || after == '?';
  case '&':
    return is_letter(after) || after == '#';
  case '~':
    return before == '~' || after == '~';
  default:
    return false;
  }
}

} // namespace

std::size_t block_sign(std::string_view text) {
  if (text.empty())
    return text.npos;
  if (text.front() == '>' || text.find_first_not_of("- ") == text.npos || text.find_first_not_of("= ") == text.npos
      || text.starts_with("~~~"))
    return 0;
  std::size_t at = 0;
  if (text.front() == '#')
    while (at + 1 < text.size() && text[at + 1] == '#')
      ++at;
  else if (is_digit(text.front()))
    at = std::min(text.find_first_not_of("0123456789"), text.size());
  const bool ends_there = at + 1 >= text.size() || text[at + 1] == ' ';
  if (at >= text.size() || !ends_there || std::string_view{"#-+*.)"}.find(text[at]) == std::string_view::npos)
    return text.npos;
  return is_digit(text.front()) == (text[at] == '.' || text[at] == ')') ? at : text.npos;
}

bool is_code_fence(std::string_view line) {
  const auto text = trim(line);
  // What has further backticks on its line is code within the line.
  return text.starts_with("~~~")
         || (text.starts_with("```") && text.find('`', text.find_first_not_of('`')) == text.npos);
}

std::size_t web_address_at(std::string_view text, std::size_t at) {
  const char first = text[at];
  if (first != 'h' && first != 'H' && first != 'w' && first != 'W')
    return 0;
  if (at > 0 && is_word_byte(text[at - 1]))
    return 0;
  const auto rest = text.substr(at);
  if (!starts_like(rest, "http://") && !starts_like(rest, "https://") && !starts_like(rest, "www."))
    return 0;
  std::size_t length = 0;
  while (length < rest.size() && !is_space(rest[length])
         && std::string_view{"<>\"`|\\^{}[]"}.find(rest[length]) == std::string_view::npos)
    ++length;
  while (length > 0 && std::string_view{".,;:!?)'*_"}.find(rest[length - 1]) != std::string_view::npos)
    --length;
  return length;
}

std::string escape_markdown(std::string_view text) {
  auto line = clean_line(text);
  defuse_references(line);
  const auto block = block_sign(line);
  std::string out;
  out.reserve(line.size() + 16);
  for (std::size_t i = 0; i < line.size();) {
    const char c = line[i];
    if (const auto address = c == 'h' || c == 'H' || c == 'w' || c == 'W' ? web_address_at(line, i) : 0; address > 0) {
      out += '`';
      out.append(line, i, address);
      out += '`';
      i += address;
      continue;
    }
    if (is_punctuation(c) && (i == block || needs_escape(line, i)))
      out += '\\';
    out += c;
    ++i;
  }
  return out;
}

std::optional<std::string> link_target(std::string_view url) {
  const auto text = trim(url);
  if (text.empty() || text.size() > longest_address)
    return std::nullopt;
  const std::size_t scheme = starts_like(text, "https://") ? 8 : starts_like(text, "http://") ? 7 : 0;
  if (scheme == 0 || scheme == text.size() || !is_word_byte(text[scheme]))
    return std::nullopt;
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7F)
      return std::nullopt;
    if (byte >= 0x80 || std::string_view{"<>\"'`()[]{}|\\^"}.find(c) != std::string_view::npos) {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

void defuse_references(std::string& text) {
  const std::string_view view{text};
  for (auto colon = text.find(':'); colon != text.npos; colon = text.find(':', colon + 1)) {
    auto next = colon + 1;
    while (next < text.size() && !is_word_byte(text[next]) && text[next] != '\n' && next - colon < 16)
      ++next;
    auto before = colon;
    while (before > 0 && !is_word_byte(text[before - 1]) && text[before - 1] != '\n' && colon - before < 16)
      --before;
    if (is_uuid(view.substr(next)) || ends_with_ref(view.substr(0, before)))
      text[colon] = ' ';
  }
}

} // namespace troupe::actors::ticket
