#include <algorithm>
#include <stdexcept>
#include <utility>

#include "tests/support/memory_store.hpp"

namespace troupe::testing {

class memory_writer final : public storage::writer {
public:
  explicit memory_writer(std::shared_ptr<memory_store> store) : db_{std::move(store)} {}

  std::vector<storage::append_result> append_batch(std::span<const storage::append> batch) override {
    std::shared_ptr<std::function<void()>> hook;
    {
      std::lock_guard lock{db_->mutex_};
      hook = db_->before_commit_;
    }
    if (hook && *hook)
      (*hook)();
    auto lock = begin("the batch can't be committed");
    for (const auto& append : batch)
      if (auto found = db_->poisoned_.find(append.entity.id); found != db_->poisoned_.end())
        throw storage::error{found->second, "an append can't be stored"};
    std::vector<storage::append_result> results;
    results.reserve(batch.size());
    for (const auto& append : batch)
      results.push_back(db_->apply(append));
    db_->batches_.push_back(batch.size());
    if (db_->forgotten_answers_ > 0) {
      --db_->forgotten_answers_;
      results.pop_back();
    }
    return results;
  }

  bool mark_job(const storage::entity_key& job, storage::job_status as, std::string_view error,
                storage::timestamp now) override {
    auto lock = begin("the job can't be marked");
    const auto found = db_->jobs_.find({job.tenant, job.id});
    using enum storage::job_status;
    if (found == db_->jobs_.end())
      return false;
    auto& row = found->second;
    if (as == dead ? row.status != pending && row.status != running : row.status != dead)
      return false;
    row.status = as;
    row.error = error;
    row.finished_at = now;
    return true;
  }

  std::size_t release_running_jobs(storage::timestamp now) override {
    auto lock = begin("jobs can't be released");
    std::size_t count = 0;
    for (auto& [id, job] : db_->jobs_)
      if (job.status == storage::job_status::running) {
        job.status = storage::job_status::pending;
        job.due_at = now;
        ++count;
      }
    return count;
  }

  std::size_t settle_open_calls() override {
    auto lock = begin("calls can't be settled");
    std::size_t count = 0;
    for (auto& call : db_->calls_)
      if (call.outcome == storage::call_outcome::open) {
        call.outcome = storage::call_outcome::unknown;
        ++count;
      }
    return count;
  }

  void add_tenant(const storage::tenant& value) override {
    auto lock = begin("the tenant can't be added");
    if (!db_->tenants_.emplace(value.id, value).second)
      throw storage::error{storage::fault::refused, "a tenant of this name exists"};
    db_->removed_.erase(value.id);
    ++db_->tenants_version_;
  }

  bool update_tenant(const storage::tenant& value, storage::timestamp read_at) override {
    auto lock = begin("the tenant can't be changed");
    auto found = db_->tenants_.find(value.id);
    if (found == db_->tenants_.end())
      throw storage::error{storage::fault::refused, "there is no tenant of this name"};
    if (found->second.updated_at != read_at)
      return false;
    found->second = value;
    found->second.updated_at = std::max(value.updated_at, read_at + std::chrono::milliseconds{1});
    ++db_->tenants_version_;
    return true;
  }

  bool remove_tenant(std::string_view id) override {
    auto lock = begin("the tenant can't be removed");
    const auto found = db_->tenants_.find(id);
    if (found == db_->tenants_.end())
      return false;
    const auto owned = [id](const auto& x) { return x.first.first == id; };
    std::erase_if(db_->journals_, [id](const auto& x) { return std::get<0>(x.first) == id; });
    std::erase_if(db_->jobs_, owned);
    std::erase_if(db_->conversations_, owned);
    std::erase_if(db_->opened_, [id](const auto& x) { return x.first == id; });
    std::erase_if(db_->tokens_, [id](const auto& x) { return x.second.token.tenant == id; });
    std::erase_if(db_->tickets_, owned);
    std::erase_if(db_->articles_, owned);
    std::erase_if(db_->assets_, [id](const auto& x) { return x.first == id; });
    std::erase_if(db_->notes_, [id](const auto& x) { return x.first == id; });
    for (auto& call : db_->calls_) // their places are their numbers
      if (call.tenant == id)
        call = {};
    db_->tenants_.erase(found);
    db_->removed_.emplace(id);
    ++db_->tenants_version_;
    return true;
  }

  bool remove_user(std::string_view tenant, std::string_view user) override {
    auto lock = begin("the user can't be removed");
    auto removed = std::erase_if(
        db_->tokens_, [&](const auto& x) { return x.second.token.tenant == tenant && x.second.token.user == user; });
    std::vector<memory_store::owned_id> talks;
    for (const auto& [id, talk] : db_->conversations_)
      if (talk.tenant == tenant && talk.row.user == user)
        talks.push_back(id);
    for (const auto& id : talks)
      db_->forget_conversation(id);
    removed += talks.size();
    for (auto& call : db_->calls_)
      if (call.tenant == tenant && call.user == user) {
        call.user.clear();
        ++removed;
      }
    return removed > 0;
  }

  void put_refresh_token(const storage::refresh_token& value) override {
    auto lock = begin("the token can't be stored");
    if (!db_->tenants_.contains(value.tenant) || !db_->tokens_.emplace(value.hash, token{value, {}, {}}).second)
      throw storage::error{storage::fault::refused, "no such tenant, or a second token of one hash"};
  }

  storage::token_rotation rotate_refresh_token(const storage::token_hash& presented,
                                               const storage::token_hash& successor, storage::timestamp expires_at,
                                               storage::timestamp now, std::chrono::milliseconds grace) override {
    auto lock = begin("the token can't be used");
    using outcome = storage::token_outcome;
    const auto found = db_->tokens_.find(presented);
    if (found == db_->tokens_.end())
      return {outcome::unknown, {}};
    auto& known = found->second;
    if (known.token.expires_at <= now)
      return {outcome::expired, known.token};
    if (!known.used_at) {
      auto next = known.token;
      next.hash = successor;
      next.expires_at = expires_at;
      if (!db_->tokens_.emplace(successor, token{next, {}, {}}).second)
        throw storage::error{storage::fault::refused, "a second token of one hash"};
      known.used_at = now;
      known.successor = successor;
      return {outcome::rotated, next};
    }
    const auto next = db_->tokens_.find(known.successor);
    if (now < *known.used_at + grace && next != db_->tokens_.end() && !next->second.used_at)
      return {outcome::grace, next->second.token};
    const auto stolen = known.token;
    std::erase_if(db_->tokens_, [&](const auto& x) {
      return x.second.token.tenant == stolen.tenant && x.second.token.family == stolen.family;
    });
    return {outcome::reused, stolen};
  }

  std::size_t clear_removed() override {
    auto lock = begin("nothing can be removed");
    return db_->removed_left_ == 0 ? 0 : db_->removed_left_--;
  }

  void put_tickets(std::string_view tenant, std::span<const storage::past_ticket> rows) override {
    auto lock = begin("tickets can't be stored");
    for (const auto& row : rows)
      db_->tickets_[{std::string{tenant}, row.id}] = row;
    ++db_->documents_versions_[std::string{tenant}];
  }

  void put_articles(std::string_view tenant, std::span<const storage::article> rows) override {
    auto lock = begin("articles can't be stored");
    for (const auto& row : rows)
      db_->articles_[{std::string{tenant}, row.id}] = row;
    ++db_->documents_versions_[std::string{tenant}];
  }

  void put_assets(std::string_view tenant, std::span<const storage::asset> rows) override {
    auto lock = begin("assets can't be stored");
    for (const auto& row : rows) {
      auto [first, last] = db_->assets_.equal_range(tenant);
      auto same = std::find_if(first, last, [&](const auto& x) { return x.second.hostname == row.hostname; });
      if (same != last)
        same->second = row;
      else
        db_->assets_.emplace(tenant, row);
    }
    ++db_->documents_versions_[std::string{tenant}];
  }

  std::string put_local_note(std::string_view tenant, const storage::local_note& note,
                             std::string_view marker) override {
    auto lock = begin("the note can't be stored");
    for (const auto& [owner, known] : db_->notes_)
      if (owner == tenant && known.ticket_id == note.ticket_id && known.markdown.find(marker) != std::string::npos)
        return known.id;
    db_->notes_.emplace_back(tenant, note);
    return note.id;
  }

  void put_audit(std::span<const storage::audit_entry> entries) override {
    auto lock = begin("audit rows can't be stored");
    db_->audit_.insert(db_->audit_.end(), entries.begin(), entries.end());
  }

  std::size_t expire(storage::timestamp now, std::chrono::hours audit_retention) override {
    auto lock = begin("nothing can be removed");
    auto count = std::erase_if(db_->deliveries_, [&](const auto& x) { return x.second.expires_at <= now; });
    count += std::erase_if(db_->tokens_, [&](const auto& x) { return x.second.token.expires_at <= now; });
    count += std::erase_if(db_->audit_, [&](const auto& x) { return x.at + audit_retention <= now; });
    return count;
  }

  std::size_t expire_calls(storage::timestamp) override {
    auto lock = begin("nothing can be removed");
    return 0;
  }

private:
  using token = memory_store::known_token;

  std::unique_lock<std::mutex> begin(const char* what) {
    std::unique_lock lock{db_->mutex_};
    if (std::exchange(db_->crash_write_, false))
      throw std::logic_error{"a bug in storage"};
    db_->write_fault_.check(what);
    return lock;
  }

  std::shared_ptr<memory_store> db_;
};

std::unique_ptr<storage::writer> memory_store::open_writer() {
  {
    std::lock_guard lock{mutex_};
    open_fault_.check("the database can't be opened");
    ++writers_opened_;
  }
  return std::make_unique<memory_writer>(shared_from_this());
}

} // namespace troupe::testing
