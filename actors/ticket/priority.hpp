#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "storage/jobs.hpp"

namespace troupe::actors::ticket {

/// A ticket's priorities as webhooks, journals, prompts and views name them, by their numbers.
inline constexpr std::array<std::string_view, 4> priority_names{"low", "medium", "high", "critical"};

inline std::string_view priority_name(storage::priority which) noexcept {
  return priority_names[static_cast<std::size_t>(which)];
}

} // namespace troupe::actors::ticket
