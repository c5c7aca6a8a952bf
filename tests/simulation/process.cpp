#include "tests/simulation/process.hpp"

#include <cxxabi.h>

#include <caf/scheduled_actor.hpp>
#include <caf/send.hpp>

#include "actors/api/conversations.hpp"
#include "actors/api/routes.hpp"
#include "actors/conversation/schema_check.hpp"
#include "actors/conversation/understanding.hpp"
#include "actors/runtime/supervisor.hpp"
#include "tests/simulation/storage.hpp"
#include "tests/simulation/world.hpp"

namespace troupe::simulation {

using namespace std::chrono_literals;

namespace {

/// Null for what is no actor.
caf::scheduled_actor* actor_of(caf::resumable* job) {
  return job->subtype() == caf::resumable::scheduled_actor ? static_cast<caf::scheduled_actor*>(job) : nullptr;
}

std::string readable(const char* type) {
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> text{abi::__cxa_demangle(type, nullptr, nullptr, &status), std::free};
  std::string result = status == 0 ? text.get() : type;
  for (const std::string_view noise : {"std::shared_ptr<", "troupe::actors::", "ticket::", " const", ">"})
    for (auto at = result.find(noise); at != std::string::npos; at = result.find(noise))
      result.erase(at, noise.size());
  return result;
}

} // namespace

process::process(world& in, unsigned number) : world_{in} {
  parts_.settings = std::make_shared<const config::settings>(in.plan.settings);
  parts_.workflow = std::make_shared<const config::ticket_workflow>(in.plan.workflow);
  parts_.time = in.time;
  parts_.chance = std::make_shared<actors::seeded_random>(in.plan.seed * 1'000 + number);
  parts_.ids = std::make_shared<actors::id_source>(*parts_.time, *parts_.chance);
  parts_.database = make_database(in, life_);
  parts_.readers = std::make_shared<actors::reader_pool>(8'192, std::make_shared<actors::reader_probe>(parts_.metrics));
  parts_.dial.emplace(in.net.dialer_for(life_));
  parts_.end_process = [this] {
    if (!alive())
      return;
    if (world_.plan.most_actor_deaths <= 5)
      world_.violated("the tree gave up");
    world_.crash("the tree gave up");
  };
  actors::api::take_over(parts_);
  routes_ = actors::api::make_routes(parts_);
  config_.set("scheduler.policy", caf::atom("testing"));
  system_.emplace(config_);
  system_->await_actors_before_shutdown(false);
  scheduler_ = dynamic_cast<caf::scheduler::test_coordinator*>(&system_->scheduler());
  system_actors_ = system_->registry().running();
  if (!in.plan.agents.empty())
    add_conversations();
  root_ = actors::api::start_tree(*system_, parts_);
  root_address_ = root_.address();
  parts_.ready->store(true);
}

/// Clients use the port itself: the routes before it are made without it, since they need sockets.
void process::add_conversations() {
  auto talk = std::make_shared<actors::conversation::conversation_settings>();
  talk->agent = [&agents = world_.plan.agents](std::string_view name) {
    const auto found = agents.find(name);
    return found == agents.end() ? nullptr : found->second;
  };
  talk->understand = actors::conversation::understand;
  talk->check = actors::conversation::value_faults;
  talk->models = world_.plan.settings.llm.providers.size() > 1;
  parts_.agents = shipped_agents();
  parts_.talk = std::move(talk);
  actors::api::make_conversations(parts_);
}

process::~process() {
  life_->alive = false;
  if (!system_)
    return;
  root_ = nullptr;
  if (const auto root = caf::actor_cast<caf::actor>(root_address_))
    caf::anon_send_exit(root, caf::exit_reason::kill);
  drain();
  // Whoever still waits is refused, as it is when the engine stops.
  parts_.journal->abandon();
  parts_.readers->close();
  drain();
  if (const auto left = system_->registry().running(); left > system_actors_)
    world_.violated(std::to_string(left - system_actors_) + " actors outlive their tree");
}

void process::drain() {
  for (int left = 1'000'000; left > 0 && scheduler_->has_job(); --left)
    scheduler_->run_once();
}

bool process::held(caf::resumable* job) const {
  const auto* actor = actor_of(job);
  if (!actor)
    return false;
  const auto found = stalled_.find(std::string_view{actor->name()});
  return found != stalled_.end() && found->second > world_.now();
}

bool process::step() {
  auto& jobs = scheduler_->jobs;
  const auto count = jobs.size();
  if (count == 0)
    return false;
  auto chosen = world_.order.below(count);
  if (!stalled_.empty()) {
    std::size_t tried = 0;
    while (tried < count && held(jobs[chosen])) {
      chosen = (chosen + 1) % count;
      ++tried;
    }
    if (tried == count)
      return false;
  }
  std::swap(jobs.front(), jobs[chosen]);
  auto* job = jobs.front();
  if (const auto* actor = actor_of(job))
    world_.history.step(actor->id(), static_cast<std::uint64_t>(world_.now().count()));
  if (world_.history.aloud())
    show(job);
  scheduler_->run_once();
  return true;
}

void process::show(caf::resumable* job) const {
  auto* actor = actor_of(job);
  const auto* next = actor ? actor->mailbox().peek() : nullptr;
  if (!next)
    return;
  auto& content = next->content();
  std::string what;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const auto type = content.type(i);
    what += i > 0 ? ", " : "";
    if (type.second != nullptr)
      what += readable(type.second->name());
    else
      what += content.stringify(i);
  }
  world_.history.print(world_.now(), std::string{actor->name()} + "#" + std::to_string(actor->id()), "gets " + what);
}

std::optional<nanoseconds> process::next_timer() const {
  const auto& schedule = scheduler_->clock().schedule();
  if (schedule.empty())
    return std::nullopt;
  return world_.now() + (schedule.begin()->first - scheduler_->clock().now());
}

void process::advance(nanoseconds by) {
  scheduler_->advance_time(by);
}

void process::serve(net::http::request& what, std::function<void(net::http::response)> answer) {
  routes_.route(what, net::http::reply{[life = life_, answer = std::move(answer)](net::http::response r) {
                  if (life->alive)
                    answer(std::move(r));
                }});
}

void process::stall(const std::string& name, nanoseconds until) {
  stalled_[name] = until;
}

std::string process::ready_actor(unsigned which) const {
  const auto& jobs = scheduler_->jobs;
  const auto* actor = jobs.empty() ? nullptr : actor_of(jobs[which % jobs.size()]);
  return actor ? actor->name() : "";
}

void process::kill_ready_actor(unsigned which) {
  const auto& jobs = scheduler_->jobs;
  auto* actor = jobs.empty() ? nullptr : actor_of(jobs[which % jobs.size()]);
  if (!actor || actor->address() == root_address_)
    return;
  const std::string_view name = actor->name();
  if (name == "stopper" || name == "actor" || name == "tree_watch")
    return;
  world_.note("chance", "kills ", name, "#", actor->id());
  caf::anon_send_exit(caf::actor_cast<caf::actor>(actor), caf::exit_reason::kill);
}

void process::park() {
  parts_.ready->store(false);
  actors::api::park_jobs(parts_);
}

void process::stop_tree() {
  actors::stop_tree(*system_, std::exchange(root_, {}), 30s, [this](bool in_time) {
    tree_stopped_ = true;
    if (!in_time && life_->alive)
      world_.violated("the tree doesn't stop when it is told to");
  });
}

void process::check_at_rest() {
  // The engine and who watches it; storage with timers, writer and two readers; services with gateway, watch and
  // housekeeper; tenants, intake and directory keeper. A tenant has a desk.
  constexpr std::size_t always = 14;
  // Second tries and the agents' keeper.
  const std::size_t for_conversations = parts_.conversation_lives ? 2 : 0;
  const auto models = world_.plan.settings.llm.providers.size() - 1;
  const auto expected = system_actors_ + always + for_conversations + models + 2 * world_.plan.tenants.size();
  const auto now = system_->registry().running();
  if (now != expected)
    world_.violated(std::to_string(now) + " actors live when all is at rest, instead of " + std::to_string(expected));
}

void process::check_bounds() const {
  constexpr std::size_t long_mailbox = 1'000;
  for (auto* job : scheduler_->jobs)
    if (auto* actor = actor_of(job); actor && actor->mailbox().size() > long_mailbox)
      world_.violated(std::string{"the mailbox of "} + actor->name() + " grows and grows");
  if (parts_.readers->depth() > long_mailbox)
    world_.violated("the queue of readers grows and grows");
  if (parts_.journal->depth() > parts_.journal->limits().appends)
    world_.violated("the journal's queue isn't bounded");
  if (world_.plan.most_actor_deaths == 0 && live_jobs() > actors::api::jobs_in_flight(*parts_.settings))
    world_.violated(std::to_string(live_jobs()) + " jobs are in memory, of "
                    + std::to_string(actors::api::jobs_in_flight(*parts_.settings)));
}

} // namespace troupe::simulation
