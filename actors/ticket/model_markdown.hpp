#pragma once

#include <string>
#include <string_view>

#include "actors/ticket/references.hpp"

/// Markdown that a model wrote, who may have been talked into anything by the text it read.
namespace troupe::actors::ticket {

/// A line made safe, and what was in it.
struct safe_line {
  std::string text;
  std::size_t known_ids = 0;
  std::size_t unknown_ids = 0; ///< marked as unverified in the text
};

/// Takes out what spans lines: comments, scripts and the like with their content, a model's thoughts.
std::string without_hidden_parts(std::string_view text);

/// One line without its line end: HTML, images, foreign links and headings become text; emphasis, lists, code and links
/// to known articles stay.
safe_line safe_markdown(std::string_view line, const references& known);

/// A line of a code block: nothing but text, without tags and foreign addresses.
std::string safe_code(std::string_view line, const references& known);

} // namespace troupe::actors::ticket
