#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::net::desk {

/// A note as HTML for a desk: CommonMark, where raw HTML is shown as the text that it is, links go only to `http`,
/// `https` and `mailto`, and pictures become links. What exceeds `limit` is cut between blocks (lists between their
/// items) and marked with `…`.
/// @param marker the reference line; always the last paragraph of the result, whatever was cut
/// @param limit bytes of the result
std::string note_html(std::string_view markdown, std::string_view marker, std::size_t limit = 9'900);

} // namespace troupe::net::desk
