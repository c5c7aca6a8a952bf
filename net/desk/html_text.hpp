#pragma once

#include <string>
#include <string_view>

namespace troupe::net::desk {

/// `text` with `& < > "` and `'` as entities.
std::string escape_html(std::string_view text);

/// The text that a reader of HTML sees: tags and comments removed, entities decoded, white space collapsed. Made to
/// look for a marker in what a desk gives back; its result is no safe HTML.
std::string visible_text(std::string_view html);

/// Whether the visible text holds the marker as a whole, not as the beginning of a longer word.
bool shows_marker(std::string_view html, std::string_view marker);

} // namespace troupe::net::desk
