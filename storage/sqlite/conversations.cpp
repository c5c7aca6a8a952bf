#include "storage/sqlite/conversations.hpp"

#include "storage/sqlite/quarters.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe::storage::sqlite {

namespace {

#define SELECT_CONVERSATIONS                                                                                           \
  "SELECT t.id, c.id, c.slot, u.id, c.agent, c.version, c.step, c.step_number, c.completed, c.busy, c.messages, "      \
  "c.opened_at, c.last_at FROM "
// Any blob sorts after every text: without a last page, the search begins at the end.
#define PAGE "AND c.id < coalesce(?2, x'') ORDER BY c.id DESC LIMIT ?3"
// Whose user has been removed, or whose tenant, is there no more, even while the rows are still being cleared away.
#define WITH_NAMES " CROSS JOIN user_keys u ON u.user = c.user CROSS JOIN tenant_configs t ON t.tenant = c.tenant "
#define OF_USER "user_keys u CROSS JOIN tenant_configs t ON t.tenant = u.tenant CROSS JOIN conversations c "

constexpr std::size_t most_rows = 1'000;

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

template <class... Values>
std::vector<conversation_record> every(statement& list, const Values&... values) {
  std::vector<conversation_record> result;
  auto rows = list.rows(values...);
  while (rows.next())
    result.push_back(from_row(rows));
  return result;
}

} // namespace

conversations::conversations(connection& on)
    : find_{on, SELECT_CONVERSATIONS "conversations c" WITH_NAMES "WHERE c.tenant = ?1 AND c.id = ?2"},
      current_{on, SELECT_CONVERSATIONS OF_USER "INDEXED BY conversations_current ON c.user = u.user AND c.agent = ?3 "
                                                "AND substr(c.slot, 1, 7) <> 'thread:' WHERE u.tenant = ?1 "
                                                "AND u.id = ?2 ORDER BY c.entity DESC LIMIT 1"},
      in_slot_{on, SELECT_CONVERSATIONS OF_USER "ON c.user = u.user AND c.agent = ?3 AND c.slot = ?4 "
                                                "WHERE u.tenant = ?1 AND u.id = ?2"},
      of_tenant_{on, SELECT_CONVERSATIONS "conversations c INDEXED BY conversations_by_name" WITH_NAMES
                                          "WHERE c.tenant = ?1 " PAGE},
      of_agent_{on, SELECT_CONVERSATIONS "conversations c INDEXED BY conversations_of_agent" WITH_NAMES
                                         "WHERE c.tenant = ?1 AND c.agent = ?4 " PAGE},
      of_user_{on, SELECT_CONVERSATIONS OF_USER "INDEXED BY conversations_of_user ON c.user = u.user WHERE "
                                                "u.tenant = ?1 AND u.id = ?4 AND (?5 IS NULL OR c.agent = ?5) " PAGE},
      busy_{on, SELECT_CONVERSATIONS "conversations c INDEXED BY conversations_busy" WITH_NAMES
                                     "WHERE c.tenant = ?1 AND c.busy = 1 AND c.id > ?2 ORDER BY c.id LIMIT ?3"},
      next_agent_{on, "SELECT agent FROM conversations INDEXED BY conversations_idle WHERE agent > ?1 "
                      "ORDER BY agent LIMIT 1"},
      idle_{on,
            SELECT_CONVERSATIONS "conversations c INDEXED BY conversations_idle" WITH_NAMES
                                 "WHERE c.agent = ?1 AND (c.last_quarter, c.id) > (?2, ?3) AND c.last_quarter <= ?4 "
                                 "AND c.last_at < ?5 ORDER BY c.last_quarter, c.id LIMIT ?6"} {}

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

std::vector<conversation_record> conversations::list(const conversation_filter& filter, std::int64_t tenant) {
  const auto limit = std::min(filter.limit, most_rows);
  if (filter.user)
    return every(of_user_, tenant, filter.before, limit, *filter.user, filter.agent);
  if (filter.agent)
    return every(of_agent_, tenant, filter.before, limit, *filter.agent);
  return every(of_tenant_, tenant, filter.before, limit);
}

std::vector<conversation_record> conversations::busy(std::int64_t tenant, std::size_t limit, std::string_view after) {
  return every(busy_, tenant, after, std::min(limit, most_rows));
}

std::vector<conversation_record> conversations::idle(const idle_filter& filter) {
  std::vector<conversation_record> result;
  if (filter.agent) {
    idle_of(*filter.agent, filter, result);
    return result;
  }
  const auto wanted = [&filter](const std::string& agent) {
    return std::find(filter.except.begin(), filter.except.end(), agent) == filter.except.end();
  };
  std::string agent;
  if (filter.after) {
    agent = filter.after->row.agent;
    idle_of(agent, filter, result);
  }
  while (result.size() < std::min(filter.limit, most_rows)) {
    {
      auto next = next_agent_.rows(agent);
      if (!next.next())
        break;
      agent = std::string{next.text(0)};
    }
    if (wanted(agent))
      idle_of(agent, filter, result);
  }
  return result;
}

void conversations::idle_of(std::string_view agent, const idle_filter& filter, std::vector<conversation_record>& to) {
  const auto& after = filter.after;
  const bool within = after && after->row.agent == agent;
  const auto limit = std::min(filter.limit, most_rows) - to.size();
  auto found =
      every(idle_, agent, within ? quarter_of(after->row.last_at) : -1,
            within ? std::string_view{after->id} : std::string_view{}, quarter_of(filter.before), filter.before, limit);
  std::move(found.begin(), found.end(), std::back_inserter(to));
}

} // namespace troupe::storage::sqlite
