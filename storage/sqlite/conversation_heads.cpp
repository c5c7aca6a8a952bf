#include "storage/sqlite/conversation_heads.hpp"

#include "storage/sqlite/quarters.hpp"

namespace troupe::storage::sqlite {

#define SET_ROW                                                                                                        \
  "UPDATE conversations SET number = ?3, last_event = ?4, version = ?5, step = ?6, step_number = ?7, completed = ?8, " \
  "messages = ?9, last_at = ?10"
#define FROM_HEAD " WHERE entity = ?1 AND number = ?2"

conversation_heads::conversation_heads(connection& on, keyring& keys)
    : on_{on}, keys_{keys}, users_{on, keys}, events_{on}, erasure_{on},
      by_name_{on, "SELECT number FROM conversations WHERE tenant = ?1 AND id = ?2"},
      by_slot_{on, "SELECT c.id FROM user_keys u JOIN conversations c ON c.user = u.user AND c.agent = ?3 "
                   "AND c.slot = ?4 WHERE u.tenant = ?1 AND u.id = ?2"},
      insert_{on, "INSERT INTO conversations VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
                  "?15, ?16, ?17, ?18)"},
      find_{on, "SELECT c.entity, c.number, c.last_event, u.id, u.data_key, c.data_key, c.busy, c.last_quarter "
                "FROM conversations c JOIN user_keys u ON u.user = c.user WHERE c.tenant = ?1 AND c.id = ?2"},
      move_{on, "UPDATE conversations SET number = ?3, last_event = ?4" FROM_HEAD},
      move_row_{on, SET_ROW ", busy = ?11, last_quarter = ?12" FROM_HEAD},
      // The same with nothing changed that an index holds: those needn't be touched.
      move_talking_{on, SET_ROW FROM_HEAD},
      erase_{on, "DELETE FROM conversations WHERE entity = ?1 AND number = ?2 RETURNING user"} {}

indexed_conversation indexed(const conversation_row& row) {
  return {row.busy, quarter_of(row.last_at)};
}

std::optional<append_result> conversation_heads::taken(const append& value, const tenants::identity& owner) {
  const auto& row = *value.conversation;
  if (auto found = by_slot_.rows(owner.number, row.user, row.agent, value.slot); found.next())
    return append_result{append_outcome::duplicate, 0, found.string(0)};
  if (auto found = by_name_.rows(owner.number, value.entity.id); found.next())
    return append_result{append_outcome::conflict, 0, {}};
  return std::nullopt;
}

head conversation_heads::insert(const append& value, const tenants::identity& owner, std::int64_t entity,
                                std::int64_t last_event) {
  const auto& row = *value.conversation;
  const auto& [tenant, kind, id] = value.entity;
  const auto user = users_.find_or_make(tenant, owner, row.user);
  const auto key = keys_.make_key();
  keys_.wrap_data_key(user.key, associated_data::entity_data_key(tenant, kind, id), key, wrapped_);
  const auto places = indexed(row);
  const auto number = value.events.size();
  insert_.execute(entity, owner.number, id, number, last_event, blob{wrapped_}, user.number, row.agent, value.slot,
                  row.opened_at, row.version, row.step, row.step_number, row.completed, row.messages, row.last_at,
                  places.busy, places.quarter);
  head made{entity, number, last_event, key};
  made.conversation = places;
  return made;
}

std::optional<head> conversation_heads::find(const append& value, const tenants::identity& owner) {
  auto row = find_.rows(owner.number, value.entity.id);
  if (!row.next())
    return std::nullopt;
  head found{row.integer(0), static_cast<std::uint64_t>(row.integer(1)), row.integer(2),
             open_conversation_key(keys_, owner.key, value.entity, {row.text(3), row.text(4), row.text(5)})};
  found.conversation = {row.integer(6) != 0, row.integer(7)};
  return found;
}

bool conversation_heads::move(const append& value, const head& from, const head& to) {
  if (!value.conversation) {
    move_.execute(from.entity, from.number, to.number, to.last_event);
    return on_.changes() == 1;
  }
  const auto& row = *value.conversation;
  if (const auto places = indexed(row); places == from.conversation)
    move_talking_.execute(from.entity, from.number, to.number, to.last_event, row.version, row.step, row.step_number,
                          row.completed, row.messages, row.last_at);
  else
    move_row_.execute(from.entity, from.number, to.number, to.last_event, row.version, row.step, row.step_number,
                      row.completed, row.messages, row.last_at, places.busy, places.quarter);
  return on_.changes() == 1;
}

bool conversation_heads::erase(const head& from) {
  erasure_.begin();
  std::int64_t user = 0;
  {
    auto row = erase_.rows(from.entity, from.number);
    if (!row.next())
      return false;
    user = row.integer(0);
    row.next();
  }
  events_.drop(from.entity, from.last_event);
  users_.drop_unused(user);
  return true;
}

} // namespace troupe::storage::sqlite
