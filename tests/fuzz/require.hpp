#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string_view>

#include "config/utf8.hpp"

namespace troupe::fuzzing {

/// Aborts, which is how a fuzz target fails.
inline void require(bool holds, std::source_location where = std::source_location::current()) {
  if (holds)
    return;
  std::fprintf(stderr, "%s:%u doesn't hold\n", where.file_name(), static_cast<unsigned>(where.line()));
  std::abort();
}

using config::is_utf8;

} // namespace troupe::fuzzing
