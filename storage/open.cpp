#include "storage/backend.hpp"

#include "storage/sqlite/backend.hpp"
#include "storage/sqlite/schema.hpp"

#include <filesystem>

namespace troupe::storage {

namespace {

void check_scheme(const std::string& url) {
  if (!url.starts_with("sqlite:"))
    throw error{fault::refused, "storage.url must begin with `sqlite:`, this one is " + url.substr(0, url.find(':'))};
}

} // namespace

std::unique_ptr<backend> open(const open_options& options) {
  check_scheme(options.url);
  return std::make_unique<sqlite::backend>(options);
}

migration_status migration_state(const open_options& options) {
  check_scheme(options.url);
  const auto target = sqlite::connection_to(options);
  if (!std::filesystem::exists(target.path))
    return {0, sqlite::latest_version()};
  sqlite::connection on{target};
  return sqlite::state_of(on);
}

migration_status migrate(const open_options& options, int target) {
  check_scheme(options.url);
  sqlite::connection on{sqlite::connection_to(options)};
  return sqlite::migrate(on, target);
}

} // namespace troupe::storage
