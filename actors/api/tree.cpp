#include "actors/api/tree.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/api/connectors.hpp"
#include "actors/api/conversations.hpp"
#include "actors/api/give_up.hpp"
#include "actors/api/housekeeper.hpp"
#include "actors/llm/gateway.hpp"
#include "actors/runtime/journal_writer.hpp"
#include "actors/runtime/supervisor.hpp"
#include "actors/search/service.hpp"
#include "actors/tenancy/directory_keeper.hpp"
#include "actors/ticket/gather_watch.hpp"
#include "actors/ticket/job_effects.hpp"
#include "actors/ticket/job_observer.hpp"
#include "config/log.hpp"
#include "net/llm/factory.hpp"

namespace troupe::actors::api {

using namespace std::chrono_literals;

namespace {

constexpr int reader_count = 2;

/// Makes jobs due that are `running` in the database, if some may have lost their owner. Those that live take no harm:
/// their tenant knows them, and their next append says `running` again.
void release_orphans(parts& of) {
  if (!of.orphans.exchange(false))
    return;
  of.journal->run(
      [&of](storage::writer& db) {
        const auto released = db.release_running_jobs(of.time->now());
        config::log::warn("jobs_released", "running jobs were made due, since some may have lost their owner",
                          {{"jobs", released}});
        if (auto life = of.intake.get())
          caf::anon_send(life, atom::look_v);
      },
      [&of](const storage::error&) { of.orphans.store(true); });
}

/// A child that is a supervisor itself.
child_spec subtree(std::string name, supervisor_settings settings, parts& of, std::shared_ptr<supervisor_probe> probe,
                   std::function<std::vector<child_spec>()> children) {
  child_spec result;
  result.name = std::move(name);
  result.stop_limit = 8s;
  result.start = [settings, &of, probe, children = std::move(children), name = result.name](caf::actor_system& system) {
    return caf::actor_cast<caf::actor>(
        spawn_named(system, {.name = name}, supervisor, settings, children(), std::ref(*of.chance), probe));
  };
  return result;
}

template <class Start>
child_spec plain(std::string name, Start start) {
  child_spec result;
  result.name = std::move(name);
  result.start = [start = std::move(start)](caf::actor_system& system) {
    return caf::actor_cast<caf::actor>(start(system));
  };
  return result;
}

std::vector<child_spec> storage_children(parts& of) {
  std::vector<child_spec> result;
  result.push_back(plain("timers", [&of](caf::actor_system& system) {
    return spawn_named(system, {.name = "timers"}, timer_keeper, of.timers);
  }));
  auto journal = std::make_shared<journal_probe>(of.metrics);
  result.push_back(plain("journal_writer", [&of, journal](caf::actor_system& system) {
    return spawn_named(
        system, {.name = "journal_writer", .detached = true}, journal_writer, of.journal,
        [&of] { return of.database->open_writer(); }, of.time, journal);
  }));
  for (int i = 0; i < reader_count; ++i)
    result.push_back(plain("reader_" + std::to_string(i + 1), [&of](caf::actor_system& system) {
      return spawn_named(system, {.name = "reader", .detached = true}, reader, of.readers,
                         [&of] { return of.database->open_reader(); });
    }));
  return result;
}

const config::provider_settings* provider_of(const config::settings& settings, const std::string& name) {
  const auto found = std::ranges::find(settings.llm.providers, name, &config::provider_settings::name);
  return found == settings.llm.providers.end() ? nullptr : &*found;
}

/// Who is asked in which order.
std::string chain_text(const config::llm_settings& settings) {
  std::string result;
  for (const auto& name : settings.chain)
    for (const auto& each : settings.providers)
      if (each.name == name)
        result += name + '=' + each.model + '\n';
  return result;
}

/// The chain's actors and the gateway in front of them. `extractive` has none: the job's core composes by itself.
void add_models(std::vector<child_spec>& to, parts& of, handle_ref<gateway_actor> models) {
  std::vector<named_provider> chain;
  for (const auto& name : of.settings->llm.chain) {
    const auto* settings = provider_of(*of.settings, name);
    if (!settings || settings->kind == config::provider_kind::extractive)
      continue;
    std::shared_ptr<net::llm::chat_client> client = net::llm::make_client(*of.dial, *settings);
    auto probe = std::make_shared<llm_probe>(of.metrics, settings->name, settings->model);
    to.push_back(supervised("llm_" + name, chain.emplace_back(named_provider{name, {}}).actor,
                            [&of, client, probe, settings = *settings](caf::actor_system& system) {
                              return spawn_named(system, {.name = "llm_provider"}, provider, settings, client, of.time,
                                                 of.chance, probe);
                            }));
  }
  const auto& llm = of.settings->llm;
  auto cache = llm.cache_size == 0 ? nullptr
                                   : std::make_shared<reply_cache>(llm.cache_size, llm.cache_time, chain_text(llm),
                                                                   of.time, of.metrics);
  to.push_back(supervised("llm_gateway", models, [chain, cache](caf::actor_system& system) {
    return spawn_named(system, {.name = "llm_gateway"}, gateway, chain, cache);
  }));
}

/// What all jobs share, apart from their tenant's desk.
struct job_parts {
  ticket::job_services services;
  std::shared_ptr<ticket::job_observer> observer;
};

/// What is to be looked after now and then.
void look_around(parts& of) {
  release_orphans(of);
  if (of.expire_conversations)
    of.expire_conversations();
  if (of.tokens)
    of.tokens->refresh_keys();
}

void add_conversation_services(std::vector<child_spec>& to, parts& of) {
  to.push_back(supervised("second_tries", of.second_tries, [](caf::actor_system& system) {
    return spawn_named(system, {.name = "second_tries"}, conversation::second_tries);
  }));
  to.push_back(plain("agent_keeper", [&of](caf::actor_system& system) {
    return spawn_named(system, {.name = "agent_keeper", .detached = true}, agent_keeper, of.agents, 1'000ms);
  }));
}

std::vector<child_spec> service_children(parts& of, const std::shared_ptr<job_parts>& jobs) {
  std::vector<child_spec> result;
  add_models(result, of, jobs->services.models);
  result.push_back(supervised("gather_watch", jobs->services.watch, [&of](caf::actor_system& system) {
    return spawn_named(system, {.name = "gather_watch"}, ticket::gather_watch, of.time, 50ms);
  }));
  result.push_back(plain("housekeeper", [&of](caf::actor_system& system) {
    return spawn_named(system, {.name = "housekeeper"}, housekeeper,
                       housekeeping{of.journal, of.time, [&of] { look_around(of); }, [&of] { of.health->wrote(); }},
                       10s);
  }));
  if (of.conversation_lives)
    add_conversation_services(result, of);
  return result;
}

std::shared_ptr<const tenant_services> make_tenant_services(parts& of, const std::shared_ptr<job_parts>& jobs,
                                                            const std::shared_ptr<supervisor_probe>& restarts) {
  auto result = std::make_shared<tenant_services>();
  result->connect = make_connectors(of);
  result->jobs = [&of, jobs](handle_ref<desk_actor> desk) {
    auto services = std::make_shared<entity_services<ticket::job_core>>();
    services->core = of.workflow;
    services->time = of.time;
    services->chance = of.chance;
    services->journal = of.journal;
    services->readers = of.readers;
    services->timers = of.timers;
    services->effects = std::make_shared<ticket::job_effects>(jobs->services, std::move(desk));
    services->observer = jobs->observer;
    return services;
  };
  result->orphaned = [&of] { of.orphans.store(true); };
  result->ended = [&of](job_end_ptr end) {
    // Who wrote instead may be a life that was killed: nobody would ever go on.
    if (end->superseded)
      of.orphans.store(true);
    if (auto life = of.intake.get())
      caf::anon_send(life, atom::ended_v, std::move(end));
  };
  result->conversations = of.conversation_lives;
  result->live_jobs = of.live_jobs;
  result->desk.probe = std::make_shared<desk_probe>(of.metrics);
  result->time = of.time;
  result->chance = of.chance;
  result->restarts = restarts;
  return result;
}

intake_services make_intake_services(parts& of) {
  return {of.tenants,
          of.registry,
          of.readers,
          of.time,
          std::make_shared<intake_probe>(of.metrics),
          [with = give_up_services{of.readers, of.journal, of.time, [&of] { of.orphans.store(true); }}](
              const std::string& tenant, const std::string& id, const std::string& reason) {
            give_up_job(with, tenant, id, reason);
          },
          of.intake_room};
}

/// The external source of articles; null when they come from the local table.
std::unique_ptr<search::knowledge_base> make_knowledge_base(parts& of) {
  if (of.settings->search.articles_url.empty())
    return nullptr;
  search::knowledge_base_settings settings;
  settings.source = of.settings->search;
  return std::make_unique<search::knowledge_base>(*of.dial, settings, *of.time);
}

std::vector<child_spec> root_children(parts& of) {
  const auto restarts = std::make_shared<supervisor_probe>(of.metrics);
  const auto jobs = std::make_shared<job_parts>();
  jobs->services.sources = std::make_shared<search::service>(of.readers, make_knowledge_base(of));
  jobs->services.workflow = of.workflow;
  jobs->services.models = of.models;
  jobs->services.time = of.time;
  jobs->observer = std::make_shared<ticket::job_observer>(of.metrics);
  const auto tenants_shared = make_tenant_services(of, jobs, restarts);

  std::vector<child_spec> result;
  result.push_back(subtree("storage", {}, of, restarts, [&of] { return storage_children(of); }));
  result.push_back(subtree("services", {}, of, restarts, [&of, jobs] { return service_children(of, jobs); }));
  result.push_back(supervised("tenants", of.tenants_root, [&of, tenants_shared](caf::actor_system& system) {
    return spawn_named(system, {.name = "tenants"}, tenants, of.registry, tenants_shared, of.tenants->table());
  }));
  intake_settings limits;
  limits.max_in_flight = jobs_in_flight(*of.settings);
  limits.max_in_flight_per_tenant = of.settings->jobs.max_in_flight_per_tenant;
  auto intake_shared = make_intake_services(of);
  auto lives = std::make_shared<int>(0);
  result.push_back(supervised("intake", of.intake, [&of, lives, limits, intake_shared](caf::actor_system& system) {
    // A former life knew which jobs were under way or had crashed. The first one starts after all were released.
    if ((*lives)++ > 0)
      of.orphans.store(true);
    return spawn_named(system, {.name = "intake"}, intake, limits, intake_shared);
  }));
  result.push_back(plain("directory_keeper", [&of](caf::actor_system& system) {
    return spawn_named(
        system, {.name = "directory_keeper"}, directory_keeper, of.tenants, of.readers, 500ms,
        [&of](tenant_table_ptr table) {
          if (auto life = of.tenants_root.get())
            caf::anon_send(life, atom::configure_v, std::move(table));
          if (auto life = of.intake.get())
            caf::anon_send(life, atom::look_v);
        },
        [&of](std::optional<storage::fault> fault) { of.health->looked(fault); });
  }));
  return result;
}

struct tree_watch_state {
  static inline constexpr const char* name = "tree_watch";
};

/// Ends the process in good order when the tree has given up: a server without actors only looks alive.
void watch_tree(caf::actor_system& system, parts& of, const caf::actor& root) {
  spawn_named(system, {.name = tree_watch_state::name},
              [&of, root](caf::stateful_actor<tree_watch_state>* self) -> caf::behavior {
                self->set_down_handler([&of, self](const caf::down_msg& what) {
                  if (of.ready->exchange(false)) {
                    of.failed.store(true);
                    config::log::error("engine_failed", "the supervision tree gave up; the process ends",
                                       {{"reason", describe(what.reason)}});
                    of.readers->close();
                    of.journal->abandon();
                    of.end_process();
                  }
                  self->quit();
                });
                self->monitor(root);
                // Nobody else knows it: without a handle of its own it would be gone at once.
                return {[me = caf::actor{self}](const tick&) {}};
              });
}

} // namespace

engine_config::engine_config() {
  add_message_types<caf::id_block::llm>();
  add_message_types<caf::id_block::llm_gateway>();
  add_message_types<caf::id_block::desk>();
  add_message_types<caf::id_block::ticket>();
  add_message_types<caf::id_block::tenancy>();
  add_message_types<caf::id_block::conversation_live>();
}

std::size_t take_over(parts& of) {
  const auto released = of.database->open_writer()->release_running_jobs(of.time->now());
  const auto db = of.database->open_reader();
  of.tenants->publish(std::make_shared<const tenant_table>(db->tenants_version(), db->list_tenants()));
  return released;
}

void park_jobs(parts& of) {
  if (auto life = of.intake.get())
    caf::anon_send(life, atom::park_v);
  if (auto life = of.tenants_root.get())
    caf::anon_send(life, atom::park_v);
}

caf::actor start_tree(caf::actor_system& system, parts& of) {
  const supervisor_settings root{restart_strategy::rest_for_one, 10, 60s, 100ms, 5s};
  auto result =
      caf::actor_cast<caf::actor>(spawn_named(system, {.name = "engine"}, supervisor, root, root_children(of),
                                              std::ref(*of.chance), std::make_shared<supervisor_probe>(of.metrics)));
  watch_tree(system, of, result);
  return result;
}

std::size_t jobs_in_flight(const config::settings& settings) {
  if (settings.jobs.max_in_flight != 0)
    return settings.jobs.max_in_flight;
  constexpr std::size_t without_model = 128, most = 8'192, spare = 16, most_ahead = 128;
  const auto* first = settings.llm.chain.empty() ? nullptr : provider_of(settings, settings.llm.chain.front());
  if (!first || first->kind == config::provider_kind::extractive)
    return without_model;
  // Enough for the model never to wait; each of them takes memory.
  return std::min(most, first->max_concurrency + std::min(most_ahead, first->max_concurrency / 4) + spare);
}

} // namespace troupe::actors::api
