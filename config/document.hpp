#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"

namespace troupe::config {

enum class entry_kind : std::uint8_t { scalar, section, list };

/// One place of a YAML document. Names are joined by dots and elements of lists are counted: `llm.providers.0.name`.
struct entry {
  std::string key;
  entry_kind kind = entry_kind::scalar;
  std::string text; ///< of a scalar; empty = nothing is set
  int line = 0;     ///< from 1; 0 = not from a file
};

/// Reads YAML into a flat list in the order of the file, sections before what they hold. What can't be read is added
/// to `faults`: syntax, duplicate keys, names that aren't text, more than 16 levels or 20,000 places.
/// @param origin file name for messages
std::vector<entry> read_document(std::string_view text, std::string_view origin, std::vector<std::string>& faults);

/// Replaces `${NAME}` and `${NAME:-default}` in the scalars; `$${` stands for `${`. Replaced text isn't looked at
/// again.
void interpolate(std::vector<entry>& entries, const environment& variables, std::string_view origin,
                 std::vector<std::string>& faults);

/// `file:12: key: ` or, without a line, `file: key: `.
std::string place(std::string_view origin, const entry& where);

/// A whole file of at most 1 MiB. Throws `std::runtime_error` that names file and reason.
std::string read_file(const std::filesystem::path& file);

} // namespace troupe::config
