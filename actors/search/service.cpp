#include "actors/search/service.hpp"

#include <utility>

namespace troupe::actors::search {

namespace {

template <class Found>
Found failure(const storage::error& why) {
  Found result;
  result.status = source_status::failed;
  result.error = why.what();
  return result;
}

/// Runs one of the finder's searches on a reader's thread.
template <class Found>
void run(reader_pool& readers, const finder& with, Found (finder::*search)(storage::reader&, const request&) const,
         request_ptr what, std::function<void(Found)> done) {
  // Either of the two functions is called, never both: what one would throw after `done` would be a bug.
  auto shared = std::make_shared<std::function<void(Found)>>(std::move(done));
  readers.run(
      [with, what = std::move(what), search, shared](storage::reader& db) { (*shared)((with.*search)(db, *what)); },
      [shared](const storage::error& why) { (*shared)(failure<Found>(why)); });
}

} // namespace

service::service(std::shared_ptr<reader_pool> readers, std::unique_ptr<knowledge_base> articles,
                 finder_settings settings)
    : readers_{std::move(readers)}, finder_{settings}, articles_{std::move(articles)} {}

void service::find_tickets(request_ptr what, std::function<void(tickets_found)> done) {
  run<tickets_found>(*readers_, finder_, &finder::find_tickets, std::move(what), std::move(done));
}

void service::find_articles(request_ptr what, std::function<void(articles_found)> done) {
  if (articles_)
    articles_->find(*what, std::move(done));
  else
    run<articles_found>(*readers_, finder_, &finder::find_articles, std::move(what), std::move(done));
}

void service::find_assets(request_ptr what, std::function<void(assets_found)> done) {
  run<assets_found>(*readers_, finder_, &finder::find_assets, std::move(what), std::move(done));
}

} // namespace troupe::actors::search
