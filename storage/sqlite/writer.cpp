#include "storage/sqlite/writer.hpp"

#include "storage/sqlite/master_check.hpp"
#include "storage/sqlite/secure_deletion.hpp"

#include <thread>

namespace troupe::storage::sqlite {

namespace {

/// Rows looked at per call and table: short enough not to hold up who waits for the lock.
constexpr std::size_t expired_at_once = 1'000;
/// Of a removed tenant: each document's words are taken from the index one by one.
constexpr std::size_t removed_at_once = 500;

/// An importer comes back at once for its next rows: without a gap, a writer that looks for the lock every half
/// millisecond might not find it free for a long time.
void leave_a_gap() {
  std::this_thread::sleep_for(std::chrono::milliseconds{2});
}

} // namespace

writer::writer(const connection_options& options, const config::secret& master,
               const std::optional<config::secret>& previous)
    : on_{options}, keys_{master, previous}, tenants_{on_, keys_}, users_{on_, keys_}, ledger_{on_}, journal_{on_,
                                                                                                              keys_,
                                                                                                              tenants_,
                                                                                                              ledger_},
      documents_{on_, tenants_}, assets_{on_}, notes_{on_}, audit_{on_}, tokens_{on_}, removal_{on_}, erasure_{on_} {
  if (previous)
    take_over_keys();
}

void writer::take_over_keys() {
  write_transaction change{on_};
  if (keys_.verify_check(load_check(on_)) == keyring::sealed_by::current)
    return;
  tenants_.wrap_anew();
  store_check(on_, keys_.make_check());
  change.commit();
}

std::vector<append_result> writer::append_batch(std::span<const append> batch) {
  return journal_.append_batch(batch);
}

bool writer::mark_job(const entity_key& job, job_status as, std::string_view error, timestamp now) {
  return journal_.mark(job, as, error, now);
}

std::size_t writer::release_running_jobs(timestamp now) {
  return journal_.release_running(now);
}

std::size_t writer::settle_open_calls() {
  on_.check_still_there();
  write_transaction change{on_};
  const auto settled = ledger_.settle_open();
  change.commit();
  return settled;
}

void writer::add_tenant(const tenant& value) {
  tenants_.add(value);
}

bool writer::update_tenant(const tenant& value, timestamp read_at) {
  return tenants_.update(value, read_at);
}

bool writer::remove_tenant(std::string_view id) {
  on_.check_still_there();
  const secure_deletion overwriting{on_};
  write_transaction change{on_};
  const auto number = tenants_.remove(id);
  if (number == 0)
    return false;
  removal_.begin(number);
  change.commit();
  return true;
}

bool writer::remove_user(std::string_view tenant, std::string_view user) {
  on_.check_still_there();
  const secure_deletion overwriting{on_};
  write_transaction change{on_};
  const auto owner = tenants_.number_of(tenant);
  const auto tokens = tokens_.remove_user(owner, user);
  const auto calls = ledger_.forget_user(owner, user);
  const auto number = users_.drop(owner, user);
  if (number != 0)
    removal_.begin_user(number);
  journal_.forget_heads();
  change.commit();
  return number != 0 || tokens > 0 || calls > 0;
}

std::size_t writer::clear_removed() {
  on_.check_still_there();
  const secure_deletion overwriting{on_};
  std::size_t removed = 0;
  {
    write_transaction change{on_};
    removed = removal_.go_on(removed_at_once);
    change.commit();
  }
  if (removed == 0)
    erasure_.clean_log();
  leave_a_gap();
  return removed;
}

void writer::put_refresh_token(const refresh_token& value) {
  on_.check_still_there();
  write_transaction change{on_};
  tokens_.put(tenants_.need_number_of(value.tenant), value);
  change.commit();
}

token_rotation writer::rotate_refresh_token(const token_hash& presented, const token_hash& successor,
                                            timestamp expires_at, timestamp now, std::chrono::milliseconds grace) {
  on_.check_still_there();
  write_transaction change{on_};
  auto result = tokens_.rotate(presented, successor, expires_at, now, grace);
  change.commit();
  return result;
}

void writer::put_tickets(std::string_view tenant, std::span<const past_ticket> rows) {
  documents_.put(tenant, rows);
  leave_a_gap();
}

void writer::put_articles(std::string_view tenant, std::span<const article> rows) {
  documents_.put(tenant, rows);
  leave_a_gap();
}

void writer::put_assets(std::string_view tenant, std::span<const asset> rows) {
  {
    write_transaction change{on_};
    assets_.put(tenants_.need_number_of(tenant), rows);
    change.commit();
  }
  leave_a_gap();
}

std::string writer::put_local_note(std::string_view tenant, const local_note& note, std::string_view marker) {
  on_.check_still_there();
  write_transaction change{on_};
  auto id = notes_.put(tenants_.need_number_of(tenant), note, marker);
  change.commit();
  return id;
}

void writer::put_audit(std::span<const audit_entry> entries) {
  write_transaction change{on_};
  audit_.put(entries);
  change.commit();
}

std::size_t writer::expire(timestamp now, std::chrono::hours audit_retention) {
  std::size_t expired = journal_.expire_deliveries(now, expired_at_once);
  write_transaction change{on_};
  expired += audit_.expire(now - audit_retention, expired_at_once);
  expired += tokens_.expire(now, expired_at_once);
  change.commit();
  return expired;
}

std::size_t writer::expire_calls(timestamp before) {
  write_transaction change{on_};
  const auto expired = ledger_.expire(before, expired_at_once);
  change.commit();
  return expired;
}

} // namespace troupe::storage::sqlite
