#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Data inside of Markdown: ticket text must not become a link, an image, a heading, HTML or a reference line.
namespace troupe::actors::ticket {

/// `text` on one line, so that it shows as it reads wherever a line of Markdown already has something before it.
/// Addresses of the web become code, which nothing turns into a link.
std::string escape_markdown(std::string_view text);

/// `url` in the form that may stand between a link's parentheses; none unless it is a plain http or https address of at
/// most 500 bytes.
std::optional<std::string> link_target(std::string_view url);

/// Length of the web address that starts at `at`, 0 if none does. Punctuation that ends a sentence isn't part of it.
std::size_t web_address_at(std::string_view text, std::size_t at);

/// Where the sign stands that would make the start of a line a heading, a quote, a ruler, a code block or a list item;
/// npos if none does. A backslash before it makes it text.
std::size_t block_sign(std::string_view line);

/// Whether a line begins or ends a block of code.
bool is_code_fence(std::string_view line);

/// Takes away the colon after each `ref` and before each UUID, so that no text holds a note's reference but the
/// line made for it.
void defuse_references(std::string& text);

} // namespace troupe::actors::ticket
