#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include <cmark.h>

/// What Markdown becomes at a desk.
namespace troupe::testing {

/// As cmark renders it with raw HTML let through: what is safe here is safe in safe mode, too.
inline std::string rendered_html(std::string_view markdown) {
  auto* html = cmark_markdown_to_html(markdown.data(), markdown.size(), CMARK_OPT_UNSAFE);
  std::string out{html};
  std::free(html); // NOLINT: cmark allocates with malloc
  return out;
}

/// Whether there is anything but paragraphs, lists, emphasis and code.
inline bool makes_anything(std::string_view html) {
  for (std::size_t at = html.find('<'); at != html.npos; at = html.find('<', at + 1)) {
    const auto rest = html.substr(at);
    bool harmless = false;
    for (const std::string_view tag : {"<p>", "</p>", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>", "<strong>",
                                       "</strong>", "<code>", "</code>"})
      harmless = harmless || rest.starts_with(tag);
    if (!harmless)
      return true;
  }
  return false;
}

/// HTML without its tags and entities, on one line.
inline std::string text_of(std::string_view html) {
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < html.size(); ++i) {
    const char c = html[i];
    if (c == '<') {
      inside = true;
    } else if (c == '>') {
      inside = false;
    } else if (!inside && c == '&') {
      const auto end = html.find(';', i);
      const auto name = html.substr(i, end - i + 1);
      out += name == "&lt;" ? '<' : name == "&gt;" ? '>' : name == "&quot;" ? '"' : '&';
      i = end;
    } else if (!inside && c != '\n') {
      out += c;
    }
  }
  return out;
}

inline std::string rendered_text(std::string_view markdown) {
  return text_of(rendered_html(markdown));
}

/// Spaces apart.
inline bool contains_text(std::string_view text, std::string_view what) {
  std::string a;
  std::string b;
  for (const char c : text)
    if (c != ' ')
      a += c;
  for (const char c : what)
    if (c != ' ')
      b += c;
  return a.find(b) != a.npos;
}

} // namespace troupe::testing
