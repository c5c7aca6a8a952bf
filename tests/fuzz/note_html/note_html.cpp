// Whatever a note says, its HTML has only our tags, keeps to its size and ends with the reference line.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "net/desk/html_text.hpp"
#include "net/desk/markdown_html.hpp"
#include "tests/fuzz/require.hpp"

using namespace troupe::net::desk;
using troupe::fuzzing::require;

namespace {

void check_tag(std::string_view tag) {
  static constexpr std::array<std::string_view, 18> names{"p",  "h1",   "h2",         "h3",  "h4", "h5",
                                                          "h6", "ul",   "ol",         "li",  "em", "strong",
                                                          "a",  "code", "blockquote", "pre", "br", "hr"};
  const auto closing = tag.starts_with('/');
  tag.remove_prefix(closing ? 1 : 0);
  const auto name = tag.substr(0, tag.find_first_of(" /"));
  require(std::find(names.begin(), names.end(), name) != names.end());
  const auto rest = tag.substr(name.size());
  if (name == "a" && !closing)
    require(rest.starts_with(" href=\"http://") || rest.starts_with(" href=\"https://")
            || rest.starts_with(" href=\"mailto:") || rest.starts_with(" href=\"HTTP") || rest.starts_with(" href=\"H")
            || rest.starts_with(" href=\"h") || rest.starts_with(" href=\"m") || rest.starts_with(" href=\"M"));
  else
    require(rest.empty() || rest == " /" || rest.starts_with(" start=\"") || rest.starts_with(" class=\"language-"));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto html = note_html(text, "ref: 0190", 900);
  require(html.size() <= 900 && html.ends_with("<p>ref: 0190</p>\n"));
  require(shows_marker(html, "ref: 0190") && troupe::fuzzing::is_utf8(html));
  for (auto at = html.find('<'); at != html.npos; at = html.find('<', at + 1)) {
    const auto end = html.find('>', at);
    require(end != html.npos);
    check_tag(std::string_view{html}.substr(at + 1, end - at - 1));
  }
  return 0;
}
