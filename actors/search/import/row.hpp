#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "actors/search/import.hpp"

namespace troupe::actors::search {

/// A row as text, before it is checked. Values stand in the order of `fields_of`.
struct import_row {
  static constexpr std::size_t width = 5;

  std::uint64_t line = 0;
  std::array<std::string, width> values;
  std::optional<rejected_row> fault; ///< it couldn't be read

  void clear() {
    for (auto& value : values)
      value.clear();
    fault.reset();
  }
};

/// Our names of a kind's fields.
std::span<const std::string_view> fields_of(import_kind kind);

/// Index into `fields_of`, without regard to case. Nothing when there is no such field.
std::optional<std::size_t> field_index(import_kind kind, std::string_view name);

/// `tickets`, `articles` or `assets`.
std::string_view to_string(import_kind kind);

/// The value found, on one line and no longer than 80 characters.
std::string shortened(std::string_view value);

} // namespace troupe::actors::search
