#include "tests/simulation/world.hpp"

#include <algorithm>

#include "tests/simulation/peers.hpp"

namespace troupe::simulation {

using namespace std::chrono_literals;

namespace {

/// Before a process that ended starts again: longer than any request is on its way.
constexpr nanoseconds shortest_pause = 50ms;
/// Any job has come to its end this long after the last fault, unless somebody lost it.
constexpr nanoseconds patience = 30min;
constexpr std::uint64_t most_steps = 3'000'000;
/// One in so many waits until all actors that died are there again, and counts them.
constexpr std::uint64_t worlds_that_rest = 8;
constexpr unsigned steps_between_checks = 64;
constexpr milliseconds week = std::chrono::hours{24 * 8}; ///< and a day

} // namespace

world::world(simulation::plan of, bool aloud)
    : plan{std::move(of)}, history{aloud}, order{plan.seed, "order"}, latency{plan.seed, "latency"}, checker{*this},
      talks{*this}, net{*this} {
  for (unsigned i = 0; i < plan.tenants.size(); ++i)
    net.add("desk-" + std::to_string(i) + ".example", std::make_unique<desk_peer>(*this, i));
  for (unsigned i = 0; i + 1 < plan.settings.llm.providers.size(); ++i)
    net.add("model-" + std::to_string(i) + ".example",
            std::make_unique<model_peer>(*this, i, plan.settings.llm.providers[i].timeout));
  net.add("articles.example", std::make_unique<articles_peer>(*this));
  workloads = make_workloads(*this);
}

world::~world() {
  drop_process();
}

void world::violated(std::string what) {
  if (!violation_.empty())
    return;
  note("INVARIANT", what);
  violation_ = std::move(what);
}

void world::crash(std::string_view why) {
  if (!engine())
    return;
  note("process", "crashes ", why);
  process_->crash();
}

void world::fill_store() {
  const auto db = store->open_writer();
  for (const auto& tenant : plan.tenants) {
    db->add_tenant(tenant);
    const auto token = token_of(tenant);
    const std::vector<storage::past_ticket> tickets{
        {"P-1", "Printer spooler " + token, "The spooler of the printer hangs " + token, "Restarted " + token, ""},
        {"P-2", "Mail " + token, "No mail since noon " + token, "Freed the queue " + token, ""}};
    const std::vector<storage::article> articles{
        {"A-1", "Spooler of " + token, "Restart it", "", "https://kb.example"}};
    const std::vector<storage::asset> assets{{{"10.0.0.7"}, "host-" + token, "print server", tenant.name, "cellar"}};
    db->put_tickets(tenant.id, tickets);
    db->put_articles(tenant.id, articles);
    db->put_assets(tenant.id, assets);
  }
}

outcome world::run() {
  fill_store();
  for (auto& each : workloads)
    each->begin();
  plan_faults();
  start_process();
  while (!over_ && violation_.empty())
    tick();
  if (violation_.empty()) {
    checker.check_all();
    talks.check_all();
    for (auto& each : workloads)
      each->check();
  }
  drop_process();
  return {violation_, history.hash(), now_, steps_, checker.jobs().size()};
}

void world::tick() {
  if (process_ && !process_->alive())
    end_process(false);
  if (process_ && process_->step()) {
    if (++steps_ % steps_between_checks == 0 && process_->alive())
      process_->check_bounds();
    if (steps_ > most_steps)
      violated("the engine doesn't come to rest; what is open: " + open_thing());
    if (!coming_.empty())
      apply_due();
    // Processors are slow now and then: time passes while messages wait.
    if (!order.chance(1.0 / 48))
      return;
  }
  auto next = next_event();
  if (!next)
    return violated("nothing will ever happen again, and something is open: " + open_thing());
  advance_to(*next);
}

std::optional<nanoseconds> world::next_event() const {
  auto result = events.next();
  if (process_)
    if (const auto timer = process_->next_timer(); timer && (!result || *timer < *result))
      result = timer;
  return result;
}

void world::advance_to(nanoseconds when) {
  const auto by = std::max(when - now_, 0ns);
  now_ += by;
  time->advance(by);
  if (process_)
    process_->advance(by);
  while (auto what = events.take(now_))
    what();
}

// -- Processes --------------------------------------------------------------------------------------------------------

void world::start_process() {
  if (process_)
    return;
  note("process", "starts");
  started_ = now_;
  checker.process_started();
  try {
    process_ = std::make_unique<process>(*this, ++lives_);
  } catch (const std::exception& e) {
    // The service manager tries again.
    note("process", "doesn't start: ", e.what());
    after(1s, [this] { start_process(); });
  }
}

void world::end_process(bool in_order) {
  checker.process_ended(process_->parts().metrics, in_order && plan.most_actor_deaths == 0);
  drop_process();
  note("process", "is gone");
  if (!last_stop_)
    after(shortest_pause + latency.skewed(0ns, 5s), [this] { start_process(); });
}

void world::drop_process() {
  for (auto& each : workloads)
    each->process_ended();
  process_.reset();
}

void world::stop_process() {
  if (!engine() || !engine()->parts().ready->load())
    return;
  note("process", "is told to stop");
  process_->park();
  poll_stop(now_ + 15s);
}

void world::poll_stop(nanoseconds park_until) {
  after(10ms, [this, park_until, which = process_.get()] {
    if (process_.get() != which || !process_->alive())
      return;
    if (process_->tree_stopped()) {
      const bool last = last_stop_;
      end_process(true);
      over_ = last;
      return;
    }
    if (park_until != 0ns && (process_->live_entities() == 0 || now_ >= park_until)) {
      if (process_->live_entities() > 0 && last_stop_)
        violated("jobs or conversations stay in memory although all have ended");
      process_->stop_tree();
      return poll_stop(0ns);
    }
    poll_stop(park_until);
  });
}

/// Long enough that whoever was to be restarted is there again, and whoever was done is gone.
bool world::live_for_a_while() const {
  return now_ - std::max({started_, last_trouble_, faults.last_taken()}) > 10s && process_->live_entities() == 0;
}

std::string world::open_thing() const {
  auto result = "job " + checker.open_job();
  for (const auto& each : workloads)
    if (const auto what = each->open_thing(); !what.empty())
      result += "; " + what;
  return result;
}

bool world::settled() const {
  return checker.open_jobs() == 0 && std::ranges::all_of(workloads, [](const auto& each) { return each->settled(); });
}

// -- Faults -----------------------------------------------------------------------------------------------------------

void world::plan_faults() {
  for (const auto& each : plan.faults)
    events.at(each.at, [this, each] {
      coming_.emplace_back(steps_ + each.messages, each);
      apply_due();
    });
  events.at(plan.quiet_from, [this] {
    note("chance", "is over");
    coming_.clear();
    faults.clear();
    time->set(time->now() - std::chrono::floor<milliseconds>(jumped_));
  });
  // Looked at in turns of virtual time, so that it doesn't disturb the order of anything.
  const auto look = std::make_shared<std::function<void()>>();
  *look = [this, weak = std::weak_ptr{look}] {
    if (now_ > plan.quiet_from + patience)
      return violated("something never comes to its end: " + open_thing());
    if (!last_stop_ && settled() && engine() && engine()->parts().ready->load()
        && (plan.seed % worlds_that_rest != 0 || live_for_a_while())) {
      if (live_for_a_while())
        process_->check_at_rest();
      last_stop_ = true;
      return stop_process();
    }
    if (const auto self = weak.lock())
      after(500ms, [self] { (*self)(); });
  };
  events.at(plan.quiet_from + 1s, [look] { (*look)(); });
}

void world::apply_due() {
  for (std::size_t i = 0; i < coming_.size();) {
    if (coming_[i].first > steps_) {
      ++i;
      continue;
    }
    const auto what = coming_[i].second;
    coming_.erase(coming_.begin() + static_cast<std::ptrdiff_t>(i));
    apply(what);
  }
}

void world::apply(const fault& what) {
  note("chance", describe(what));
  if (what.kind > fault_kind::last_armed && what.kind < fault_kind::pause_tenant)
    last_trouble_ = std::max(last_trouble_, now_);
  if (what.kind <= fault_kind::last_armed)
    return faults.arm(what);
  if (what.kind == fault_kind::clock_jump) {
    // A write that a desk is still busy with when the clock jumps is beyond what can be promised.
    for (unsigned i = 0; i < plan.tenants.size(); ++i)
      dynamic_cast<desk_peer&>(net.at("desk-" + std::to_string(i) + ".example")).settle();
    const auto by = what.target % 2 == 0 ? what.span : -what.span;
    jumped_ += by;
    time->set(time->now() + by);
    return;
  }
  if (what.kind == fault_kind::week_passes) {
    jumped_ += week;
    return time->set(time->now() + week);
  }
  for (auto& each : workloads)
    each->apply(what);
  if (engine())
    apply_to_process(what);
}

void world::apply_to_process(const fault& what) {
  const auto stall = [&](const std::string& name) {
    last_trouble_ = std::max(last_trouble_, now_ + what.span);
    process_->stall(name, std::min(now_ + nanoseconds{what.span}, std::max(now_, plan.quiet_from)));
    after(what.span, [] {}); // time must not jump over its end
  };
  switch (what.kind) {
  case fault_kind::stall_writer:
    return stall("journal_writer");
  case fault_kind::stall_reader:
    return stall("reader");
  case fault_kind::stall_actor:
    return stall(process_->ready_actor(what.target));
  case fault_kind::kill_actor:
    return process_->kill_ready_actor(what.target);
  case fault_kind::process_crash:
    return crash("at once");
  case fault_kind::process_stop:
    return stop_process();
  default:
    return;
  }
}

} // namespace troupe::simulation
