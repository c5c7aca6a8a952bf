#include "actors/cli/opened.hpp"

#include "config/load.hpp"
#include "config/log.hpp"
#include "config/log_line.hpp"
#include "config/values.hpp"

#include <cstdlib>
#include <iostream>

namespace troupe::actors::cli {

std::filesystem::path config_file(const invocation& call) {
  if (!call.config.empty())
    return call.config;
  if (const char* named = std::getenv("TROUPE_CONFIG"); named != nullptr && *named != '\0')
    return named;
  std::error_code unreadable;
  return std::filesystem::exists("troupe.yaml", unreadable) ? "troupe.yaml" : std::filesystem::path{};
}

config::settings read_settings(const invocation& call) {
  auto loaded = config::load(config_file(call), config::process_environment());
  config::log::configure(loaded.settings.log);
  for (const auto& warning : loaded.warnings)
    std::cerr << "troupe: warning: " << warning << '\n';
  return std::move(loaded.settings);
}

storage::open_options open_options(const config::settings& from) {
  storage::open_options out;
  out.url = from.storage.url;
  out.master_key = from.master_key;
  out.previous_master_key = from.previous_master_key;
  return out;
}

std::unique_ptr<storage::backend> open_database(const config::settings& from) {
  return storage::open(open_options(from));
}

storage::tenant existing_tenant(storage::reader& from, const std::string& id) {
  if (auto found = from.find_tenant(id))
    return *found;
  std::string known;
  const auto all = from.list_tenants();
  for (std::size_t i = 0; i < all.size() && i < 20; ++i)
    known += (known.empty() ? "" : ", ") + all[i].id;
  if (all.size() > 20)
    known += ", …; troupe tenant list names all";
  throw failure{"there is no tenant " + config::in_quotes(id)
                + (known.empty() ? "; add one by: troupe tenant add " + for_terminal(id) : "; there are " + known)};
}

storage::timestamp now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string shown(storage::timestamp at) {
  return config::log::format_time(at);
}

void audit(storage::writer& into, const std::string& action, const std::string& tenant, const std::string& object) {
  storage::audit_entry entry;
  entry.at = now();
  entry.actor = "cli";
  entry.action = action;
  entry.tenant = tenant;
  entry.object = object;
  entry.outcome = "ok";
  entry.correlation_id = config::random_hex(8);
  into.put_audit({&entry, 1});
}

} // namespace troupe::actors::cli
