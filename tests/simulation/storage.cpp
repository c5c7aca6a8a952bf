#include "tests/simulation/storage.hpp"

#include <stdexcept>

#include "actors/conversation/live/hub.hpp"
#include "actors/ticket/offline.hpp"
#include "tests/simulation/world.hpp"

namespace troupe::simulation {

namespace {

using storage::timestamp;

void demand(const life& of) {
  if (!of.alive)
    throw std::runtime_error{"the process has crashed"};
}

class simulated_reader final : public storage::reader {
public:
  simulated_reader(world& in, life_ptr of, std::unique_ptr<storage::reader> db)
      : world_{in}, life_{std::move(of)}, db_{std::move(db)} {}

  std::vector<storage::stored_event> load(const storage::entity_key& entity, std::uint64_t after) override {
    return look().load(entity, after);
  }
  std::optional<storage::job_record> find_job(std::string_view tenant, std::string_view id) override {
    return look().find_job(tenant, id);
  }
  std::optional<storage::job_record> find_job(std::string_view id) override {
    return look().find_job(id);
  }
  std::vector<storage::job_record> list_jobs(const storage::job_filter& filter) override {
    return look().list_jobs(filter);
  }
  std::vector<storage::due_job> due_jobs(timestamp now, std::size_t limit,
                                         const std::function<bool(std::string_view)>& skip) override {
    return look().due_jobs(now, limit, skip);
  }
  std::optional<timestamp> next_due(timestamp now) override {
    return look().next_due(now);
  }
  storage::queue_depth depth() override {
    return look().depth();
  }
  std::optional<storage::conversation_record> find_conversation(std::string_view tenant, std::string_view id) override {
    return look().find_conversation(tenant, id);
  }
  std::optional<storage::conversation_record> current_conversation(std::string_view tenant, std::string_view user,
                                                                   std::string_view agent) override {
    return look().current_conversation(tenant, user, agent);
  }
  std::optional<storage::conversation_record> conversation_in_slot(std::string_view tenant, std::string_view user,
                                                                   std::string_view agent,
                                                                   std::string_view slot) override {
    return look().conversation_in_slot(tenant, user, agent, slot);
  }
  std::vector<storage::conversation_record> list_conversations(const storage::conversation_filter& filter) override {
    return look().list_conversations(filter);
  }
  std::vector<storage::conversation_record> idle_conversations(const storage::idle_filter& filter) override {
    return look().idle_conversations(filter);
  }
  std::vector<storage::conversation_record> busy_conversations(std::string_view tenant, std::size_t limit,
                                                               std::string_view after) override {
    return look().busy_conversations(tenant, limit, after);
  }
  std::optional<storage::tenant> find_tenant(std::string_view id) override {
    return look().find_tenant(id);
  }
  std::vector<storage::tenant> list_tenants() override {
    return look().list_tenants();
  }
  std::uint64_t tenants_version() override {
    return look().tenants_version();
  }
  std::vector<storage::ticket_hit> search_tickets(std::string_view tenant, const storage::text_query& query) override {
    return look().search_tickets(tenant, query);
  }
  std::vector<storage::article_hit> search_articles(std::string_view tenant,
                                                    const storage::text_query& query) override {
    return look().search_articles(tenant, query);
  }
  std::uint64_t ticket_frequency(std::string_view tenant, std::string_view token) override {
    return look().ticket_frequency(tenant, token);
  }
  std::uint64_t ticket_count(std::string_view tenant) override {
    return look().ticket_count(tenant);
  }
  std::uint64_t article_count(std::string_view tenant) override {
    return look().article_count(tenant);
  }
  std::uint64_t documents_version(std::string_view tenant) override {
    return look().documents_version(tenant);
  }
  std::vector<storage::asset> find_assets(std::string_view tenant, std::span<const std::string> addresses) override {
    return look().find_assets(tenant, addresses);
  }
  std::vector<storage::local_note> local_notes(std::string_view tenant, std::string_view ticket_id) override {
    return look().local_notes(tenant, ticket_id);
  }
  std::vector<storage::local_note> recent_local_notes(std::string_view tenant, std::size_t limit) override {
    return look().recent_local_notes(tenant, limit);
  }
  std::vector<storage::audit_entry> list_audit(const storage::audit_filter& filter) override {
    return look().list_audit(filter);
  }
  std::vector<storage::spending_row> spending_by(const storage::spending_filter& filter) override {
    return look().spending_by(filter);
  }

private:
  storage::reader& look() {
    demand(*life_);
    if (world_.faults.take(fault_kind::read_unavailable))
      throw storage::error{storage::fault::unavailable, "simulated: can't be read"};
    if (world_.faults.take(fault_kind::read_bug))
      throw std::logic_error{"simulated: a bug in storage"};
    return *db_;
  }

  world& world_;
  life_ptr life_;
  std::unique_ptr<storage::reader> db_;
};

class simulated_writer final : public storage::writer {
public:
  simulated_writer(world& in, life_ptr of, std::unique_ptr<storage::writer> db)
      : world_{in}, life_{std::move(of)}, db_{std::move(db)} {}

  std::vector<storage::append_result> append_batch(std::span<const storage::append> batch) override {
    auto& db = begin();
    if (world_.faults.take(fault_kind::commit_refused))
      throw storage::error{storage::fault::refused, "simulated: refused"};
    for (const auto& append : batch)
      if (!append.ledger && append.expected > 0 && world_.faults.take(fault_kind::operator_first)) {
        if (append.entity.kind == storage::entity_kind::conversation)
          intrude(append.entity);
        else
          interfere(append.entity);
      }
    auto results = db.append_batch(batch);
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (!batch[i].ledger)
        world_.checker.appended(batch[i], results[i]);
    if (world_.faults.take(fault_kind::crash_after_commit)) {
      world_.crash("after a commit");
      demand(*life_);
    }
    if (world_.faults.take(fault_kind::commit_then_bug))
      throw std::logic_error{"simulated: a bug in storage"};
    return results;
  }

  std::size_t release_running_jobs(timestamp now) override {
    const auto count = begin().release_running_jobs(now);
    if (count > 0)
      world_.note("storage", "releases ", count, " jobs");
    return count;
  }
  std::size_t settle_open_calls() override {
    return begin().settle_open_calls();
  }
  void add_tenant(const storage::tenant& value) override {
    begin().add_tenant(value);
  }
  bool update_tenant(const storage::tenant& value, timestamp read_at) override {
    return begin().update_tenant(value, read_at);
  }
  bool remove_tenant(std::string_view id) override {
    return begin().remove_tenant(id);
  }
  bool remove_user(std::string_view tenant, std::string_view user) override {
    const auto removed = begin().remove_user(tenant, user);
    world_.talks.user_removed(tenant, user);
    return removed;
  }
  std::size_t clear_removed() override {
    return begin().clear_removed();
  }
  void put_refresh_token(const storage::refresh_token& value) override {
    begin().put_refresh_token(value);
  }
  storage::token_rotation rotate_refresh_token(const storage::token_hash& presented,
                                               const storage::token_hash& successor, timestamp expires_at,
                                               timestamp now, std::chrono::milliseconds grace) override {
    return begin().rotate_refresh_token(presented, successor, expires_at, now, grace);
  }
  bool mark_job(const storage::entity_key& job, storage::job_status as, std::string_view error,
                timestamp now) override {
    return begin().mark_job(job, as, error, now);
  }
  void put_tickets(std::string_view tenant, std::span<const storage::past_ticket> rows) override {
    begin().put_tickets(tenant, rows);
  }
  void put_articles(std::string_view tenant, std::span<const storage::article> rows) override {
    begin().put_articles(tenant, rows);
  }
  void put_assets(std::string_view tenant, std::span<const storage::asset> rows) override {
    begin().put_assets(tenant, rows);
  }
  std::string put_local_note(std::string_view tenant, const storage::local_note& note,
                             std::string_view marker) override {
    auto& db = begin();
    world_.checker.local_note_sent(tenant, marker.substr(marker.size() - 36), note.markdown);
    return db.put_local_note(tenant, note, marker);
  }
  void put_audit(std::span<const storage::audit_entry> entries) override {
    begin().put_audit(entries);
  }
  std::size_t expire(timestamp now, std::chrono::hours audit_retention) override {
    return begin().expire(now, audit_retention);
  }
  std::size_t expire_calls(timestamp before) override {
    return begin().expire_calls(before);
  }

private:
  static fault again() {
    fault result;
    result.kind = fault_kind::operator_first;
    return result;
  }

  /// An operator retries the job if that is possible at the moment; else an owner claims it that is never heard of
  /// again.
  void interfere(const storage::entity_key& key) {
    namespace ticket = actors::ticket;
    const auto decided = [&](ticket::job_command what) {
      const actors::context now{world_.time->now(), 0.5, key.id};
      return ticket::decide_offline({key.tenant, key.id, *world_.store->job(key.tenant, key.id)},
                                    world_.store->events(key), std::move(what), now, world_.plan.workflow)
          .append;
    };
    auto append = decided(ticket::operator_retry{"cli"});
    if (!append && !world_.store->open_reader()->find_tenant(key.tenant)->paused)
      append = decided(ticket::job_core::wake(world_.order.bits() >> 11));
    if (append)
      world_.checker.appended(*append, world_.store->write(*append));
    else
      world_.faults.arm(again());
  }

  /// Another owner goes on with a conversation, and is never heard of again.
  void intrude(const storage::entity_key& key) {
    using core = actors::conversation::conversation_core;
    core::state state;
    for (const auto& past : actors::conversation::decode_journal(world_.store->events(key)))
      core::apply(state, past.event, past.at);
    const auto now = world_.time->now();
    const auto decided =
        core::decide(state, actors::conversation::wake{}, {now, 0.5, key.id}, *world_.engine()->parts().talk);
    if (decided.events.empty())
      return world_.faults.arm(again());
    storage::append append;
    append.entity = key;
    append.expected = state.number;
    append.at = now;
    for (const auto& event : decided.events) {
      core::apply(state, event, now);
      append.events.push_back(core::encode(event));
    }
    core::project(state, append);
    world_.checker.appended(append, world_.store->write(append));
  }

  storage::writer& begin() {
    demand(*life_);
    if (world_.faults.take(fault_kind::commit_unavailable))
      throw storage::error{storage::fault::unavailable, "simulated: locked"};
    if (world_.faults.take(fault_kind::commit_full))
      throw storage::error{storage::fault::full, "simulated: no space left"};
    if (world_.faults.take(fault_kind::commit_bug))
      throw std::logic_error{"simulated: a bug in storage"};
    if (world_.faults.take(fault_kind::crash_before_commit)) {
      world_.crash("before a commit");
      demand(*life_);
    }
    return *db_;
  }

  world& world_;
  life_ptr life_;
  std::unique_ptr<storage::writer> db_;
};

class simulated_database final : public storage::backend {
public:
  simulated_database(world& in, life_ptr of) : world_{in}, life_{std::move(of)} {}

  std::unique_ptr<storage::reader> open_reader() override {
    open();
    return std::make_unique<simulated_reader>(world_, life_, world_.store->open_reader());
  }

  std::unique_ptr<storage::writer> open_writer() override {
    open();
    return std::make_unique<simulated_writer>(world_, life_, world_.store->open_writer());
  }

  std::string name() const override {
    return "simulated";
  }

private:
  void open() const {
    demand(*life_);
    if (world_.faults.take(fault_kind::open_unavailable))
      throw storage::error{storage::fault::unavailable, "simulated: can't be opened"};
  }

  world& world_;
  life_ptr life_;
};

} // namespace

std::unique_ptr<storage::backend> make_database(world& in, life_ptr of) {
  return std::make_unique<simulated_database>(in, std::move(of));
}

} // namespace troupe::simulation
