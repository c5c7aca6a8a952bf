#include "storage/sqlite/event_chain.hpp"

namespace troupe::storage::sqlite {

event_chain::event_chain(connection& on)
    : previous_{on, "SELECT previous FROM events WHERE seq = ?1 AND entity = ?2"},
      drop_{on, "DELETE FROM events WHERE seq = ?1"} {}

std::size_t event_chain::drop(std::int64_t entity, std::int64_t last_event) {
  std::size_t removed = 0;
  for (auto seq = last_event; seq != 0;) {
    std::int64_t previous = 0;
    {
      auto row = previous_.rows(seq, entity);
      if (!row.next())
        break;
      previous = row.integer(0);
    }
    drop_.execute(seq);
    ++removed;
    seq = previous;
  }
  return removed;
}

} // namespace troupe::storage::sqlite
