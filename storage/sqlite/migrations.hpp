#pragma once

#include <array>
#include <cstddef>

#include "storage/sqlite/schema.hpp"

namespace troupe::storage::sqlite {

inline constexpr std::size_t migration_count = 4;

/// The files of `storage/migrations/sqlite`, built in; in order of version, from 1 without gaps.
extern const std::array<migration, migration_count> migrations;

} // namespace troupe::storage::sqlite
