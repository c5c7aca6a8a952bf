#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "storage/backend.hpp"

namespace troupe::storage {

/// Reads every page of a database and tells what is damaged, at most `limit` sentences; empty = nothing. Changes
/// nothing, and can be done while others use the database. Takes as long as reading the whole file. Throws
/// `storage::error` when it can't be opened.
/// @param working called now and then meanwhile; may be empty
std::vector<std::string> find_damage(const open_options& options, std::size_t limit,
                                     const std::function<void()>& working = {});

} // namespace troupe::storage
