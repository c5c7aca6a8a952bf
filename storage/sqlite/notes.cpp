#include "storage/sqlite/notes.hpp"

#include <algorithm>
#include <optional>

namespace troupe::storage::sqlite {

namespace {

constexpr std::size_t most_rows = 1'000;

template <class... Values>
std::vector<local_note> every(statement& list, const Values&... values) {
  std::vector<local_note> result;
  auto row = list.rows(values...);
  while (row.next())
    result.push_back({row.string(0), row.string(1), row.string(2), row.string(3), row.time(4)});
  return result;
}

} // namespace

notes::notes(connection& on)
    : of_ticket_{on, "SELECT id, ticket_id, markdown, html, created_at FROM local_notes "
                     "WHERE tenant = ?1 AND ticket_id = ?2 ORDER BY note"},
      recent_{on, "SELECT id, ticket_id, markdown, html, created_at FROM local_notes INDEXED BY notes_by_tenant "
                  "WHERE tenant = ?1 ORDER BY note DESC LIMIT ?2"},
      marked_{on, "SELECT id FROM local_notes WHERE tenant = ?1 AND ticket_id = ?2 AND marker = ?3"},
      insert_{on, "INSERT INTO local_notes (tenant, ticket_id, marker, id, markdown, html, created_at) "
                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"} {}

std::vector<local_note> notes::of_ticket(std::int64_t tenant, std::string_view ticket) {
  return every(of_ticket_, tenant, ticket);
}

std::vector<local_note> notes::recent(std::int64_t tenant, std::size_t limit) {
  return every(recent_, tenant, std::min(limit, most_rows));
}

std::string notes::put(std::int64_t tenant, const local_note& note, std::string_view marker) {
  if (!marker.empty())
    if (auto row = marked_.rows(tenant, note.ticket_id, marker); row.next())
      return row.string(0);
  const auto stored_marker = marker.empty() ? std::nullopt : std::optional{marker};
  insert_.execute(tenant, note.ticket_id, stored_marker, note.id, note.markdown, note.html, note.created_at);
  return note.id;
}

} // namespace troupe::storage::sqlite
