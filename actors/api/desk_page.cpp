#include "actors/api/desk_page.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "actors/api/job_view.hpp"
#include "actors/api/page.hpp"
#include "actors/api/responses.hpp"
#include "actors/ticket/job_core.hpp"
#include "actors/ticket/priority.hpp"

namespace troupe::actors::api {

namespace pages {
extern const std::string_view desk;
} // namespace pages

namespace http = net::http;
using nlohmann::json;

namespace {

/// The job that wrote a note, by the reference line that ends it.
std::string_view job_of(std::string_view note) {
  const auto empty = ticket::marker_of({});
  const auto at = note.rfind(empty);
  return at == note.npos ? std::string_view{} : note.substr(at + empty.size());
}

/// The ticket that a note was made for; null when its job is gone or can't be read, which must not hide the note.
json ticket_json(storage::reader& db, const std::string& tenant, const storage::local_note& note) try {
  const auto journal = db.load({tenant, storage::entity_kind::ticket_job, std::string{job_of(note.markdown)}});
  if (journal.empty())
    return nullptr;
  const auto first = ticket::job_core::decode(journal.front().type, journal.front().payload);
  const auto* came = std::get_if<ticket::accepted>(&first);
  if (came == nullptr)
    return nullptr;
  return {{"subject", came->subject},
          {"description", came->description},
          {"priority", ticket::priority_name(came->priority)}};
} catch (const storage::error& why) {
  if (why.kind() != storage::fault::corrupt && why.kind() != storage::fault::wrong_key)
    throw;
  return nullptr;
}

http::response notes_response(storage::reader& db, const std::string& tenant,
                              const std::vector<storage::local_note>& notes) {
  auto list = json::array();
  for (const auto& note : notes)
    list.push_back({{"id", note.id},
                    {"ticket_id", note.ticket_id},
                    {"ticket", ticket_json(db, tenant, note)},
                    {"markdown", note.markdown},
                    {"html", note.html},
                    {"created_at", to_rfc3339(note.created_at)}});
  http::response result;
  result.body = json{{"notes", std::move(list)}}.dump(-1, ' ', false, json::error_handler_t::replace);
  return result;
}

template <class Read>
void answer_notes(reader_pool& readers, const http::request& r, const std::string& tenant, const http::reply& answer,
                  Read read) {
  readers.run([answer, tenant, read](storage::reader& db) { answer(notes_response(db, tenant, read(db))); },
              [answer, correlation_id = r.id](const storage::error&) {
                answer(retry_after(http::problem(503, "Storage can't be used for now.", correlation_id),
                                   std::chrono::seconds{5}));
              });
}

} // namespace

net::http::handler desk_page() {
  return serve_page(pages::desk);
}

user_handler list_notes(std::shared_ptr<reader_pool> readers) {
  return [readers](const http::request& r, const net::jwt::claims& who, http::reply answer) {
    answer_notes(*readers, r, who.tenant, answer,
                 [tenant = who.tenant](storage::reader& db) { return db.recent_local_notes(tenant, 100); });
  };
}

user_handler ticket_notes(std::shared_ptr<reader_pool> readers) {
  return [readers](const http::request& r, const net::jwt::claims& who, http::reply answer) {
    answer_notes(*readers, r, who.tenant, answer,
                 [tenant = who.tenant, id = std::string{r.parameter("id")}](storage::reader& db) {
                   return db.local_notes(tenant, id);
                 });
  };
}

} // namespace troupe::actors::api
