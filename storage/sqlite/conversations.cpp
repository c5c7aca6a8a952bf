#include "storage/sqlite/conversations.hpp"

namespace troupe::storage::sqlite {

namespace {

#define SELECT_CONVERSATIONS                                                                                           \
  "SELECT t.id, c.id, c.slot, u.id, c.agent, c.version, c.step, c.step_number, c.completed, c.busy, c.messages, "      \
  "c.opened_at, c.last_at FROM "
// Whose user has been removed, or whose tenant, is there no more, even while the rows are still being cleared away.
#define WITH_NAMES " CROSS JOIN user_keys u ON u.user = c.user CROSS JOIN tenant_configs t ON t.tenant = c.tenant "
#define OF_USER "user_keys u CROSS JOIN tenant_configs t ON t.tenant = u.tenant CROSS JOIN conversations c "

conversation_record from_row(const statement::run& row) {
  conversation_record result{row.string(0), row.string(1), row.string(2), {}};
  auto& talk = result.row;
  talk.user = row.string(3);
  talk.agent = row.string(4);
  talk.version = row.string(5);
  talk.step = row.string(6);
  talk.step_number = static_cast<std::uint32_t>(row.integer(7));
  talk.completed = row.integer(8) != 0;
  talk.busy = row.integer(9) != 0;
  talk.messages = static_cast<std::uint64_t>(row.integer(10));
  talk.opened_at = row.time(11);
  talk.last_at = row.time(12);
  return result;
}

template <class... Values>
std::optional<conversation_record> first(statement& find, const Values&... values) {
  auto row = find.rows(values...);
  return row.next() ? std::optional{from_row(row)} : std::nullopt;
}

} // namespace

conversations::conversations(connection& on)
    : find_{on, SELECT_CONVERSATIONS "conversations c" WITH_NAMES "WHERE c.tenant = ?1 AND c.id = ?2"},
      current_{on, SELECT_CONVERSATIONS OF_USER "INDEXED BY conversations_current ON c.user = u.user AND c.agent = ?3 "
                                                "AND substr(c.slot, 1, 7) <> 'thread:' WHERE u.tenant = ?1 "
                                                "AND u.id = ?2 ORDER BY c.entity DESC LIMIT 1"},
      in_slot_{on, SELECT_CONVERSATIONS OF_USER "ON c.user = u.user AND c.agent = ?3 AND c.slot = ?4 "
                                                "WHERE u.tenant = ?1 AND u.id = ?2"} {}

std::optional<conversation_record> conversations::find(std::int64_t tenant, std::string_view id) {
  return first(find_, tenant, id);
}

std::optional<conversation_record> conversations::current(std::int64_t tenant, std::string_view user,
                                                          std::string_view agent) {
  return first(current_, tenant, user, agent);
}

std::optional<conversation_record> conversations::in_slot(std::int64_t tenant, std::string_view user,
                                                          std::string_view agent, std::string_view slot) {
  return first(in_slot_, tenant, user, agent, slot);
}

} // namespace troupe::storage::sqlite
