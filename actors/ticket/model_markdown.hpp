#pragma once

#include <string>
#include <string_view>

#include "actors/ticket/references.hpp"

/// Markdown that a model wrote, who may have been talked into anything by the text it read.
namespace troupe::actors::ticket {

/// How much was taken out of a model's text.
struct removals {
  std::size_t html = 0;  ///< tags, comments, scripts and the like; each with its content counts once
  std::size_t links = 0; ///< images, and addresses that are no found article's
};

/// A line made safe, and what was in it.
struct safe_line {
  std::string text;
  removals removed;
  std::size_t known_ids = 0;
  std::size_t unknown_ids = 0; ///< marked as unverified in the text
};

/// Takes out what spans lines: comments, scripts and the like with their content, a model's thoughts. Adds to `removed`
/// all but the thoughts, which are never meant for readers.
std::string without_hidden_parts(std::string_view text, removals& removed);

/// One line without its line end: HTML, images, foreign links and headings become text; emphasis, lists, code and links
/// to known articles stay.
safe_line safe_markdown(std::string_view line, const references& known);

/// A line of a code block: nothing but text, without tags and foreign addresses, which are added to `removed`.
std::string safe_code(std::string_view line, const references& known, removals& removed);

} // namespace troupe::actors::ticket
