#pragma once

#include <variant>

#include "actors/search/import/row.hpp"

namespace troupe::actors::search {

/// A checked row, or the first rule that it breaks. The row's values are moved from.
std::variant<storage::past_ticket, rejected_row> to_ticket(import_row& row);
std::variant<storage::article, rejected_row> to_article(import_row& row);
std::variant<storage::asset, rejected_row> to_asset(import_row& row);

/// A date or a time as RFC 3339 in UTC: `2025-03-01T12:00:00Z`. Takes `2025-03-01`, a blank for the `T`, fractions and
/// offsets; without an offset the time is UTC. Empty when it is no such thing.
std::string canonical_time(std::string_view text);

} // namespace troupe::actors::search
