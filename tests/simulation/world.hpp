#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/runtime/clock.hpp"
#include "net/http/message.hpp"
#include "tests/simulation/checker.hpp"
#include "tests/simulation/fault.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/plan.hpp"
#include "tests/simulation/process.hpp"
#include "tests/simulation/talk_checker.hpp"
#include "tests/simulation/timeline.hpp"
#include "tests/simulation/trace.hpp"
#include "tests/simulation/workload.hpp"
#include "tests/support/memory_store.hpp"

namespace troupe::simulation {

/// How a seed went.
struct outcome {
  std::string violation; ///< empty = all invariants held
  std::uint64_t hash = 0;
  nanoseconds lived{0}; ///< virtual time
  std::uint64_t steps = 0;
  std::size_t jobs = 0;
};

/// One seed's world: the database, the network's other ends, the clients, and one engine process at a time.
/// One thread; no state outside of it.
class world {
public:
  world(simulation::plan of, bool aloud);
  ~world();

  world(const world&) = delete;
  world& operator=(const world&) = delete;

  outcome run();

  // -- For all parts of the world ------------------------------------------------------------------------------------

  nanoseconds now() const noexcept {
    return now_;
  }

  void after(nanoseconds wait, std::function<void()> what) {
    events.at(now_ + wait, std::move(what));
  }

  template <class... Parts>
  void note(std::string_view who, const Parts&... what) {
    history.note(now_, who, what...);
  }

  /// The life that is present and well; null while there is none.
  process* engine() const noexcept {
    return process_ && process_->alive() ? process_.get() : nullptr;
  }

  /// The process ends here and now: all memory is gone. It starts again after a while.
  void crash(std::string_view why);

  /// An invariant doesn't hold. The first one counts.
  void violated(std::string what);

  /// Faults are over for good.
  bool quiet() const noexcept {
    return now_ >= plan.quiet_from;
  }

  /// Nothing but pauses of tenants has disturbed the engine since.
  bool quiet_since(nanoseconds when) const noexcept {
    return std::max(last_trouble_, faults.last_taken()) < when;
  }

private:
  nanoseconds now_{0};
  nanoseconds last_trouble_{0};

public:
  const simulation::plan plan;
  trace history;
  timeline events;
  random_stream order;   ///< who runs next
  random_stream latency; ///< how long things take outside of the engine
  armed_faults faults{now_};
  std::shared_ptr<actors::manual_clock> time = std::make_shared<actors::manual_clock>();
  std::shared_ptr<testing::memory_store> store = testing::memory_store::make();
  simulation::checker checker;
  talk_checker talks;
  network net;
  std::vector<std::unique_ptr<workload>> workloads;

private:
  void fill_store();
  void start_process();
  void plan_faults();
  void apply(const fault& what);
  void apply_to_process(const fault& what);
  void apply_due();
  void stop_process();
  void poll_stop(nanoseconds park_until);
  void tick();
  void advance_to(nanoseconds when);
  std::optional<nanoseconds> next_event() const;
  bool settled() const;
  std::string open_thing() const;
  bool live_for_a_while() const;
  void end_process(bool in_order);
  void drop_process();

  nanoseconds jumped_{0};
  nanoseconds started_{0}; ///< the present process
  unsigned lives_ = 0;
  std::uint64_t steps_ = 0;
  std::vector<std::pair<std::uint64_t, fault>> coming_; ///< faults that wait for their number of messages
  bool last_stop_ = false;
  bool over_ = false;
  std::string violation_;
  std::unique_ptr<process> process_;
};

} // namespace troupe::simulation
