#include "storage/sqlite/writer.hpp"

#include "storage/sqlite/master_check.hpp"

#include <thread>

namespace troupe::storage::sqlite {

namespace {

/// Rows looked at per call and table: short enough not to hold up who waits for the lock.
constexpr std::size_t expired_at_once = 1'000;

/// An importer comes back at once for its next rows: without a gap, a writer that looks for the lock every half
/// millisecond might not find it free for a long time.
void leave_a_gap() {
  std::this_thread::sleep_for(std::chrono::milliseconds{2});
}

} // namespace

writer::writer(const connection_options& options, const config::secret& master,
               const std::optional<config::secret>& previous)
    : on_{options}, keys_{master, previous}, tenants_{on_, keys_}, journal_{on_, keys_, tenants_},
      documents_{on_, tenants_}, assets_{on_}, notes_{on_}, audit_{on_} {
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

std::size_t writer::release_running_jobs(timestamp now) {
  return journal_.release_running(now);
}

void writer::add_tenant(const tenant& value) {
  tenants_.add(value);
}

void writer::update_tenant(const tenant& value) {
  tenants_.update(value);
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
  change.commit();
  return expired;
}

} // namespace troupe::storage::sqlite
