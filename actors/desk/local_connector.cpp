#include "actors/desk/local_connector.hpp"

#include <algorithm>
#include <utility>

#include "net/desk/markdown_html.hpp"

namespace troupe::actors {

using net::desk::desk_failure;
using net::desk::desk_fault;

namespace {

/// A failed transaction has written nothing, so the same may be tried again.
desk_failure not_written(const storage::error& why) {
  return {desk_fault::unavailable, why.what(), std::nullopt};
}

} // namespace

local_connector::local_connector(std::string tenant, std::shared_ptr<journal_queue> writes,
                                 std::shared_ptr<reader_pool> reads, std::shared_ptr<const clock> time,
                                 std::shared_ptr<id_source> ids)
    : tenant_{std::move(tenant)}, writes_{std::move(writes)}, reads_{std::move(reads)}, clock_{std::move(time)},
      ids_{std::move(ids)} {
  // nop
}

void local_connector::write_note(const net::desk::note& what,
                                 std::function<void(std::variant<net::desk::note_written, desk_failure>)> done) {
  storage::local_note note{ids_->next(), what.ticket_id, what.markdown,
                           net::desk::note_html(what.markdown, what.marker), clock_->now()};
  auto shared = std::make_shared<decltype(done)>(std::move(done));
  writes_->run(
      [tenant = tenant_, note = std::move(note), marker = what.marker, shared](storage::writer& db) {
        (*shared)(net::desk::note_written{db.put_local_note(tenant, note, marker)});
      },
      [shared](const storage::error& why) { (*shared)(not_written(why)); });
}

void local_connector::find_note(const std::string& ticket_id, const std::string& marker, const std::string&,
                                std::function<void(std::variant<net::desk::note_search, desk_failure>)> done) {
  auto shared = std::make_shared<decltype(done)>(std::move(done));
  reads_->run(
      [tenant = tenant_, ticket_id, marker, shared](storage::reader& db) {
        net::desk::note_search result;
        for (const auto& note : db.local_notes(tenant, ticket_id))
          if (note.markdown.find(marker) != std::string::npos)
            result.note_id = note.id;
        (*shared)(std::move(result));
      },
      [shared](const storage::error& why) { (*shared)(not_written(why)); });
}

void local_connector::check(std::function<void(std::optional<desk_failure>)> done) {
  done(std::nullopt);
}

} // namespace troupe::actors
