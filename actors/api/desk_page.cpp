#include "actors/api/desk_page.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "actors/api/job_view.hpp"
#include "actors/api/responses.hpp"

namespace troupe::actors::api {

namespace pages {
extern const std::string_view desk;
} // namespace pages

namespace http = net::http;
using nlohmann::json;

namespace {

http::response notes_response(const std::vector<storage::local_note>& notes) {
  auto list = json::array();
  for (const auto& note : notes)
    list.push_back({{"id", note.id},
                    {"ticket_id", note.ticket_id},
                    {"markdown", note.markdown},
                    {"html", note.html},
                    {"created_at", to_rfc3339(note.created_at)}});
  http::response result;
  result.body = json{{"notes", std::move(list)}}.dump(-1, ' ', false, json::error_handler_t::replace);
  return result;
}

template <class Read>
void answer_notes(reader_pool& readers, const http::request& r, const http::reply& answer, Read read) {
  readers.run([answer, read](storage::reader& db) { answer(notes_response(read(db))); },
              [answer, correlation_id = r.id](const storage::error&) {
                answer(retry_after(http::problem(503, "Storage can't be used for now.", correlation_id),
                                   std::chrono::seconds{5}));
              });
}

} // namespace

net::http::handler desk_page() {
  return [](const http::request&, http::reply answer) {
    http::response result;
    result.content_type = "text/html; charset=utf-8";
    result.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
                                "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    result.headers.emplace_back("Referrer-Policy", "no-referrer");
    result.body = pages::desk;
    answer(std::move(result));
  };
}

user_handler list_notes(std::shared_ptr<reader_pool> readers) {
  return [readers](const http::request& r, const net::jwt::claims& who, http::reply answer) {
    answer_notes(*readers, r, answer,
                 [tenant = who.tenant](storage::reader& db) { return db.recent_local_notes(tenant, 100); });
  };
}

user_handler ticket_notes(std::shared_ptr<reader_pool> readers) {
  return [readers](const http::request& r, const net::jwt::claims& who, http::reply answer) {
    answer_notes(*readers, r, answer, [tenant = who.tenant, id = std::string{r.parameter("id")}](storage::reader& db) {
      return db.local_notes(tenant, id);
    });
  };
}

} // namespace troupe::actors::api
