#include "net/desk/html_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "net/json/utf8.hpp"

namespace troupe::net::desk {

namespace {

bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_name_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Tags that stand inside a word without ending it.
bool is_inline(std::string_view name) {
  static constexpr std::array<std::string_view, 16> names{
      "a", "b", "i", "u", "s", "em", "strong", "span", "font", "code", "wbr", "sub", "sup", "small", "mark", "tt"};
  return std::any_of(names.begin(), names.end(), [&](std::string_view known) {
    return std::equal(known.begin(), known.end(), name.begin(), name.end(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b | 0x20 : b); });
  });
}

class text_collector {
public:
  void add(char c) {
    if (is_space(c)) {
      add_space();
      return;
    }
    text_ += c;
  }

  void add_space() {
    if (!text_.empty() && text_.back() != ' ')
      text_ += ' ';
  }

  void add_code_point(std::uint32_t code) {
    if (code == 0xa0 || (code < 0x80 && is_space(static_cast<char>(code))))
      add_space();
    else if (code != 0 && code < 0x110000 && (code < 0xd800 || code >= 0xe000))
      json::append_code_point(text_, code);
  }

  std::string finish() {
    if (text_.ends_with(' '))
      text_.pop_back();
    return std::move(text_);
  }

private:
  std::string text_;
};

/// Bytes of the tag or comment that `html` begins with, or 0 when its `<` is only a character.
std::size_t tag_length(std::string_view html) noexcept {
  if (html.starts_with("<!--")) {
    const auto end = html.find("-->", 4);
    return end == html.npos ? html.size() : end + 3;
  }
  const auto begins = html.size() > 1 && (is_name_character(html[1]) || html[1] == '/' || html[1] == '!');
  const auto end = begins ? html.find('>') : html.npos;
  return end == html.npos ? 0 : end + 1;
}

std::string_view tag_name(std::string_view tag) noexcept {
  tag.remove_prefix(tag.size() > 1 && tag[1] == '/' ? 2 : 1);
  std::size_t end = 0;
  while (end < tag.size() && is_name_character(tag[end]))
    ++end;
  return tag.substr(0, end);
}

/// Code point of an entity without its `&` and `;`, or 0.
std::uint32_t code_of(std::string_view entity) noexcept {
  static constexpr std::array<std::pair<std::string_view, std::uint32_t>, 9> names{{{"amp", '&'},
                                                                                    {"lt", '<'},
                                                                                    {"gt", '>'},
                                                                                    {"quot", '"'},
                                                                                    {"apos", '\''},
                                                                                    {"nbsp", ' '},
                                                                                    {"colon", ':'},
                                                                                    {"hyphen", '-'},
                                                                                    {"dash", '-'}}};
  if (entity.starts_with('#')) {
    entity.remove_prefix(1);
    const auto hexadecimal = entity.starts_with('x') || entity.starts_with('X');
    entity.remove_prefix(hexadecimal ? 1 : 0);
    std::uint32_t code = 0;
    const auto [rest, error] =
        std::from_chars(entity.data(), entity.data() + entity.size(), code, hexadecimal ? 16 : 10);
    return error == std::errc{} && rest == entity.data() + entity.size() ? code : 0;
  }
  for (const auto& [name, code] : names)
    if (name == entity)
      return code;
  return 0;
}

} // namespace

std::string escape_html(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const auto c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (c == '\'')
      result += "&#39;";
    else
      result += c;
  }
  return result;
}

std::string visible_text(std::string_view html) {
  constexpr std::size_t longest_entity = 10;
  text_collector out;
  const auto* last_tag_end = html.data() + (html.find('>') == html.npos ? 0 : html.rfind('>'));
  while (!html.empty()) {
    // Behind the last `>` no tag can end: without this look ahead each `<` there would be searched to the end.
    if (html.front() == '<' && html.data() < last_tag_end) {
      if (const auto length = tag_length(html)) {
        if (!is_inline(tag_name(html.substr(0, length))))
          out.add_space();
        html.remove_prefix(length);
        continue;
      }
    } else if (html.front() == '&') {
      const auto end = html.substr(0, longest_entity).find(';');
      if (const auto code = end == html.npos ? 0 : code_of(html.substr(1, end - 1))) {
        out.add_code_point(code);
        html.remove_prefix(end + 1);
        continue;
      }
    }
    out.add(html.front());
    html.remove_prefix(1);
  }
  return out.finish();
}

bool shows_marker(std::string_view html, std::string_view marker) {
  if (marker.empty())
    return false;
  const auto text = visible_text(html);
  const auto part_of_word = [](char c) { return is_name_character(c) || c == '-' || c == '_'; };
  for (auto at = text.find(marker); at != text.npos; at = text.find(marker, at + 1)) {
    const auto end = at + marker.size();
    const auto begins = at == 0 || !part_of_word(text[at - 1]);
    if (begins && (end == text.size() || !part_of_word(text[end])))
      return true;
  }
  return false;
}

} // namespace troupe::net::desk
