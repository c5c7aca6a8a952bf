#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/runtime/core.hpp"
#include "actors/runtime/entity.hpp"

namespace troupe::testing {

/// A small core that can do everything a core may do: it counts.
struct counter {
  static constexpr const char* name = "counter";

  struct state {
    int sum = 0;
    int events = 0;
    int resumed = 0; ///< how often a wake found events
    bool closed = false;
  };

  // Events.
  struct added {
    int by = 0;
  };
  struct resumed {};
  struct closed {};
  using event = std::variant<added, resumed, closed>;

  // Effects.
  struct announce {
    int sum = 0;
  };
  struct look_up {
    std::string what;
  };
  struct alarm {
    std::uint32_t slot = 0;
    std::chrono::milliseconds after{0};
    bool off = false;
  };
  struct forget_it {};
  using effect = std::variant<announce, look_up, alarm, forget_it>;

  // Commands.
  struct woken {
    std::uint64_t epoch = 0;
  };
  struct add {
    int by = 0;
  };
  struct add_many {
    std::vector<int> each;
  };
  struct look {
    std::string what;
  };
  struct set_alarm {
    alarm what;
  };
  struct rang {
    std::uint32_t slot = 0;
  };
  struct close {};
  struct misbehave {};
  struct stop_command {};
  using command = std::variant<woken, add, add_many, look, set_alarm, rang, close, misbehave, stop_command>;

  struct settings {
    int limit = 1'000; ///< additions above are refused
  };
  using context = actors::context;
  using decision = actors::decision<event, effect>;

  static command wake(std::uint64_t epoch) {
    return woken{epoch};
  }

  static std::optional<actors::timer_order<command>> timer(effect& what) {
    auto* order = std::get_if<alarm>(&what);
    if (order == nullptr)
      return std::nullopt;
    if (order->off)
      return actors::timer_order<command>{order->slot, order->after, std::nullopt};
    return actors::timer_order<command>{order->slot, order->after, rang{order->slot}};
  }

  static bool gives_up(const effect& what) {
    return std::holds_alternative<forget_it>(what);
  }

  static void apply(state& s, const event& what, storage::timestamp) {
    ++s.events;
    if (auto* x = std::get_if<added>(&what))
      s.sum += x->by;
    else if (std::holds_alternative<resumed>(what))
      ++s.resumed;
    else
      s.closed = true;
  }

  static decision decide(const state& s, command&& what, const context&, const settings& limits);
  static storage::new_event encode(const event& what);
  static event decode(std::string_view type, std::string_view payload);

  static void project(const state& s, storage::append& to) {
    auto& row = to.job.emplace();
    row.ticket_id = std::to_string(s.sum);
    row.status = s.closed ? storage::job_status::completed : storage::job_status::running;
  }

  static bool finished(const state& s) {
    return s.closed;
  }
};

inline counter::decision counter::decide(const state& s, command&& what, const context&, const settings& limits) {
  decision d;
  if (std::holds_alternative<woken>(what)) {
    if (s.events > 0 && !s.closed)
      d.events.push_back(resumed{});
  } else if (auto* x = std::get_if<add>(&what)) {
    if (s.sum + x->by > limits.limit) {
      d.refusal = "above the limit";
      return d;
    }
    d.events.push_back(added{x->by});
    d.effects.push_back(announce{s.sum + x->by});
  } else if (auto* many = std::get_if<add_many>(&what)) {
    for (auto by : many->each)
      d.events.push_back(added{by});
    d.early_effects.push_back(look_up{"early"});
  } else if (auto* look_for = std::get_if<look>(&what)) {
    if (look_for->what == "something else")
      d.effects.push_back(forget_it{});
    d.effects.push_back(look_up{std::move(look_for->what)});
  } else if (auto* order = std::get_if<set_alarm>(&what)) {
    d.effects.push_back(order->what);
  } else if (auto* ring = std::get_if<rang>(&what)) {
    d.events.push_back(added{static_cast<int>(ring->slot)});
  } else if (std::holds_alternative<close>(what)) {
    if (!s.closed)
      d.events.push_back(closed{});
  } else if (std::holds_alternative<misbehave>(what)) {
    throw std::logic_error{"a bug in the core"};
  }
  return d;
}

inline storage::new_event counter::encode(const event& what) {
  if (auto* x = std::get_if<added>(&what))
    return {"added", std::to_string(x->by)};
  return {std::holds_alternative<resumed>(what) ? "resumed" : "closed", "{}"};
}

inline counter::event counter::decode(std::string_view type, std::string_view payload) {
  if (type == "added")
    return added{std::stoi(std::string{payload})};
  if (type == "resumed")
    return resumed{};
  if (type == "closed")
    return closed{};
  throw std::runtime_error{"no event is called " + std::string{type}};
}

/// The same core, but one that wants to be asked before it ends.
struct polite_counter : counter {
  static constexpr const char* name = "polite_counter";

  static command stop() {
    return stop_command{};
  }

  static decision decide(const state& s, command&& what, const context& world, const settings& limits) {
    if (std::holds_alternative<stop_command>(what))
      return {{closed{}}, {}, {}, {}};
    return counter::decide(s, std::move(what), world, limits);
  }
};

/// Keeps what entities asked to be done.
template <class Core>
class recorded_effects final : public actors::effect_runner<Core> {
public:
  void run(typename Core::effect what, actors::feedback<Core> answer) override {
    if (broken)
      throw std::runtime_error{"the runner is broken"};
    done.push_back(std::move(what));
    answers.push_back(std::move(answer));
  }

  bool broken = false;
  std::vector<typename Core::effect> done;
  std::vector<actors::feedback<Core>> answers;
};

template <class Core>
class recorded_events final : public actors::entity_observer<Core> {
public:
  void committed(const storage::entity_key& key, const typename Core::state&,
                 const std::vector<typename Core::event>& events, std::uint64_t number, storage::timestamp) override {
    for (std::size_t i = 0; i < events.size(); ++i)
      lines.push_back(key.id + '#' + std::to_string(number - events.size() + i + 1) + ' '
                      + Core::encode(events[i]).type);
  }

  void append_delayed(const storage::entity_key&, storage::fault, std::chrono::milliseconds wait) override {
    waits.push_back(wait);
  }

  std::vector<std::string> lines;
  std::vector<std::chrono::milliseconds> waits;
};

} // namespace troupe::testing
