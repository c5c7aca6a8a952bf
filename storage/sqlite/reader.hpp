#pragma once

#include "storage/backend.hpp"
#include "storage/keyring.hpp"
#include "storage/sqlite/assets.hpp"
#include "storage/sqlite/audit.hpp"
#include "storage/sqlite/conversations.hpp"
#include "storage/sqlite/due.hpp"
#include "storage/sqlite/jobs.hpp"
#include "storage/sqlite/ledger_sums.hpp"
#include "storage/sqlite/notes.hpp"
#include "storage/sqlite/search.hpp"
#include "storage/sqlite/tenants.hpp"

namespace troupe::storage::sqlite {

class reader final : public storage::reader {
public:
  reader(const connection_options& options, const config::secret& master, const std::optional<config::secret>& previous,
         std::shared_ptr<posting_cache> postings);

  std::vector<stored_event> load(const entity_key& entity, std::uint64_t after) override;
  std::optional<job_record> find_job(std::string_view tenant, std::string_view id) override;
  std::optional<job_record> find_job(std::string_view id) override;
  std::vector<job_record> list_jobs(const job_filter& filter) override;
  std::vector<due_job> due_jobs(timestamp now, std::size_t limit,
                                const std::function<bool(std::string_view)>& skip) override;
  std::optional<timestamp> next_due(timestamp now) override;
  queue_depth depth() override;
  std::optional<conversation_record> find_conversation(std::string_view tenant, std::string_view id) override;
  std::optional<conversation_record> current_conversation(std::string_view tenant, std::string_view user,
                                                          std::string_view agent) override;
  std::optional<conversation_record> conversation_in_slot(std::string_view tenant, std::string_view user,
                                                          std::string_view agent, std::string_view slot) override;
  std::vector<conversation_record> list_conversations(const conversation_filter& filter) override;
  std::vector<conversation_record> idle_conversations(const idle_filter& filter) override;
  std::vector<conversation_record> busy_conversations(std::string_view tenant, std::size_t limit,
                                                      std::string_view after) override;
  std::optional<tenant> find_tenant(std::string_view id) override;
  std::vector<tenant> list_tenants() override;
  std::uint64_t tenants_version() override;
  std::vector<ticket_hit> search_tickets(std::string_view tenant, const text_query& query) override;
  std::vector<article_hit> search_articles(std::string_view tenant, const text_query& query) override;
  std::uint64_t ticket_frequency(std::string_view tenant, std::string_view token) override;
  std::uint64_t ticket_count(std::string_view tenant) override;
  std::uint64_t article_count(std::string_view tenant) override;
  std::uint64_t documents_version(std::string_view tenant) override;
  std::vector<asset> find_assets(std::string_view tenant, std::span<const std::string> addresses) override;
  std::vector<local_note> local_notes(std::string_view tenant, std::string_view ticket_id) override;
  std::vector<local_note> recent_local_notes(std::string_view tenant, std::size_t limit) override;
  std::vector<audit_entry> list_audit(const audit_filter& filter) override;
  std::vector<spending_row> spending_by(const spending_filter& filter) override;

private:
  /// Where a journal stands, for who reads it.
  struct opened_head {
    std::uint64_t number;
    std::int64_t last_event;
    std::int64_t entity;
    key_bytes key;
  };
  std::optional<opened_head> open_head(const entity_key& entity, const tenants::identity& owner);

  connection on_;
  keyring keys_;
  tenants tenants_;
  jobs jobs_;
  due due_;
  conversations conversations_;
  search search_;
  assets assets_;
  notes notes_;
  audit audit_;
  ledger_sums sums_;
  statement head_;
  statement conversation_head_;
  statement event_;
};

} // namespace troupe::storage::sqlite
