#include "search_fixture.hpp"

#include <atomic>

#include <unistd.h>

namespace troupe::testing {

namespace {

std::filesystem::path new_folder() {
  static std::atomic<int> last{0};
  auto result = std::filesystem::temp_directory_path()
                / ("troupe-search-" + std::to_string(::getpid()) + '-' + std::to_string(++last));
  std::filesystem::create_directory(result);
  return result;
}

std::unique_ptr<storage::backend> open_in(const std::filesystem::path& folder) {
  storage::open_options options;
  options.url = "sqlite:" + (folder / "search.db").string();
  options.master_key = config::secret{std::string(32, 'k')};
  return storage::open(options);
}

} // namespace

search_fixture::search_fixture() : folder_{new_folder()}, database{open_in(folder_)}, writer{database->open_writer()} {
  for (const auto* id : {"acme", "globex"}) {
    storage::tenant tenant;
    tenant.id = id;
    writer->add_tenant(tenant);
  }
  reader = database->open_reader();
}

search_fixture::~search_fixture() {
  reader.reset();
  writer.reset();
  database.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void search_fixture::put(const std::vector<storage::past_ticket>& rows, const std::string& tenant) {
  writer->put_tickets(tenant, rows);
}

std::vector<std::string> search_fixture::similar(const std::string& subject, const std::string& description,
                                                 const std::string& tenant) {
  std::vector<std::string> result;
  for (const auto& hit : finder.find_tickets(*reader, {tenant, subject, description, 5}).hits)
    result.push_back(hit.ticket.id);
  return result;
}

} // namespace troupe::testing
