#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/types.hpp"

namespace troupe::storage {

/// A conversation as queries see it; nothing that was said. Written whole with each append.
struct conversation_row {
  std::string user;    ///< who talks; stays what the first append says
  std::string agent;   ///< with whom; stays what the first append says
  std::string version; ///< of the agent's file
  std::string step;
  std::uint32_t step_number = 0;
  bool completed = false;
  bool busy = false; ///< a message isn't dealt with
  std::uint64_t messages = 0;
  timestamp opened_at; ///< stays what the first append says
  timestamp last_at;

  bool operator==(const conversation_row&) const = default;
};

/// A row with its names, as queries return it.
struct conversation_record {
  std::string tenant;
  std::string id;
  std::string slot;
  conversation_row row;

  bool operator==(const conversation_record&) const = default;
};

/// Slots that begin so are threads of a client that names its own: such a conversation is never a user's current one.
inline constexpr std::string_view thread_slots = "thread:";

struct conversation_filter {
  std::string tenant;
  std::optional<std::string> user;
  std::optional<std::string> agent;
  std::size_t limit = 50;            ///< at most 1,000
  std::optional<std::string> before; ///< id of the last conversation of the page before; newest first
};

/// Conversations in which nothing has happened since a moment, of all tenants.
struct idle_filter {
  std::optional<std::string> agent; ///< none: of any but those in `except`
  std::vector<std::string> except;
  timestamp before;                         ///< their `last_at` is earlier
  std::optional<conversation_record> after; ///< the last one of the page before, as it was returned
  std::size_t limit = 100;                  ///< at most 1,000
};

} // namespace troupe::storage
