#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "actors/api/authenticator.hpp"
#include "actors/api/storage_health.hpp"
#include "actors/conversation/conversation_core.hpp"
#include "actors/conversation/live/courier.hpp"
#include "actors/conversation/live/port.hpp"
#include "actors/llm/gateway.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/handle_ref.hpp"
#include "actors/runtime/ids.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/runtime/random.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "actors/runtime/timers.hpp"
#include "actors/tenancy/intake.hpp"
#include "actors/tenancy/registry.hpp"
#include "actors/tenancy/tenants.hpp"
#include "config/agent_store.hpp"
#include "config/metrics.hpp"
#include "config/settings.hpp"
#include "config/workflow.hpp"
#include "net/http/client.hpp"
#include "net/io_threads.hpp"
#include "storage/backend.hpp"

namespace troupe::actors::api {

/// What one engine is made of. Made by `engine`, shared by the actors' tree and the routes. Each part says itself which
/// threads may use it.
struct parts {
  std::shared_ptr<const config::settings> settings;
  std::shared_ptr<const config::ticket_workflow> workflow;
  std::shared_ptr<config::agent_store> agents;
  /// How conversations are decided on. Any thread.
  std::shared_ptr<const conversation::conversation_settings> talk;
  /// What routes do with conversations. Set before routes are made.
  std::shared_ptr<conversation::port> conversations;
  /// How they live below their tenants; null = there are none.
  std::shared_ptr<const conversation_services> conversation_lives;
  handle_ref<conversation::second_tries_actor> second_tries;
  /// Ends those in which nothing was said for long. Any thread; may be empty.
  std::function<void()> expire_conversations;
  config::metrics metrics;

  std::shared_ptr<clock> time = std::make_shared<system_clock>();
  std::shared_ptr<actors::random> chance = std::make_shared<system_random>();
  std::shared_ptr<id_source> ids = std::make_shared<id_source>(*time, *chance);

  std::unique_ptr<storage::backend> database;
  std::shared_ptr<journal_queue> journal = std::make_shared<journal_queue>();
  std::shared_ptr<reader_pool> readers;
  std::shared_ptr<timer_queue> timers = std::make_shared<timer_queue>();
  std::shared_ptr<storage_health> health = std::make_shared<storage_health>();

  std::shared_ptr<tenant_directory> tenants = std::make_shared<tenant_directory>();
  std::shared_ptr<tenant_registry> registry = std::make_shared<tenant_registry>();
  handle_ref<gateway_actor> models;
  handle_ref<intake_actor> intake;
  std::shared_ptr<std::atomic<bool>> intake_room = std::make_shared<std::atomic<bool>>(true);
  handle_ref<tenants_actor> tenants_root;
  std::shared_ptr<std::atomic<std::size_t>> live_jobs = std::make_shared<std::atomic<std::size_t>>(0);
  /// Jobs may be `running` in the database without an owner: to be released.
  std::atomic<bool> orphans = false;
  /// The supervision tree has given up.
  std::atomic<bool> failed = false;
  std::shared_ptr<std::atomic<bool>> ready = std::make_shared<std::atomic<bool>>(false);

  std::unique_ptr<net::io_threads> io;
  /// How models, desks and the knowledge base are reached. Set before the tree is started.
  std::optional<net::http::dialer> dial;
  /// Tells users by their tokens. Made with the routes.
  std::shared_ptr<const authenticator> tokens;
  /// Asks the process to end in good order, since the tree has given up. Any thread.
  std::function<void()> end_process;
};

} // namespace troupe::actors::api
