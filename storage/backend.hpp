#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/secret.hpp"
#include "storage/conversations.hpp"
#include "storage/documents.hpp"
#include "storage/jobs.hpp"
#include "storage/journal.hpp"
#include "storage/ledger.hpp"
#include "storage/refresh_tokens.hpp"
#include "storage/tenants.hpp"
#include "storage/types.hpp"

namespace troupe::storage {

/// A note that the `local` desk keeps, and a page shows.
struct local_note {
  std::string id;
  std::string ticket_id;
  std::string markdown;
  std::string html;
  timestamp created_at;
};

/// What happened, for auditors: who did what to what, with which outcome.
struct audit_entry {
  timestamp at;
  std::string actor;  ///< `webhook`, `cli`, `user:<id>`, `engine`
  std::string action; ///< such as `webhook_accepted`, `tenant_updated`
  std::string tenant;
  std::string object;  ///< ticket or job id
  std::string outcome; ///< `ok` or the reason of refusal
  std::string correlation_id;
};

/// Which audit rows to list, newest first.
struct audit_filter {
  std::optional<std::string> tenant;
  std::optional<std::string> action;
  std::size_t limit = 50; ///< at most 1,000
};

struct queue_depth {
  std::uint64_t pending = 0; ///< due or waiting for their time
  std::uint64_t running = 0;
  std::uint64_t dead = 0;
};

/// A terms query for the full-text indices. Words are plain text, never query syntax: whatever is in them is searched
/// for as it stands. Case, accents and English endings make no difference (Porter). Parts joined by `.`, `-` or `_` are
/// one token that is found as a whole, the joint not minded: `ERR-1234` finds `err1234`, `log-in` finds `login`; see
/// `storage/text/tokens.hpp`.
struct text_query {
  struct term {
    std::string text;  ///< one token, or several that must follow each other
    double weight = 1; ///< multiplies what the term adds to the score
  };
  std::vector<term> terms; ///< any may match; the first 64 count
  std::size_t limit = 5;   ///< at most 1,000
  /// BM25: how much an occurrence counts by where it stands. Tickets: subject, description, resolution; articles:
  /// title, summary, body.
  std::array<double, 3> field_weights{3, 1, 1};
  double k1 = 1.2; ///< how fast repeated occurrences stop to count
  double b = 0.75; ///< how much long texts are held back
};

struct ticket_hit {
  past_ticket ticket;
  double score = 0;        ///< higher is better
  std::uint64_t terms = 0; ///< bit i: term i of the query occurs in it; 0 = not known
};

struct article_hit {
  storage::article article;
  double score = 0;        ///< higher is better
  std::uint64_t terms = 0; ///< bit i: term i of the query occurs in it; 0 = not known
};

/// One connection that only reads. Used by one thread at a time; every call may block and throws `storage::error`.
class reader {
public:
  virtual ~reader() = default;

  /// Events of one journal after number `after`, in order. Empty when there are none.
  virtual std::vector<stored_event> load(const entity_key& entity, std::uint64_t after = 0) = 0;

  virtual std::optional<job_record> find_job(std::string_view tenant, std::string_view id) = 0;
  /// The same without knowing the tenant: for operators.
  virtual std::optional<job_record> find_job(std::string_view id) = 0;
  virtual std::vector<job_record> list_jobs(const job_filter& filter) = 0;

  /// Pending jobs that are due at `now`, of tenants that aren't paused, fairly: round-robin over tenants (the next call
  /// goes on with the tenant after the last one served), within a tenant the highest priority first, then the one that
  /// has been due longest. `skip` names jobs (by id) that the caller already has.
  virtual std::vector<due_job> due_jobs(timestamp now, std::size_t limit,
                                        const std::function<bool(std::string_view)>& skip) = 0;
  /// When the next pending job of a tenant that isn't paused becomes due: the first such moment after `now`.
  virtual std::optional<timestamp> next_due(timestamp now) = 0;
  virtual queue_depth depth() = 0;

  virtual std::optional<conversation_record> find_conversation(std::string_view tenant, std::string_view id) = 0;
  /// The one that the user opened last with the agent, threads (`thread_slots`) not counted.
  virtual std::optional<conversation_record> current_conversation(std::string_view tenant, std::string_view user,
                                                                  std::string_view agent) = 0;
  virtual std::optional<conversation_record> conversation_in_slot(std::string_view tenant, std::string_view user,
                                                                  std::string_view agent, std::string_view slot) = 0;

  /// Newest first, by id: ids begin with the time.
  virtual std::vector<conversation_record> list_conversations(const conversation_filter& filter) = 0;
  /// Agent by agent; of each agent roughly those first in which nothing has happened for longest.
  virtual std::vector<conversation_record> idle_conversations(const idle_filter& filter) = 0;
  /// The tenant's conversations in which a message isn't dealt with, by id.
  /// @param after id of the last one of the page before; empty = from the start
  virtual std::vector<conversation_record> busy_conversations(std::string_view tenant, std::size_t limit,
                                                              std::string_view after) = 0;

  virtual std::optional<tenant> find_tenant(std::string_view id) = 0;
  virtual std::vector<tenant> list_tenants() = 0;
  /// Grows with every change of any tenant: what a cache compares.
  virtual std::uint64_t tenants_version() = 0;

  virtual std::vector<ticket_hit> search_tickets(std::string_view tenant, const text_query& query) = 0;
  virtual std::vector<article_hit> search_articles(std::string_view tenant, const text_query& query) = 0;
  /// In how many of the tenant's tickets the token (or tokens that follow each other) occurs; and how many there are.
  virtual std::uint64_t ticket_frequency(std::string_view tenant, std::string_view token) = 0;
  virtual std::uint64_t ticket_count(std::string_view tenant) = 0;
  virtual std::uint64_t article_count(std::string_view tenant) = 0;
  /// Grows with every import of the tenant.
  virtual std::uint64_t documents_version(std::string_view tenant) = 0;
  virtual std::vector<asset> find_assets(std::string_view tenant, std::span<const std::string> addresses) = 0;

  virtual std::vector<local_note> local_notes(std::string_view tenant, std::string_view ticket_id) = 0;
  /// Newest first.
  virtual std::vector<local_note> recent_local_notes(std::string_view tenant, std::size_t limit) = 0;

  virtual std::vector<audit_entry> list_audit(const audit_filter& filter) = 0;

  /// What calls of models cost, added up. Days in their order, all else by cost, the dearest first.
  virtual std::vector<spending_row> spending_by(const spending_filter& filter) = 0;
};

/// The one connection that writes. Used by one thread at a time; every call may block and throws `storage::error`,
/// after which nothing of that call was written.
class writer {
public:
  virtual ~writer() = default;

  /// Commits all appends in one durable transaction. Each is stored, conflicts or is a duplicate by itself; within
  /// one batch earlier ones are seen by later ones. Throws (nothing written) when the transaction can't commit.
  virtual std::vector<append_result> append_batch(std::span<const append> batch) = 0;

  /// Changes a job's projection alone, for one whose journal can't be read: `dead` for a pending or running one, so
  /// that it isn't claimed again, and `discarded` for a dead one. False when the job isn't in such a state, or isn't
  /// there.
  virtual bool mark_job(const entity_key& job, job_status as, std::string_view error, timestamp now) = 0;

  /// Jobs that a dead process left `running` become `pending` and due. Call once at start, before claiming.
  virtual std::size_t release_running_jobs(timestamp now) = 0;
  /// Calls that a dead process left `open` become `unknown`. Call once at start, before models are asked.
  virtual std::size_t settle_open_calls() = 0;

  virtual void add_tenant(const tenant& value) = 0;
  /// Stores the tenant unless somebody has changed it since it was read: while its `updated_at` is still `read_at`.
  /// False otherwise, and nothing is changed: read it again. What is stored is later than `read_at` in any case.
  virtual bool update_tenant(const tenant& value, timestamp read_at) = 0;
  /// Removes a tenant, its settings and its key: from then on it is unknown, and nothing sealed with its key opens
  /// again. Its rows go piece by piece with `clear_removed`. False when there is none of this id.
  virtual bool remove_tenant(std::string_view id) = 0;
  /// Removes a user's key, which makes all that was said in the user's conversations unreadable, and the user's refresh
  /// tokens and name in the ledger: from then on none of the conversations is found, and nothing can be appended to
  /// them. Their rows go piece by piece with `clear_removed`. False when nothing of such a user was there.
  virtual bool remove_user(std::string_view tenant, std::string_view user) = 0;
  /// Removes some of the rows that removed tenants and users have left, in one transaction, and overwrites them.
  /// Returns how many (at least 1 for other work such as rewriting a part of an index). 0 = nothing is left; then the
  /// log of writes was emptied, too, if something was removed or erased and no reader was in the way.
  virtual std::size_t clear_removed() = 0;

  /// Rows replace those of the same id. One transaction per call: pass some hundred at a time. Other writers get their
  /// turn between two calls. An address belongs to the asset that named it last; an asset left without any is removed.
  virtual void put_tickets(std::string_view tenant, std::span<const past_ticket> rows) = 0;
  virtual void put_articles(std::string_view tenant, std::span<const article> rows) = 0;
  virtual void put_assets(std::string_view tenant, std::span<const asset> rows) = 0;

  /// Stores the note unless the tenant's ticket already has one that holds `marker`; returns the stored note's id.
  virtual std::string put_local_note(std::string_view tenant, const local_note& note, std::string_view marker) = 0;

  virtual void put_audit(std::span<const audit_entry> entries) = 0;
  /// Throws `error{fault::refused}` for an unknown tenant or a second token of one hash.
  virtual void put_refresh_token(const refresh_token& value) = 0;
  /// Uses a token up and stores its successor, which is of the same family, tenant, user and role. A token that was
  /// used up already is answered with the same successor until `grace` is over, unless that one was used as well: who
  /// presents it must be able to make it again, as by deriving it from the token presented. After that it is taken for
  /// stolen, and its family is removed. Throws `error{fault::refused}` when there already is a token of the successor's
  /// hash.
  virtual token_rotation rotate_refresh_token(const token_hash& presented, const token_hash& successor,
                                              timestamp expires_at, timestamp now, std::chrono::milliseconds grace) = 0;

  /// Forgets deliveries, audit rows and refresh tokens that have expired. Bounded work per call; returns rows removed.
  virtual std::size_t expire(timestamp now, std::chrono::hours audit_retention) = 0;
  /// Forgets calls that began before, and users of whom the ledger knows nothing else. Likewise bounded.
  virtual std::size_t expire_calls(timestamp before) = 0;
};

/// A database: opens connections to it. Its own members may be called from any thread.
class backend {
public:
  virtual ~backend() = default;

  virtual std::unique_ptr<storage::reader> open_reader() = 0;
  virtual std::unique_ptr<storage::writer> open_writer() = 0;

  /// A directory-like name for messages, without secrets: `sqlite:/var/lib/troupe/troupe.db`.
  virtual std::string name() const = 0;
};

/// What opening a database needs.
struct open_options {
  std::string url;                                   ///< `sqlite:PATH`
  std::optional<config::secret> master_key;          ///< 32 bytes; none: made beside the database, mode 0600
  std::optional<config::secret> previous_master_key; ///< still opens; `open_writer` seals anew with `master_key`
  std::chrono::milliseconds busy_timeout{2'000};     ///< how long another process's transaction is waited for
  std::uint64_t size_limit = 0;                      ///< bytes the database may take; above: `full`. 0 = no limit
};

/// Opens, and migrates if the database is empty. Throws `storage::error`; `newer_schema` and `older_schema` carry the
/// command to run in their text.
std::unique_ptr<backend> open(const open_options& options);

struct migration_status {
  int current = 0; ///< 0 = empty
  int latest = 0;  ///< what this program knows
};

migration_status migration_state(const open_options& options);
/// Migrates up or down to `target`, each step in a transaction, data kept. Throws `storage::error`.
migration_status migrate(const open_options& options, int target);

} // namespace troupe::storage
