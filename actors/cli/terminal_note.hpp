#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::actors::cli {

/// A note's Markdown as text for a terminal: lines broken between words, further lines of a list item below its first,
/// headings and bold words set off where `styled`, nothing in it that could steer the terminal.
/// @param width columns
std::string for_reading(std::string_view markdown, std::size_t width, bool styled);

} // namespace troupe::actors::cli
