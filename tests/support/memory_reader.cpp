#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "tests/support/memory_store.hpp"

namespace troupe::testing {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

double score_of(const std::string& text, const storage::text_query& query) {
  double result = 0;
  for (const auto& term : query.terms)
    if (text.find(lower(term.text)) != std::string::npos)
      result += term.weight;
  return result;
}

std::string text_of(const storage::past_ticket& x) {
  return lower(x.subject + ' ' + x.description + ' ' + x.resolution);
}

std::string text_of(const storage::article& x) {
  return lower(x.title + ' ' + x.summary + ' ' + x.body);
}

template <class Hit, class Rows>
std::vector<Hit> search(const Rows& rows, std::string_view tenant, const storage::text_query& query) {
  std::vector<Hit> hits;
  for (const auto& [id, row] : rows)
    if (id.first == tenant)
      if (const auto score = score_of(text_of(row), query); score > 0)
        hits.push_back({row, score});
  std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.score > b.score; });
  if (hits.size() > query.limit)
    hits.erase(hits.begin() + static_cast<std::ptrdiff_t>(query.limit), hits.end());
  return hits;
}

template <class Rows>
std::uint64_t count_of(const Rows& rows, std::string_view tenant) {
  return static_cast<std::uint64_t>(
      std::count_if(rows.begin(), rows.end(), [&](const auto& x) { return x.first.first == tenant; }));
}

bool is_between(const storage::conversation_record& talk, std::string_view tenant, std::string_view user,
                std::string_view agent) {
  return talk.tenant == tenant && talk.row.user == user && talk.row.agent == agent;
}

} // namespace

class memory_reader final : public storage::reader {
public:
  explicit memory_reader(std::shared_ptr<memory_store> store) : db_{std::move(store)} {}

  std::vector<storage::stored_event> load(const storage::entity_key& entity, std::uint64_t after) override {
    auto lock = begin();
    std::vector<storage::stored_event> result;
    if (auto found = db_->journals_.find({entity.tenant, entity.kind, entity.id}); found != db_->journals_.end())
      std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(result),
                   [&](const auto& x) { return x.number > after; });
    return result;
  }

  std::optional<storage::job_record> find_job(std::string_view tenant, std::string_view id) override {
    auto lock = begin();
    auto found = db_->jobs_.find({std::string{tenant}, std::string{id}});
    if (found == db_->jobs_.end())
      return std::nullopt;
    return storage::job_record{found->first.first, found->first.second, found->second};
  }

  std::optional<storage::job_record> find_job(std::string_view id) override {
    auto lock = begin();
    for (const auto& [key, job] : db_->jobs_)
      if (key.second == id)
        return storage::job_record{key.first, key.second, job};
    return std::nullopt;
  }

  std::vector<storage::job_record> list_jobs(const storage::job_filter& filter) override {
    auto lock = begin();
    std::vector<storage::job_record> result;
    for (const auto& [key, job] : db_->jobs_)
      if ((!filter.tenant || *filter.tenant == key.first) && (!filter.status || *filter.status == job.status)
          && (!filter.before || key.second < *filter.before))
        result.push_back({key.first, key.second, job});
    std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
    result.resize(std::min(result.size(), filter.limit));
    return result;
  }

  std::vector<storage::due_job> due_jobs(storage::timestamp now, std::size_t limit,
                                         const std::function<bool(std::string_view)>& skip) override {
    auto lock = begin();
    using lane = std::vector<std::pair<std::string, const storage::job_row*>>;
    std::map<std::string, lane> by_tenant;
    for (const auto& [key, job] : db_->jobs_)
      if (job.status == storage::job_status::pending && job.due_at <= now && !paused(key.first)
          && !(skip && skip(key.second)))
        by_tenant[key.first].emplace_back(key.second, &job);
    std::vector<std::pair<std::string, lane>> turns;
    for (auto& [tenant, jobs] : by_tenant) {
      std::stable_sort(jobs.begin(), jobs.end(), [](const auto& a, const auto& b) {
        return std::tuple{b.second->priority, a.second->due_at} < std::tuple{a.second->priority, b.second->due_at};
      });
      turns.emplace_back(tenant, std::move(jobs));
    }
    auto next = std::find_if(turns.begin(), turns.end(), [&](const auto& x) { return x.first > db_->last_served_; });
    std::rotate(turns.begin(), next, turns.end());
    std::vector<storage::due_job> result;
    for (std::size_t round = 0, before = 1; result.size() != before && result.size() < limit; ++round) {
      before = result.size();
      for (const auto& [tenant, jobs] : turns)
        if (round < jobs.size() && result.size() < limit)
          result.push_back({tenant, jobs[round].first});
    }
    if (!result.empty())
      db_->last_served_ = result.back().tenant;
    return result;
  }

  std::optional<storage::timestamp> next_due(storage::timestamp now) override {
    auto lock = begin();
    std::optional<storage::timestamp> result;
    for (const auto& [key, job] : db_->jobs_)
      if (job.status == storage::job_status::pending && job.due_at > now && !paused(key.first)
          && (!result || job.due_at < *result))
        result = job.due_at;
    return result;
  }

  storage::queue_depth depth() override {
    auto lock = begin();
    storage::queue_depth result;
    for (const auto& [key, job] : db_->jobs_) {
      result.pending += job.status == storage::job_status::pending ? 1 : 0;
      result.running += job.status == storage::job_status::running ? 1 : 0;
      result.dead += job.status == storage::job_status::dead ? 1 : 0;
    }
    return result;
  }

  std::optional<storage::conversation_record> find_conversation(std::string_view tenant, std::string_view id) override {
    auto lock = begin();
    auto found = db_->conversations_.find({std::string{tenant}, std::string{id}});
    return found == db_->conversations_.end() ? std::nullopt : std::optional{found->second};
  }

  std::optional<storage::conversation_record> current_conversation(std::string_view tenant, std::string_view user,
                                                                   std::string_view agent) override {
    auto lock = begin();
    for (auto id = db_->opened_.rbegin(); id != db_->opened_.rend(); ++id)
      if (const auto& talk = db_->conversations_.at(*id);
          is_between(talk, tenant, user, agent) && !talk.slot.starts_with(storage::thread_slots))
        return talk;
    return std::nullopt;
  }

  std::optional<storage::conversation_record> conversation_in_slot(std::string_view tenant, std::string_view user,
                                                                   std::string_view agent,
                                                                   std::string_view slot) override {
    auto lock = begin();
    for (const auto& [id, talk] : db_->conversations_)
      if (is_between(talk, tenant, user, agent) && talk.slot == slot)
        return talk;
    return std::nullopt;
  }

  std::vector<storage::conversation_record> list_conversations(const storage::conversation_filter& filter) override {
    auto result = select([&](const storage::conversation_record& talk) {
      return talk.tenant == filter.tenant && (!filter.user || *filter.user == talk.row.user)
             && (!filter.agent || *filter.agent == talk.row.agent) && (!filter.before || talk.id < *filter.before);
    });
    std::reverse(result.begin(), result.end());
    result.resize(std::min(result.size(), filter.limit));
    return result;
  }

  std::vector<storage::conversation_record> idle_conversations(const storage::idle_filter& filter) override {
    const auto place = [](const auto& talk) { return std::tuple{talk.row.agent, talk.row.last_at, talk.id}; };
    const auto wanted = [&](const std::string& agent) {
      return filter.agent ? *filter.agent == agent
                          : std::find(filter.except.begin(), filter.except.end(), agent) == filter.except.end();
    };
    auto result = select([&](const storage::conversation_record& talk) {
      return wanted(talk.row.agent) && talk.row.last_at < filter.before
             && (!filter.after || place(talk) > place(*filter.after));
    });
    std::sort(result.begin(), result.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
    result.resize(std::min(result.size(), filter.limit));
    return result;
  }

  std::vector<storage::conversation_record> busy_conversations(std::string_view tenant, std::size_t limit,
                                                               std::string_view after) override {
    auto result = select([&](const storage::conversation_record& talk) {
      return talk.tenant == tenant && talk.row.busy && talk.id > after;
    });
    result.resize(std::min(result.size(), limit));
    return result;
  }

  std::optional<storage::tenant> find_tenant(std::string_view id) override {
    auto lock = begin();
    auto found = db_->tenants_.find(id);
    return found == db_->tenants_.end() ? std::nullopt : std::optional{found->second};
  }

  std::vector<storage::tenant> list_tenants() override {
    auto lock = begin();
    std::vector<storage::tenant> result;
    for (const auto& [id, tenant] : db_->tenants_)
      result.push_back(tenant);
    return result;
  }

  std::uint64_t tenants_version() override {
    auto lock = begin();
    return db_->tenants_version_;
  }

  std::vector<storage::ticket_hit> search_tickets(std::string_view tenant, const storage::text_query& query) override {
    auto lock = begin();
    return search<storage::ticket_hit>(db_->tickets_, tenant, query);
  }

  std::vector<storage::article_hit> search_articles(std::string_view tenant,
                                                    const storage::text_query& query) override {
    auto lock = begin();
    return search<storage::article_hit>(db_->articles_, tenant, query);
  }

  std::uint64_t ticket_frequency(std::string_view tenant, std::string_view token) override {
    auto lock = begin();
    storage::text_query query{{{std::string{token}, 1}}, db_->tickets_.size()};
    return search<storage::ticket_hit>(db_->tickets_, tenant, query).size();
  }

  std::uint64_t ticket_count(std::string_view tenant) override {
    auto lock = begin();
    return count_of(db_->tickets_, tenant);
  }

  std::uint64_t article_count(std::string_view tenant) override {
    auto lock = begin();
    return count_of(db_->articles_, tenant);
  }

  std::uint64_t documents_version(std::string_view tenant) override {
    auto lock = begin();
    auto found = db_->documents_versions_.find(tenant);
    return found == db_->documents_versions_.end() ? 0 : found->second;
  }

  std::vector<storage::asset> find_assets(std::string_view tenant, std::span<const std::string> addresses) override {
    auto lock = begin();
    std::vector<storage::asset> result;
    auto [first, last] = db_->assets_.equal_range(tenant);
    for (auto i = first; i != last; ++i)
      if (std::find_first_of(i->second.addresses.begin(), i->second.addresses.end(), addresses.begin(), addresses.end())
          != i->second.addresses.end())
        result.push_back(i->second);
    return result;
  }

  std::vector<storage::local_note> local_notes(std::string_view tenant, std::string_view ticket_id) override {
    auto lock = begin();
    std::vector<storage::local_note> result;
    for (const auto& [owner, note] : db_->notes_)
      if (owner == tenant && note.ticket_id == ticket_id)
        result.push_back(note);
    return result;
  }

  std::vector<storage::local_note> recent_local_notes(std::string_view tenant, std::size_t limit) override {
    auto lock = begin();
    std::vector<storage::local_note> result;
    for (auto i = db_->notes_.rbegin(); i != db_->notes_.rend() && result.size() < limit; ++i)
      if (i->first == tenant)
        result.push_back(i->second);
    return result;
  }

  std::vector<storage::audit_entry> list_audit(const storage::audit_filter& filter) override {
    auto lock = begin();
    std::vector<storage::audit_entry> result;
    for (auto i = db_->audit_.rbegin(); i != db_->audit_.rend() && result.size() < filter.limit; ++i)
      if ((!filter.tenant || *filter.tenant == i->tenant) && (!filter.action || *filter.action == i->action))
        result.push_back(*i);
    return result;
  }

  std::vector<storage::spending_row> spending_by(const storage::spending_filter& filter) override {
    auto lock = begin();
    storage::spending_row all;
    for (const auto& call : db_->calls_)
      if (!filter.tenant || *filter.tenant == call.tenant) {
        ++all.calls;
        all.amounts.cost += call.amounts.cost;
      }
    return {all};
  }

private:
  /// In the order of tenants and ids.
  std::vector<storage::conversation_record>
  select(const std::function<bool(const storage::conversation_record&)>& wanted) {
    auto lock = begin();
    std::vector<storage::conversation_record> result;
    for (const auto& [id, talk] : db_->conversations_)
      if (wanted(talk))
        result.push_back(talk);
    return result;
  }

  bool paused(const std::string& tenant) const {
    auto found = db_->tenants_.find(tenant);
    return found != db_->tenants_.end() && found->second.paused;
  }

  std::unique_lock<std::mutex> begin() {
    std::unique_lock lock{db_->mutex_};
    if (std::exchange(db_->crash_read_, false))
      throw std::logic_error{"a bug in storage"};
    db_->read_fault_.check("the database can't be read");
    return lock;
  }

  std::shared_ptr<memory_store> db_;
};

std::unique_ptr<storage::reader> memory_store::open_reader() {
  {
    std::lock_guard lock{mutex_};
    open_fault_.check("the database can't be opened");
    ++readers_opened_;
  }
  return std::make_unique<memory_reader>(shared_from_this());
}

} // namespace troupe::testing
