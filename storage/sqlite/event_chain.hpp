#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// The events of a journal, each of which names the one before it. Called inside a write transaction.
class event_chain {
public:
  explicit event_chain(connection& on);

  /// Removes all of them, from the last one on; returns how many. A chain that is broken ends there: what lies behind
  /// can't be found from this journal any more.
  std::size_t drop(std::int64_t entity, std::int64_t last_event);

private:
  statement previous_;
  statement drop_;
};

} // namespace troupe::storage::sqlite
