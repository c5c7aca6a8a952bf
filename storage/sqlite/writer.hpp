#pragma once

#include "storage/backend.hpp"
#include "storage/keyring.hpp"
#include "storage/sqlite/assets.hpp"
#include "storage/sqlite/audit.hpp"
#include "storage/sqlite/documents.hpp"
#include "storage/sqlite/erasure.hpp"
#include "storage/sqlite/journal.hpp"
#include "storage/sqlite/ledger.hpp"
#include "storage/sqlite/notes.hpp"
#include "storage/sqlite/refresh_tokens.hpp"
#include "storage/sqlite/removal.hpp"
#include "storage/sqlite/tenants.hpp"
#include "storage/sqlite/user_keys.hpp"

namespace troupe::storage::sqlite {

class writer final : public storage::writer {
public:
  /// Seals the tenants' keys anew when the previous master key was the last to.
  writer(const connection_options& options, const config::secret& master,
         const std::optional<config::secret>& previous);

  std::vector<append_result> append_batch(std::span<const append> batch) override;
  bool mark_job(const entity_key& job, job_status as, std::string_view error, timestamp now) override;
  std::size_t release_running_jobs(timestamp now) override;
  std::size_t settle_open_calls() override;
  void add_tenant(const tenant& value) override;
  bool update_tenant(const tenant& value, timestamp read_at) override;
  bool remove_tenant(std::string_view id) override;
  bool remove_user(std::string_view tenant, std::string_view user) override;
  std::size_t clear_removed() override;
  void put_refresh_token(const refresh_token& value) override;
  token_rotation rotate_refresh_token(const token_hash& presented, const token_hash& successor, timestamp expires_at,
                                      timestamp now, std::chrono::milliseconds grace) override;
  void put_tickets(std::string_view tenant, std::span<const past_ticket> rows) override;
  void put_articles(std::string_view tenant, std::span<const article> rows) override;
  void put_assets(std::string_view tenant, std::span<const asset> rows) override;
  std::string put_local_note(std::string_view tenant, const local_note& note, std::string_view marker) override;
  void put_audit(std::span<const audit_entry> entries) override;
  std::size_t expire(timestamp now, std::chrono::hours audit_retention) override;
  std::size_t expire_calls(timestamp before) override;

private:
  void take_over_keys();

  connection on_;
  keyring keys_;
  tenants tenants_;
  user_keys users_;
  ledger ledger_;
  journal journal_;
  documents documents_;
  assets assets_;
  notes notes_;
  audit audit_;
  refresh_tokens tokens_;
  removal removal_;
  erasure erasure_;
};

} // namespace troupe::storage::sqlite
