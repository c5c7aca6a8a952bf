#include "actors/cli/checks.hpp"

#include "actors/cli/opened.hpp"
#include "actors/cli/webhook_sender.hpp"
#include "config/load.hpp"
#include "net/desk/factory.hpp"
#include "net/http/client.hpp"
#include "net/io_threads.hpp"
#include "net/key_cache.hpp"
#include "net/llm/endpoint_check.hpp"
#include "storage/integrity.hpp"

#include <algorithm>
#include <cerrno>
#include <future>
#include <iostream>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace troupe::actors::cli {

namespace {

using namespace std::chrono_literals;
using call_headers = std::vector<net::http::header>;

constexpr auto patience = 10s;

/// One GET; what it says of the endpoint. 401 and 403 mean the key, 5xx and silence the endpoint; all else is an
/// answer.
finding ask(net::io_threads& io, std::string name, const net::http::endpoint_settings& where, const std::string& target,
            const config::secret& key) {
  try {
    net::http::client client{io, where};
    net::http::call call;
    call.target = target;
    call.timeout = patience;
    call.connect_timeout = patience;
    if (!key.empty())
      call.headers.emplace_back("Authorization", "Bearer " + key.reveal());
    std::promise<net::http::call_result> answer;
    client.send(std::move(call), [&](net::http::call_result r) { answer.set_value(std::move(r)); });
    const auto result = answer.get_future().get();
    if (const auto* failed = std::get_if<net::http::call_failure>(&result))
      return {std::move(name), false, where.url + ": " + failed->detail};
    const auto status = std::get<net::http::call_response>(result).status;
    if (status == 401 || status == 403)
      return {std::move(name), false, where.url + " refuses the key (HTTP " + std::to_string(status) + ")"};
    return {std::move(name), status < 500, where.url + " answers (HTTP " + std::to_string(status) + ")"};
  } catch (const std::exception& e) {
    return {std::move(name), false, e.what()};
  }
}

} // namespace

finding check_port(net::io_threads& io, const config::server_settings& server) {
  const auto name = "port " + std::to_string(server.port);
  if (server.port == 0)
    return {name, true, "any free one"};
  const int fault = bind_fault(server);
  if (fault == 0)
    return {name, true, server.bind + " is free"};
  if (fault == EADDRINUSE) {
    net::http::endpoint_settings where;
    where.url = server_url(server);
    where.ca_file = server.tls.certificate.string();
    if (ask(io, name, where, "/health/live", {}).ok)
      return {name, true, "in use by a server that answers at " + where.url};
  }
  return {name, false, "can't listen on " + server.bind + ": " + std::generic_category().message(fault)};
}

finding check_token_secret(const config::settings& all) {
  if (!all.jwt.secret.empty())
    return {"token secret", true, "configured"};
  if (!all.jwt.jwks_url.empty())
    return {"token secret", true, "none: tokens come from an issuer"};
  auto file = config::database_path(all.storage.url);
  file.replace_extension(".jwt");
  if (!std::filesystem::exists(file))
    return {"token secret", true, file.string() + " will be made at the first start"};
  try {
    auto copy = all;
    config::provide_jwt_secret(copy);
    return {"token secret", true, file.string()};
  } catch (const std::exception& e) {
    return {"token secret", false, e.what()};
  }
}

finding check_token_keys(net::io_threads& io, const config::jwt_settings& jwt) {
  const std::string name = "token keys";
  if (jwt.jwks_url.empty())
    return {name, true, "tokens are signed with the secret"};
  try {
    net::jwt::key_cache_settings where;
    where.url = jwt.jwks_url;
    where.ca_file = jwt.jwks_ca_file.string();
    const auto cache = net::jwt::key_cache::make(net::http::dialer{io}, where,
                                                 [] { return std::chrono::steady_clock::now().time_since_epoch(); });
    std::promise<net::jwt::key_cache::keys_ptr> told;
    cache->renew([&told](net::jwt::key_cache::keys_ptr keys) { told.set_value(std::move(keys)); });
    const auto keys = told.get_future().get();
    if (!keys)
      return {name, false, jwt.jwks_url + ": " + cache->status().fault};
    auto detail = jwt.jwks_url + ": " + std::to_string(keys->size()) + (keys->size() == 1 ? " key" : " keys");
    for (const auto& [kid, reason] : keys->left_out())
      detail += "; " + kid + " isn't used: " + reason;
    return {name, true, detail};
  } catch (const std::exception& e) {
    return {name, false, e.what()};
  }
}

finding check_database(const config::settings& all, std::unique_ptr<storage::backend>& opened) {
  const auto file = config::database_path(all.storage.url);
  std::error_code unreadable;
  if (!std::filesystem::exists(file, unreadable)) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
    if (!std::filesystem::is_directory(folder, unreadable))
      return {"database", false, "the folder " + folder.string() + " of " + file.string() + " isn't there"};
    if (::access(folder.c_str(), W_OK) != 0)
      return {"database", false,
              file.string() + " can't be made in " + folder.string() + ": " + std::generic_category().message(errno)};
    return {"database", true, file.string() + " will be made by the first command that opens it"};
  }
  try {
    const auto state = storage::migration_state(open_options(all));
    if (state.current == 0)
      return {"database", true, file.string() + " is empty and will be migrated by the first command that opens it"};
    auto backend = storage::open(open_options(all));
    const auto tenants = backend->open_reader()->list_tenants().size();
    finding out{"database", true,
                backend->name() + " at version " + std::to_string(state.current) + ", " + std::to_string(tenants)
                    + (tenants == 1 ? " tenant" : " tenants")};
    opened = std::move(backend);
    return out;
  } catch (const std::exception& e) {
    return {"database", false, e.what()};
  }
}

finding check_pages(const config::settings& all) {
  constexpr std::size_t most = 10;
  const std::string name = "database pages";
  const auto file = config::database_path(all.storage.url);
  const auto begun = std::chrono::steady_clock::now();
  auto told = begun;
  const auto working = [&] {
    const auto at = std::chrono::steady_clock::now();
    if (at - told < 5s)
      return;
    told = at;
    std::error_code unreadable;
    const auto size = std::filesystem::file_size(file, unreadable);
    std::cerr << "troupe: still reading " << file.string() << " (" << (unreadable ? 0 : size >> 20) << " MiB), "
              << std::chrono::floor<std::chrono::seconds>(at - begun).count() << " s so far\n";
  };
  try {
    std::string detail;
    for (const auto& damage : storage::find_damage(open_options(all), most, working))
      detail += (detail.empty() ? "damaged; put a backup back: " : "; ") + damage;
    if (detail.empty())
      return {name, true, "no damage"};
    std::ranges::replace(detail, '\n', ' ');
    return {name, false, detail};
  } catch (const std::exception& e) {
    return {name, false, e.what()};
  }
}

finding check_desk(net::io_threads& io, const storage::tenant& tenant) {
  finding out{"desk " + tenant.id, true, "local"};
  if (tenant.desk_kind == "local")
    return out;
  out.detail = tenant.desk_kind + " at " + tenant.desk_url;
  try {
    const auto desk = net::desk::make_connector(
        io, {tenant.desk_kind, tenant.desk_url, tenant.desk_key, tenant.desk_ca, tenant.desk_options});
    const auto answer = std::make_shared<std::promise<std::optional<net::desk::desk_failure>>>();
    auto told = answer->get_future();
    desk->check([answer](std::optional<net::desk::desk_failure> failure) { answer->set_value(std::move(failure)); });
    if (told.wait_for(60s) != std::future_status::ready)
      return {out.name, false, out.detail + ": no answer"};
    if (const auto failure = told.get())
      return {out.name, false, out.detail + ": " + failure->detail};
    return out;
  } catch (const std::exception& e) {
    return {out.name, false, out.detail + ": " + e.what()};
  }
}

finding check_provider(net::io_threads& io, const config::provider_settings& provider) {
  const auto name = "model " + provider.name;
  if (provider.kind == config::provider_kind::extractive)
    return {name, true, "composes notes without a model"};
  try {
    auto [fault, detail] = net::llm::check_endpoint(io, provider);
    if (provider.kind == config::provider_kind::anthropic && provider.temperature
        && provider.api_version == config::messages_version::v2026_10_21)
      detail += "; temperature isn't sent, its api_version takes none";
    return {name, fault == net::llm::endpoint_fault::none, detail};
  } catch (const std::exception& e) {
    return {name, false, e.what()};
  }
}

finding check_articles(net::io_threads& io, const config::search_settings& search) {
  if (search.articles_url.empty())
    return {"articles", true, "the imported ones"};
  net::http::endpoint_settings where;
  where.url = search.articles_url;
  where.ca_file = search.articles_ca_file.string();
  return ask(io, "articles", where, "?q=printer&limit=1", search.articles_key);
}

} // namespace troupe::actors::cli
