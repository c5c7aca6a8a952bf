#include "storage/sqlite/reader.hpp"

#include "storage/sqlite/user_keys.hpp"

#include <algorithm>
#include <utility>

namespace troupe::storage::sqlite {

namespace {

[[noreturn]] void fail(const entity_key& entity, std::uint64_t number, const char* what) {
  throw error{fault::corrupt, "event " + std::to_string(number) + " of journal " + entity.id + " of tenant "
                                  + entity.tenant + ' ' + what};
}

} // namespace

reader::reader(const connection_options& options, const config::secret& master,
               const std::optional<config::secret>& previous, std::shared_ptr<posting_cache> postings)
    : on_{options}, keys_{master, previous}, tenants_{on_, keys_}, jobs_{on_}, due_{on_},
      conversations_{on_}, search_{on_, std::move(postings)}, assets_{on_}, notes_{on_}, audit_{on_}, sums_{on_},
      head_{on_,
            "SELECT number, last_event, entity, data_key FROM journals WHERE tenant = ?1 AND kind = ?2 AND id = ?3"},
      conversation_head_{on_,
                         "SELECT c.number, c.last_event, c.entity, u.id, u.data_key, c.data_key FROM conversations c "
                         "CROSS JOIN user_keys u ON u.user = c.user WHERE c.tenant = ?1 AND c.id = ?2"},
      event_{on_, "SELECT entity, number, previous, type, at, payload FROM events WHERE seq = ?1"} {}

std::optional<reader::opened_head> reader::open_head(const entity_key& entity, const tenants::identity& owner) {
  const auto opened = [](const statement::run& row, const key_bytes& key) {
    return opened_head{static_cast<std::uint64_t>(row.integer(0)), row.integer(1), row.integer(2), key};
  };
  if (entity.kind == entity_kind::conversation) {
    auto row = conversation_head_.rows(owner.number, entity.id);
    if (!row.next())
      return std::nullopt;
    return opened(row, open_conversation_key(keys_, owner.key, entity, {row.text(3), row.text(4), row.text(5)}));
  }
  auto row = head_.rows(owner.number, entity.kind, entity.id);
  if (!row.next())
    return std::nullopt;
  const auto key = keys_.unwrap_data_key(
      owner.key, associated_data::entity_data_key(entity.tenant, entity.kind, entity.id), row.text(3));
  if (!key)
    throw error{fault::corrupt, "the key of journal " + entity.id + " of tenant " + entity.tenant + " doesn't open"};
  return opened(row, *key);
}

std::vector<stored_event> reader::load(const entity_key& entity, std::uint64_t after) {
  const read_transaction same_state{on_};
  const auto* owner = tenants_.identify(entity.tenant);
  const auto head = owner ? open_head(entity, *owner) : std::nullopt;
  if (!head)
    return {};
  auto seq = head->last_event;
  std::vector<stored_event> result;
  for (auto number = head->number; number > after; --number) {
    auto row = event_.rows(seq);
    if (!row.next() || row.integer(0) != head->entity || static_cast<std::uint64_t>(row.integer(1)) != number)
      fail(entity, number, "is missing");
    stored_event event{number, row.string(3), row.time(4), {}};
    auto owner_of = associated_data::event(entity.tenant, entity.kind, entity.id);
    if (!keys_.aead().open(head->key, owner_of.number(number).view(), row.text(5), event.payload))
      fail(entity, number, "doesn't open: it was changed or belongs elsewhere");
    seq = row.integer(2);
    result.push_back(std::move(event));
  }
  std::reverse(result.begin(), result.end());
  return result;
}

std::optional<job_record> reader::find_job(std::string_view tenant, std::string_view id) {
  return jobs_.find(tenants_.number_of(tenant), id);
}

std::optional<job_record> reader::find_job(std::string_view id) {
  return jobs_.find(id);
}

std::vector<job_record> reader::list_jobs(const job_filter& filter) {
  const read_transaction same_state{on_};
  return jobs_.list(filter, filter.tenant ? tenants_.number_of(*filter.tenant) : 0);
}

std::vector<due_job> reader::due_jobs(timestamp now, std::size_t limit,
                                      const std::function<bool(std::string_view)>& skip) {
  const read_transaction same_state{on_};
  return due_.jobs(now, limit, skip);
}

std::optional<timestamp> reader::next_due(timestamp now) {
  const read_transaction same_state{on_};
  return due_.next(now);
}

queue_depth reader::depth() {
  const read_transaction same_state{on_};
  return jobs_.depth();
}

std::optional<conversation_record> reader::find_conversation(std::string_view tenant, std::string_view id) {
  return conversations_.find(tenants_.number_of(tenant), id);
}

std::optional<conversation_record> reader::current_conversation(std::string_view tenant, std::string_view user,
                                                                std::string_view agent) {
  return conversations_.current(tenants_.number_of(tenant), user, agent);
}

std::optional<conversation_record> reader::conversation_in_slot(std::string_view tenant, std::string_view user,
                                                                std::string_view agent, std::string_view slot) {
  return conversations_.in_slot(tenants_.number_of(tenant), user, agent, slot);
}

std::vector<conversation_record> reader::list_conversations(const conversation_filter& filter) {
  const read_transaction same_state{on_};
  return conversations_.list(filter, tenants_.number_of(filter.tenant));
}

std::vector<conversation_record> reader::idle_conversations(const idle_filter& filter) {
  const read_transaction same_state{on_};
  return conversations_.idle(filter);
}

std::vector<conversation_record> reader::busy_conversations(std::string_view tenant, std::size_t limit,
                                                            std::string_view after) {
  const read_transaction same_state{on_};
  return conversations_.busy(tenants_.number_of(tenant), limit, after);
}

std::optional<tenant> reader::find_tenant(std::string_view id) {
  return tenants_.find(id);
}

std::vector<tenant> reader::list_tenants() {
  return tenants_.list();
}

std::uint64_t reader::tenants_version() {
  return tenants_.version();
}

std::vector<ticket_hit> reader::search_tickets(std::string_view tenant, const text_query& query) {
  const read_transaction same_state{on_};
  return search_.tickets(tenants_.number_of(tenant), query);
}

std::vector<article_hit> reader::search_articles(std::string_view tenant, const text_query& query) {
  const read_transaction same_state{on_};
  return search_.articles(tenants_.number_of(tenant), query);
}

std::uint64_t reader::ticket_frequency(std::string_view tenant, std::string_view token) {
  const read_transaction same_state{on_};
  return search_.ticket_frequency(tenants_.number_of(tenant), token);
}

std::uint64_t reader::ticket_count(std::string_view tenant) {
  return search_.state(tenants_.number_of(tenant)).tickets;
}

std::uint64_t reader::article_count(std::string_view tenant) {
  return search_.state(tenants_.number_of(tenant)).articles;
}

std::uint64_t reader::documents_version(std::string_view tenant) {
  return search_.state(tenants_.number_of(tenant)).version;
}

std::vector<asset> reader::find_assets(std::string_view tenant, std::span<const std::string> addresses) {
  const read_transaction same_state{on_};
  return assets_.find(tenants_.number_of(tenant), addresses);
}

std::vector<local_note> reader::local_notes(std::string_view tenant, std::string_view ticket_id) {
  return notes_.of_ticket(tenants_.number_of(tenant), ticket_id);
}

std::vector<local_note> reader::recent_local_notes(std::string_view tenant, std::size_t limit) {
  return notes_.recent(tenants_.number_of(tenant), limit);
}

std::vector<audit_entry> reader::list_audit(const audit_filter& filter) {
  return audit_.list(filter);
}

std::vector<spending_row> reader::spending_by(const spending_filter& filter) {
  const read_transaction same_state{on_};
  const auto tenant = filter.tenant ? tenants_.number_of(*filter.tenant) : 0;
  if (filter.tenant && tenant == 0)
    return {};
  return sums_.by(filter, tenant);
}

} // namespace troupe::storage::sqlite
