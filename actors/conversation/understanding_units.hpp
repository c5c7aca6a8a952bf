#pragma once

#include <optional>
#include <string_view>

/// Units of measure as people write them.
namespace troupe::actors::conversation {

bool is_unit(std::string_view word);

/// `value` in another unit. Nothing when `said` is no word for something of that kind.
/// @param said as people write it: `lbs`
/// @param wanted one of `config::known_units()`
std::optional<double> convert(double value, std::string_view said, std::string_view wanted);

} // namespace troupe::actors::conversation
