#include "actors/api/engine.hpp"

#include <algorithm>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include <csignal>

#include <unistd.h>

#include <caf/actor_system.hpp>

#include "actors/api/agents.hpp"
#include "actors/api/conversations.hpp"
#include "actors/api/parts.hpp"
#include "actors/api/routes.hpp"
#include "actors/api/serve_lock.hpp"
#include "actors/api/tree.hpp"
#include "actors/runtime/supervisor.hpp"
#include "config/load.hpp"
#include "config/log.hpp"
#include "net/http/server.hpp"

namespace troupe::actors::api {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

milliseconds left_until(steady_clock::time_point deadline) {
  return std::max(0ms, std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()));
}

} // namespace

struct engine::impl {
  impl(config::settings settings, config::ticket_workflow workflow) {
    all.settings = std::make_shared<const config::settings>(std::move(settings));
    all.workflow = std::make_shared<const config::ticket_workflow>(std::move(workflow));
    all.agents = make_agents(*all.settings);
    all.talk = make_talk(*all.settings, all.agents);
    all.end_process = [] { ::kill(::getpid(), SIGTERM); };
    all.readers = std::make_shared<reader_pool>(8'192, std::make_shared<reader_probe>(all.metrics));
    make_conversations(all);
  }

  /// Opens the database and takes over what a former process left.
  void open_storage() {
    lock.emplace(config::database_path(all.settings->storage.url));
    all.database =
        storage::open({all.settings->storage.url, all.settings->master_key, all.settings->previous_master_key});
    if (const auto taken = take_over(all); taken > 0)
      config::log::info("jobs_taken_over", "jobs that were running when the last process ended go on",
                        {{"jobs", taken}});
  }

  bool drain_server(steady_clock::time_point deadline) {
    if (!server)
      return true;
    auto drained = std::make_shared<std::promise<void>>();
    auto done = drained->get_future();
    server->drain([drained] { drained->set_value(); });
    return done.wait_for(left_until(deadline)) == std::future_status::ready;
  }

  /// Jobs and conversations finish what they can't take back and leave memory.
  bool park(steady_clock::time_point deadline) {
    const auto live = [this] { return all.live_jobs->load() + all.conversation_lives->live->load(); };
    park_jobs(all);
    while (live() > 0 && left_until(deadline) > 0ms)
      std::this_thread::sleep_for(10ms);
    return live() == 0;
  }

  std::optional<serve_lock> lock;
  parts all;
  engine_config actors;
  std::optional<caf::actor_system> system;
  caf::actor root;
  std::unique_ptr<net::http::server> server;
  bool stopped = false;
};

engine::engine(config::settings settings, config::ticket_workflow workflow)
    : impl_{std::make_unique<impl>(std::move(settings), std::move(workflow))} {
  // nop
}

engine::~engine() {
  stop(0ms);
}

void engine::start() {
  auto& all = impl_->all;
  all.io = std::make_unique<net::io_threads>(all.settings->server.threads);
  all.dial.emplace(*all.io);
  // The port first: it is what most often is taken, and nothing has been touched by then.
  impl_->server = std::make_unique<net::http::server>(*all.io, all.settings->server, make_routes(all), all.metrics);
  all.tokens->refresh_keys();
  impl_->open_storage();
  impl_->system.emplace(impl_->actors);
  impl_->root = start_tree(*impl_->system, all);
  all.ready->store(true);
  impl_->server->start();
  config::log::info("engine_started", "ready",
                    {{"bind", all.settings->server.bind},
                     {"port", impl_->server->port()},
                     {"storage", all.database->name()},
                     {"tenants", all.tenants->table()->size()},
                     {"jobs_in_flight", jobs_in_flight(*all.settings)}});
}

std::uint16_t engine::port() const {
  return impl_->server->port();
}

bool engine::failed() const {
  return impl_->all.failed.load();
}

bool engine::stop(milliseconds limit) {
  if (!impl_ || std::exchange(impl_->stopped, true))
    return true;
  const auto deadline = steady_clock::now() + limit;
  auto& all = impl_->all;
  all.ready->store(false);
  if (all.tokens)
    all.tokens->close();
  // Half-sent requests may take their time; they are nobody's loss.
  impl_->drain_server(steady_clock::now() + limit / 8);
  const bool started = static_cast<bool>(impl_->root);
  bool orderly = true;
  bool ended = true;
  if (impl_->root) {
    // A quarter stays for the actors' own end, which commits what waits.
    orderly = impl_->park(deadline - limit / 4) && orderly;
    ended = stop_tree_and_wait(*impl_->system, std::exchange(impl_->root, {}), std::max(left_until(deadline), 1'000ms));
  }
  all.journal->close();
  all.journal->abandon();
  all.readers->close();
  if (all.io)
    all.io->stop();
  impl_->server.reset();
  // Waiting for an actor that doesn't end could take for ever, and it may still use everything else.
  if (ended)
    impl_->system.reset();
  else
    (void)impl_.release();
  orderly = orderly && ended;
  if (started)
    config::log::info("engine_stopped",
                      orderly ? "stopped in good order" : "stopped; what still ran goes on at the next start",
                      {{"orderly", orderly}});
  return orderly;
}

} // namespace troupe::actors::api
