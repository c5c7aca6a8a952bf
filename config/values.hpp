#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How single values are written: durations `500ms`, `30s`, `5m`, `24h`, `7d`; sizes `512B`, `64KiB`, `1MiB`, `2GiB`.
/// Parsers take the whole text or nothing.
namespace troupe::config {

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string format_duration(std::chrono::milliseconds value);

std::optional<std::uint64_t> parse_size(std::string_view text);
std::string format_size(std::uint64_t bytes);

std::optional<std::uint64_t> parse_integer(std::string_view text);

/// A finite decimal number.
std::optional<double> parse_number(std::string_view text);
std::string format_number(double value);

/// `true` or `false`, as YAML 1.2 has it, besides `yes`, `no`, `on`, `off`.
std::optional<bool> parse_boolean(std::string_view text);

/// An absolute `http://` or `https://` URL with a host, without user, query and fragment.
bool is_http_url(std::string_view text);

/// The text of a secret's file: without the line breaks that editors put at its end.
std::string trim_line_end(std::string text);

std::string to_lower(std::string_view text);

/// `count` bytes from the system's source of randomness as hexadecimal digits. Throws `std::runtime_error`.
std::string random_hex(std::size_t count);

/// The known word that `text` most likely means, or empty when none is within `limit` edits (0 = a third of the text).
std::string_view nearest(std::string_view text, const std::vector<std::string_view>& known, std::size_t limit = 0);

/// `; did you mean "word"?` for an error message, or empty.
std::string suggestion(std::string_view text, const std::vector<std::string_view>& known);

/// Whether a text is a browser's `Origin`: `scheme://host` or `scheme://host:port`, in lower case, without a path.
bool is_origin(std::string_view text);

/// Text in quotes for an error message: control characters escaped, cut after 80 bytes.
std::string in_quotes(std::string_view text);

/// The same for a URL that may hold a password: what stands between `://` and `@` is left out.
std::string in_quotes_without_login(std::string_view url);

} // namespace troupe::config
