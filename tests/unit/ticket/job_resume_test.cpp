#include "fixture.hpp"

#include <map>
#include <random>
#include <set>

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::testing;
using net::desk::desk_failure;
using net::desk::desk_fault;
using net::desk::note_search;

namespace {

bool same(const job_core::decision& a, const job_core::decision& b) {
  if (a.events.size() != b.events.size() || a.effects.size() != b.effects.size()
      || a.early_effects.size() != b.early_effects.size() || a.refusal != b.refusal)
    return false;
  for (std::size_t i = 0; i < a.events.size(); ++i) {
    const auto x = job_core::encode(a.events[i]);
    const auto y = job_core::encode(b.events[i]);
    if (x.type != y.type || x.payload != y.payload)
      return false;
  }
  for (std::size_t i = 0; i < a.effects.size(); ++i)
    if (a.effects[i].index() != b.effects[i].index())
      return false;
  return true;
}

/// A desk that sometimes stores a note without saying so, and sometimes says nothing at all.
struct chaotic_desk {
  std::set<std::uint32_t> stored;                ///< writes that made a note
  std::map<std::uint32_t, timestamp> busy_until; ///< a write may take effect until its deadline, not later
};

/// One job in a world that goes wrong at random: answers are late, repeated, lost or lies of an older life; owners die
/// or stop at any moment. All from one seed.
class chaos {
public:
  explicit chaos(unsigned seed) : random_{seed} {
    job_.settings.time_limit = 60s;
    start_owner();
  }

  void run() {
    for (int step = 0; step < 400 && !has_ended(job_.state); ++step) {
      act();
      check();
    }
    // In a world that behaves again every job ends.
    for (int step = 0; step < 200 && !has_ended(job_.state); ++step) {
      calm_ = true;
      if (pending_.empty()) {
        job_.now = std::max(job_.now + 1s, job_.state.due_at);
        start_owner();
      } else {
        deliver(0, true);
      }
      check();
    }
    INFO("last event " << job_.types.back() << ", writes " << job_.state.writes);
    CHECK(has_ended(job_.state));
    CHECK(desk_.stored.size() <= 1);
    if (job_.state.phase == job_phase::completed)
      CHECK(desk_.stored.size() == 1);
  }

private:
  bool once_in(unsigned n) {
    return !calm_ && random_() % n == 0;
  }

  void tell(job_command what) {
    job_.chance = static_cast<double>(random_() % 1'000) / 1'000;
    // What a rebuilt owner would decide is what this one decides.
    const auto other = job_core::decide(job_.rebuilt(), what, {job_.now, job_.chance, job_id}, job_.settings);
    const auto decided = job_.tell(std::move(what));
    CHECK(same(decided, other));
    for (const auto& list : {decided.early_effects, decided.effects})
      for (const auto& effect : list)
        take(effect);
  }

  /// Notes an effect's answers, to be delivered sometime, and checks that the effect may be asked for at all.
  void take(const job_effect& effect) {
    if (const auto* order = std::get_if<set_timer>(&effect)) {
      pending_.push_back({timer_fired{order->kind, order->generation, order->round}, job_.now + order->after});
    } else if (std::holds_alternative<gather>(effect)) {
      CHECK_FALSE(job_.state.found.has_value());
      CHECK_FALSE(job_.state.note.has_value());
      pending_.push_back({context_gathered{std::get<gather>(effect).attempt, printer_findings()}, job_.now + 5ms});
    } else if (const auto* call = std::get_if<call_model>(&effect)) {
      CHECK_FALSE(job_.state.note.has_value());
      pending_.push_back({model_started{call->attempt}, job_.now + 10ms});
      pending_.push_back(
          {model_replied{call->attempt, model_answer{"## Recommendations\nRestart the spooler on print01 now.", "stop",
                                                     "p", "m", 1, 1, 0, 1s}},
           job_.now + 1s});
    } else if (const auto* write = std::get_if<write_note>(&effect)) {
      take_write(*write);
    } else if (const auto* look = std::get_if<look_for_note>(&effect)) {
      take_look(*look);
    }
  }

  void take_write(const write_note& write) {
    CHECK(written_numbers_.insert(write.write).second); // a number is never used twice
    for (const auto& [number, until] : desk_.busy_until)
      CHECK(job_.now >= until);  // no two writes at a time, whoever sent the first
    CHECK(desk_.stored.empty()); // what is there is found before anything is written again
    CHECK(write.deadline - job_.now == write.timeout);
    desk_.busy_until[write.write] = write.deadline;
    const auto roll = calm_ ? 0U : random_() % 10;
    if (roll < 4) {
      desk_.stored.insert(write.write);
      pending_.push_back({note_outcome{write.write, net::desk::note_written{"n"}}, job_.now + 50ms});
    } else if (roll < 6) {
      // Stored, but the connection breaks.
      desk_.stored.insert(write.write);
      pending_.push_back({fault(write.write, desk_fault::unknown_outcome), job_.now + 100ms});
    } else if (roll < 7) {
      pending_.push_back({fault(write.write, desk_fault::unknown_outcome), job_.now + 100ms});
    } else if (roll < 9) {
      pending_.push_back({fault(write.write, desk_fault::unavailable), job_.now + 20ms});
      desk_.busy_until.erase(write.write);
    } // else it is never heard of again
  }

  void take_look(const look_for_note& look) {
    CHECK(job_.state.open.has_value());
    CHECK(job_.now >= desk_.busy_until[look.write] + job_.settings.write_margin);
    note_looked_up answer{look.write, look.round, note_search{}};
    if (once_in(4))
      answer.result = desk_failure{desk_fault::unavailable, "down", {}};
    else if (!desk_.stored.empty())
      answer.result = note_search{"n"};
    pending_.push_back({answer, job_.now + 10ms});
  }

  static note_outcome fault(std::uint32_t write, desk_fault what) {
    return {write, desk_failure{what, "trouble", {}}};
  }

  void start_owner() {
    // The dead owner's timers die with it; answers that were on their way are lost, or reach its successor.
    std::erase_if(pending_, [&](const delivery& next) {
      return std::holds_alternative<timer_fired>(next.command) || random_() % 2 == 0;
    });
    tell(wake{++job_.epoch});
  }

  void act() {
    if (once_in(12))
      return start_owner();
    if (once_in(25))
      return tell(job_core::stop());
    if (once_in(25))
      return tell(operator_retry{"chaos"});
    if (once_in(40))
      return tell(operator_discard{"chaos"});
    if (once_in(15)) {
      job_.now += std::chrono::seconds{random_() % 60};
      return;
    }
    if (pending_.empty()) {
      job_.now += 5s;
      return start_owner();
    }
    deliver(random_() % pending_.size(), !once_in(3));
  }

  void deliver(std::size_t at, bool once) {
    auto next = pending_[at];
    if (once)
      pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(at));
    job_.now = std::max(job_.now, next.due);
    tell(next.command);
  }

  void check() {
    const auto& state = job_.state;
    CHECK(state.attempt_writes <= std::max(1U, job_.settings.writes));
    CHECK(state.attempt <= job_.settings.retries + 1);
    CHECK(state.number == job_.journal.size());
    // Completed steps stay completed.
    std::map<std::string, int> count;
    for (const auto& type : job_.types)
      ++count[type];
    CHECK(count["accepted"] == 1);
    CHECK(count["gathered"] <= 1);
    CHECK(count["synthesized"] <= 1);
    CHECK(count["note_written"] <= 1);
    CHECK(count["completed"] == count["note_written"]);
    const auto row = job_core::project(state);
    CHECK(row.finished_at.has_value() == has_ended(state));
  }

  struct delivery {
    job_command command;
    timestamp due;
  };

  std::mt19937 random_;
  job_bench job_;
  chaotic_desk desk_;
  std::vector<delivery> pending_;
  std::set<std::uint32_t> written_numbers_;
  bool calm_ = false;
};

} // namespace

TEST_CASE("whatever goes wrong: no step twice, no two writes at a time, one note at most, and every job ends") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    chaos{seed}.run();
  }
}
