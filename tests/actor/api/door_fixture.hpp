#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "actors/api/webhook.hpp"
#include "actors/runtime/journal_writer.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "net/webhook/signature.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_store.hpp"

namespace troupe::testing {

/// The webhook's door over storage in memory, with the tenant `acme`.
struct door_fixture : actor_fixture {
  std::shared_ptr<memory_store> store = memory_store::make();
  config::metrics metrics;
  std::shared_ptr<actors::journal_queue> journal = std::make_shared<actors::journal_queue>();
  std::shared_ptr<actors::reader_pool> readers = std::make_shared<actors::reader_pool>();
  std::shared_ptr<actors::tenant_directory> directory = std::make_shared<actors::tenant_directory>();
  std::shared_ptr<actors::api::storage_health> health = std::make_shared<actors::api::storage_health>();
  std::vector<actors::job_hint_ptr> accepted;
  std::shared_ptr<std::atomic<bool>> wanted = std::make_shared<std::atomic<bool>>(true);
  storage::tenant acme;
  net::http::handler door;

  door_fixture() {
    spawn(actors::journal_writer, journal,
          std::function<std::unique_ptr<storage::writer>()>{[this] { return store->open_writer(); }}, time,
          std::make_shared<actors::journal_probe>(metrics));
    spawn(actors::reader, readers,
          std::function<std::unique_ptr<storage::reader>()>{[this] { return store->open_reader(); }});
    acme.id = "acme";
    acme.signing_secrets = {config::secret{"s3cret"}};
    publish();
    actors::api::webhook_services services;
    services.tenants = directory;
    services.journal = journal;
    services.ids = std::make_shared<actors::id_source>(*time, *chance);
    services.time = time;
    services.deliveries = std::make_shared<actors::api::rate_limiter>();
    services.failures = std::make_shared<actors::api::rate_limiter>();
    services.probe = std::make_shared<actors::api::webhook_probe>(metrics);
    services.health = health;
    services.wanted = wanted;
    services.accepted = [this](actors::job_hint_ptr job) { accepted.push_back(std::move(job)); };
    door = actors::api::webhook_handler(std::move(services));
    run();
  }

  void publish() {
    directory->publish(std::make_shared<actors::tenant_table>(1, std::vector{acme}));
  }

  static std::string body_of(const std::string& ticket, const std::string& tenant = "acme") {
    return R"({"tenant_id":")" + tenant + R"(","ticket_id":")" + ticket
           + R"(","description":"The printer is on fire","priority":"high"})";
  }

  net::http::request signed_request(std::string body, const std::string& secret = "s3cret") const {
    net::http::request result;
    result.method = "POST";
    result.path = "/webhook/servicedesk";
    result.id = "corr-1";
    result.remote_address = "192.0.2.1";
    const auto now = std::chrono::floor<std::chrono::seconds>(time->now());
    result.headers = {{"X-ServiceDesk-Timestamp", std::to_string(now.time_since_epoch().count())},
                      {"X-ServiceDesk-Signature", net::webhook::sign(config::secret{secret}, now, body)}};
    result.body = std::move(body);
    return result;
  }

  /// Hands a request to a handler and lets everything happen that follows.
  net::http::response ask(const net::http::handler& handler, const net::http::request& what) {
    std::optional<net::http::response> result;
    handler(what, net::http::reply{[&result](net::http::response r) { result = std::move(r); }});
    run();
    return std::move(result).value();
  }

  net::http::response deliver(const net::http::request& what) {
    return ask(door, what);
  }

  static std::string header(const net::http::response& from, const std::string& name) {
    for (const auto& [key, value] : from.headers)
      if (key == name)
        return value;
    return {};
  }
};

} // namespace troupe::testing
