#include "storage/sqlite/journal.hpp"

#include "storage/sqlite/job_columns.hpp"
#include "storage/sqlite/secure_deletion.hpp"

#include <algorithm>

namespace troupe::storage::sqlite {

namespace {

/// Jobs that have ended are seldom written again.
bool ended(job_status status) {
  return status != job_status::pending && status != job_status::running;
}

/// Throws when the append isn't one that its kind of entity can have.
void check(const append& value) {
  const auto refuse = [&value](const char* what) { throw error{fault::refused, value.entity.id + ": " + what}; };
  if (value.events.empty())
    refuse("an append without events");
  const bool talk = value.entity.kind == entity_kind::conversation;
  if (talk ? value.job || value.delivery : value.conversation || !value.slot.empty() || value.erase)
    refuse(talk ? "a conversation has neither job nor delivery" : "a job has neither row nor slot of a conversation");
  if (talk && value.expected == 0 && (!value.conversation || value.erase))
    refuse("a conversation's first append has its row and doesn't erase it");
}

} // namespace

journal::journal(connection& on, keyring& keys, tenants& owners, ledger& calls)
    : on_{on}, keys_{keys}, tenants_{owners}, ledger_{calls}, deliveries_{on},
      conversations_{on, keys}, version_{on, "PRAGMA data_version"},
      last_entity_{on, "SELECT max(coalesce((SELECT max(entity) FROM journals), 0), "
                       "coalesce((SELECT max(entity) FROM conversations), 0), "
                       "coalesce((SELECT value FROM meta WHERE name = 'entities_given'), 0))"},
      last_event_{on, "SELECT max(seq) FROM events"},
      insert_head_{on, "INSERT INTO journals VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
                       "?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24) ON CONFLICT DO NOTHING"},
      insert_event_{on, "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
      find_head_{on, "SELECT entity, number, last_event, data_key, status, priority, due_at FROM journals "
                     "WHERE tenant = ?1 AND kind = ?2 AND id = ?3"},
      name_of_{on, "SELECT id FROM journals WHERE entity = ?1"},
      move_{on, "UPDATE journals SET number = ?3, last_event = ?4 WHERE entity = ?1 AND number = ?2"},
      move_job_{on, "UPDATE journals SET number = ?3, last_event = ?4, attempt = ?5, step = ?6, error = ?7, "
                    "finished_at = ?8, provider = ?9, input_tokens = ?10, output_tokens = ?11, cost = ?12, "
                    "note_id = ?13, status = ?14, priority = ?15, due_at = ?16 WHERE entity = ?1 AND number = ?2"},
      // The same job with nothing changed that an index holds: those needn't be touched.
      move_running_{on, "UPDATE journals SET number = ?3, last_event = ?4, attempt = ?5, step = ?6, error = ?7, "
                        "finished_at = ?8, provider = ?9, input_tokens = ?10, output_tokens = ?11, cost = ?12, "
                        "note_id = ?13 WHERE entity = ?1 AND number = ?2"},
      release_{on, "UPDATE journals INDEXED BY jobs_open SET status = 0, due_at = ?1 WHERE status = 1 AND status <= 1"},
      mark_{on, "UPDATE journals SET status = ?4, error = ?5, finished_at = ?6 WHERE tenant = ?1 AND kind = ?2 "
                "AND id = ?3 AND iif(?4 = 4, status <= 1, status = 4)"} {}

void journal::catch_up() {
  auto version = version_.rows();
  version.next();
  const auto now = version.integer(0);
  if (fresh_ && now == data_version_)
    return;
  tenants_.forget();
  ledger_.forget_numbers();
  const auto after = [](statement& last) {
    auto row = last.rows();
    return row.next() ? row.integer(0) + 1 : 1;
  };
  next_entity_ = after(last_entity_);
  next_event_ = after(last_event_);
  deliveries_.catch_up();
  data_version_ = now;
  fresh_ = true;
}

void journal::forget_all() noexcept {
  fresh_ = false;
  heads_.clear();
  tenants_.forget();
  ledger_.forget_numbers();
  deliveries_.forget_all();
}

std::vector<append_result> journal::append_batch(std::span<const append> batch) {
  std::vector<append_result> results;
  results.reserve(batch.size());
  on_.check_still_there();
  std::optional<secure_deletion> overwriting;
  if (std::any_of(batch.begin(), batch.end(), [](const append& value) { return value.erase; }))
    overwriting.emplace(on_);
  try {
    write_transaction change{on_};
    catch_up();
    for (const auto& value : batch)
      results.push_back(put(value));
    deliveries_.settle();
    change.commit();
  } catch (...) {
    forget_all();
    throw;
  }
  return results;
}

append_result journal::put(const append& value) {
  if (value.ledger)
    return put_call(value);
  check(value);
  return value.expected == 0 ? create(value) : advance(value);
}

append_result journal::put_call(const append& value) {
  const auto* owner = tenants_.identify(value.ledger->record.tenant);
  return owner ? ledger_.put(*value.ledger, *owner) : append_result{append_outcome::conflict, 0, {}};
}

append_result journal::create(const append& value) {
  const auto* owner = tenants_.identify(value.entity.tenant);
  if (!owner)
    return {append_outcome::conflict, 0, {}};
  return value.entity.kind == entity_kind::conversation ? open_conversation(value, *owner) : accept_job(value, *owner);
}

append_result journal::accept_job(const append& value, const tenants::identity& owner) {
  digest key_of_delivery{};
  if (value.delivery) {
    key_of_delivery = deliveries::digest_of(*value.delivery);
    if (const auto made = deliveries_.find(key_of_delivery, value.at)) {
      auto row = name_of_.rows(*made);
      if (row.next())
        return {append_outcome::duplicate, 0, row.string(0)};
    }
  }
  const auto& [tenant, kind, id] = value.entity;
  const auto key = keys_.make_key();
  keys_.wrap_data_key(owner.key, associated_data::entity_data_key(tenant, kind, id), key, sealed_);
  const auto entity = next_entity_;
  const auto number = value.events.size();
  const auto last_event = next_event_ + static_cast<std::int64_t>(number) - 1;
  const auto delivery =
      value.delivery
          ? std::optional{blob{{reinterpret_cast<const char*>(key_of_delivery.data()), key_of_delivery.size()}}}
          : std::nullopt;
  const auto expires = value.delivery ? std::optional{value.delivery->expires_at} : std::nullopt;
  const job_columns job{value.job};
  insert_head_.execute(entity, owner.number, kind, id, number, last_event, blob{sealed_}, delivery, expires,
                       job.ticket_id, job.received_at, job.correlation_id, job.priority, job.status, job.due_at,
                       job.attempt, job.step, job.error, job.finished_at, job.provider, job.input_tokens,
                       job.output_tokens, job.cost, job.note_id);
  if (on_.changes() == 0)
    return {append_outcome::conflict, 0, {}};
  ++next_entity_;
  put_events(value, entity, 0, key);
  if (value.delivery)
    deliveries_.add(key_of_delivery, entity, value.delivery->expires_at);
  remember(value, owner, {entity, number, last_event, key});
  return {append_outcome::stored, number, {}};
}

append_result journal::open_conversation(const append& value, const tenants::identity& owner) {
  if (auto refused = conversations_.taken(value, owner))
    return *std::move(refused);
  const auto last_event = next_event_ + static_cast<std::int64_t>(value.events.size()) - 1;
  const auto made = conversations_.insert(value, owner, next_entity_, last_event);
  ++next_entity_;
  put_events(value, made.entity, 0, made.key);
  remember(value, owner, made);
  return {append_outcome::stored, made.number, {}};
}

append_result journal::advance(const append& value) {
  const auto* owner = tenants_.identify(value.entity.tenant);
  const auto from = owner ? find_head(value, *owner) : std::nullopt;
  if (!from || from->number != value.expected)
    return {append_outcome::conflict, from ? from->number : 0, {}};
  if (value.erase)
    return erase(value, *owner, *from);
  auto now = *from;
  now.number += value.events.size();
  now.last_event = next_event_ + static_cast<std::int64_t>(value.events.size()) - 1;
  if (!move_head(value, *from, now)) {
    heads_.erase(owner->number, value.entity.kind, value.entity.id);
    return {append_outcome::conflict, 0, {}};
  }
  put_events(value, now.entity, from->last_event, now.key);
  remember(value, *owner, now);
  return {append_outcome::stored, now.number, {}};
}

append_result journal::erase(const append& value, const tenants::identity& owner, const head& from) {
  heads_.erase(owner.number, value.entity.kind, value.entity.id);
  if (!conversations_.erase(from))
    return {append_outcome::conflict, 0, {}};
  ledger_.forget_conversation(owner.number, value.entity.id);
  return {append_outcome::stored, from.number + value.events.size(), {}};
}

std::optional<head> journal::find_head(const append& value, const tenants::identity& owner) {
  const auto& [tenant, kind, id] = value.entity;
  if (const auto* known = heads_.find(owner.number, kind, id); known && known->number >= value.expected)
    return *known;
  if (kind == entity_kind::conversation)
    return conversations_.find(value, owner);
  auto row = find_head_.rows(owner.number, kind, id);
  if (!row.next())
    return std::nullopt;
  head found{row.integer(0), static_cast<std::uint64_t>(row.integer(1)), row.integer(2), {}};
  const auto key = keys_.unwrap_data_key(owner.key, associated_data::entity_data_key(tenant, kind, id), row.text(3));
  if (!key)
    throw error{fault::corrupt, "the key of journal " + id + " of tenant " + tenant + " doesn't open"};
  found.key = *key;
  if (!row.null(4))
    found.status = static_cast<int>(row.integer(4));
  found.priority = static_cast<int>(row.integer(5));
  found.due_at = row.time(6);
  return found;
}

bool journal::move_head(const append& value, const head& from, const head& to) {
  if (value.entity.kind == entity_kind::conversation)
    return conversations_.move(value, from, to);
  if (!value.job) {
    move_.execute(from.entity, from.number, to.number, to.last_event);
    return on_.changes() == 1;
  }
  const job_columns job{value.job};
  if (from.status == static_cast<int>(value.job->status) && from.priority == static_cast<int>(value.job->priority)
      && from.due_at == value.job->due_at)
    move_running_.execute(from.entity, from.number, to.number, to.last_event, job.attempt, job.step, job.error,
                          job.finished_at, job.provider, job.input_tokens, job.output_tokens, job.cost, job.note_id);
  else
    move_job_.execute(from.entity, from.number, to.number, to.last_event, job.attempt, job.step, job.error,
                      job.finished_at, job.provider, job.input_tokens, job.output_tokens, job.cost, job.note_id,
                      job.status, job.priority, job.due_at);
  return on_.changes() == 1;
}

std::int64_t journal::put_events(const append& value, std::int64_t entity, std::int64_t previous,
                                 const key_bytes& key) {
  const auto& [tenant, kind, id] = value.entity;
  auto number = value.expected;
  for (const auto& event : value.events) {
    ++number;
    auto owner = associated_data::event(tenant, kind, id);
    keys_.aead().seal(key, owner.number(number).view(), event.payload, sealed_);
    insert_event_.execute(next_event_, entity, number, previous, event.type, value.at, blob{sealed_});
    previous = next_event_++;
  }
  return previous;
}

void journal::remember(const append& value, const tenants::identity& owner, head now) {
  const auto& [tenant, kind, id] = value.entity;
  if (value.job) {
    if (ended(value.job->status)) {
      heads_.erase(owner.number, kind, id);
      return;
    }
    now.status = static_cast<int>(value.job->status);
    now.priority = static_cast<int>(value.job->priority);
    now.due_at = value.job->due_at;
  }
  if (value.conversation)
    now.conversation = indexed(*value.conversation);
  heads_.put(owner.number, kind, id, now);
}

std::size_t journal::release_running(timestamp now) {
  on_.check_still_there();
  write_transaction change{on_};
  heads_.clear();
  release_.execute(now);
  const auto released = static_cast<std::size_t>(on_.changes());
  change.commit();
  return released;
}

bool journal::mark(const entity_key& job, job_status as, std::string_view error, timestamp now) {
  on_.check_still_there();
  write_transaction change{on_};
  const auto tenant = tenants_.number_of(job.tenant);
  mark_.execute(tenant, job.kind, job.id, as, error, now);
  const bool marked = on_.changes() == 1;
  heads_.erase(tenant, job.kind, job.id);
  change.commit();
  return marked;
}

std::size_t journal::expire_deliveries(timestamp now, std::size_t count) try {
  write_transaction change{on_};
  catch_up();
  const auto expired = deliveries_.expire(now, count);
  change.commit();
  return expired;
} catch (...) {
  forget_all();
  throw;
}

} // namespace troupe::storage::sqlite
