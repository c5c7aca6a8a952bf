#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string_view>

#include "net/json/utf8.hpp"

namespace troupe::fuzzing {

/// Aborts, which is how a fuzz target fails.
inline void require(bool holds, std::source_location where = std::source_location::current()) {
  if (holds)
    return;
  std::fprintf(stderr, "%s:%u doesn't hold\n", where.file_name(), static_cast<unsigned>(where.line()));
  std::abort();
}

inline bool is_utf8(std::string_view text) {
  const auto* at = text.data();
  const auto* end = at + text.size();
  while (at != end) {
    const auto length = net::json::sequence_length(at, end);
    if (length == 0)
      return false;
    at += length;
  }
  return true;
}

} // namespace troupe::fuzzing
