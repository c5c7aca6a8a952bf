#include "tests/support/memory_store.hpp"

#include <utility>

namespace troupe::testing {

using storage::append_outcome;

void memory_store::planned_fault::check(const char* what) {
  if (left == 0)
    return;
  --left;
  throw storage::error{kind, what};
}

void memory_store::fail_writes(std::size_t count, storage::fault kind) {
  std::lock_guard lock{mutex_};
  write_fault_ = {count, kind};
}

void memory_store::fail_reads(std::size_t count, storage::fault kind) {
  std::lock_guard lock{mutex_};
  read_fault_ = {count, kind};
}

void memory_store::fail_opens(std::size_t count, storage::fault kind) {
  std::lock_guard lock{mutex_};
  open_fault_ = {count, kind};
}

void memory_store::crash_next_write() {
  std::lock_guard lock{mutex_};
  crash_write_ = true;
}

void memory_store::crash_next_read() {
  std::lock_guard lock{mutex_};
  crash_read_ = true;
}

void memory_store::forget_answers(std::size_t count) {
  std::lock_guard lock{mutex_};
  forgotten_answers_ = count;
}

void memory_store::poison(std::string entity_id, storage::fault kind) {
  std::lock_guard lock{mutex_};
  poisoned_[std::move(entity_id)] = kind;
}

void memory_store::before_commit(std::function<void()> hook) {
  std::lock_guard lock{mutex_};
  before_commit_ = std::make_shared<std::function<void()>>(std::move(hook));
}

void memory_store::tamper(const storage::entity_key& entity,
                          const std::function<void(std::vector<storage::stored_event>&)>& how) {
  std::lock_guard lock{mutex_};
  how(journals_[{entity.tenant, entity.kind, entity.id}]);
}

void memory_store::leave_removed(std::size_t pieces) {
  std::lock_guard lock{mutex_};
  removed_left_ = pieces;
}

std::size_t memory_store::removed_left() const {
  std::lock_guard lock{mutex_};
  return removed_left_;
}

std::vector<storage::stored_event> memory_store::events(const storage::entity_key& entity) const {
  std::lock_guard lock{mutex_};
  auto found = journals_.find({entity.tenant, entity.kind, entity.id});
  return found == journals_.end() ? std::vector<storage::stored_event>{} : found->second;
}

std::optional<storage::job_row> memory_store::job(std::string_view tenant, std::string_view id) const {
  std::lock_guard lock{mutex_};
  auto found = jobs_.find({std::string{tenant}, std::string{id}});
  return found == jobs_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<storage::conversation_record> memory_store::conversation(std::string_view tenant,
                                                                       std::string_view id) const {
  std::lock_guard lock{mutex_};
  auto found = conversations_.find({std::string{tenant}, std::string{id}});
  return found == conversations_.end() ? std::nullopt : std::optional{found->second};
}

std::vector<storage::local_note> memory_store::notes(std::string_view tenant, std::string_view ticket_id) const {
  std::lock_guard lock{mutex_};
  std::vector<storage::local_note> result;
  for (const auto& [owner, note] : notes_)
    if (owner == tenant && note.ticket_id == ticket_id)
      result.push_back(note);
  return result;
}

std::vector<storage::audit_entry> memory_store::audit() const {
  std::lock_guard lock{mutex_};
  return audit_;
}

std::vector<std::size_t> memory_store::batches() const {
  std::lock_guard lock{mutex_};
  return batches_;
}

std::size_t memory_store::readers_opened() const {
  std::lock_guard lock{mutex_};
  return readers_opened_;
}

std::size_t memory_store::writers_opened() const {
  std::lock_guard lock{mutex_};
  return writers_opened_;
}

storage::append_result memory_store::write(const storage::append& what) {
  std::lock_guard lock{mutex_};
  return apply(what);
}

storage::append_result memory_store::apply(const storage::append& what) {
  if (what.ledger)
    return put_call(*what.ledger);
  if (what.events.empty())
    throw storage::error{storage::fault::refused, "an append has at least one event"};
  if (what.entity.kind == storage::entity_kind::conversation && what.expected == 0 && !what.conversation)
    throw storage::error{storage::fault::refused, "a conversation's first append has its row"};
  if (what.delivery) {
    auto known = deliveries_.find(what.delivery->key);
    if (known != deliveries_.end() && known->second.expires_at > what.at)
      return {append_outcome::duplicate, 0, known->second.entity};
  }
  if (removed_.contains(what.entity.tenant))
    return {append_outcome::conflict, 0, {}};
  if (const auto* holder = holder_of_slot(what))
    return {append_outcome::duplicate, 0, holder->id};
  const journal_key key{what.entity.tenant, what.entity.kind, what.entity.id};
  const auto found = journals_.find(key);
  const std::uint64_t last = found == journals_.end() ? 0 : found->second.size();
  if (last != what.expected)
    return {append_outcome::conflict, last, {}};
  auto& journal = journals_[key];
  for (const auto& event : what.events)
    journal.push_back({journal.size() + 1, event.type, what.at, event.payload});
  const auto number = journal.size();
  project(what);
  return {append_outcome::stored, number, {}};
}

const storage::conversation_record* memory_store::holder_of_slot(const storage::append& what) const {
  if (what.expected > 0 || !what.conversation)
    return nullptr;
  for (const auto& [id, talk] : conversations_)
    if (talk.tenant == what.entity.tenant && talk.slot == what.slot && talk.row.user == what.conversation->user
        && talk.row.agent == what.conversation->agent)
      return &talk;
  return nullptr;
}

void memory_store::project(const storage::append& what) {
  const owned_id id{what.entity.tenant, what.entity.id};
  if (what.delivery)
    deliveries_[what.delivery->key] = {what.entity.id, what.delivery->expires_at};
  if (what.job)
    jobs_[id] = *what.job;
  if (what.conversation && what.expected == 0) {
    conversations_[id] = {what.entity.tenant, what.entity.id, what.slot, *what.conversation};
    opened_.push_back(id);
  } else if (what.conversation) {
    auto& row = conversations_[id].row;
    const auto first = std::exchange(row, *what.conversation);
    row.user = first.user;
    row.agent = first.agent;
    row.opened_at = first.opened_at;
  }
  if (what.erase)
    forget_conversation(id);
}

void memory_store::forget_conversation(const owned_id& id) {
  journals_.erase({id.first, storage::entity_kind::conversation, id.second});
  conversations_.erase(id);
  std::erase(opened_, id);
  for (auto& call : calls_)
    if (call.tenant == id.first && call.kind == storage::entity_kind::conversation && call.entity == id.second)
      call.user = call.entity = call.run = "";
}

} // namespace troupe::testing
