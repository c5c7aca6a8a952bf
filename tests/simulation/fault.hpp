#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/random_stream.hpp"

namespace troupe::simulation {

/// What can go wrong, or be done by people. Those up to `last_armed` make the next `count` operations of their kind go
/// wrong; the others happen at their time.
enum class fault_kind : std::uint8_t {
  // storage; `target` doesn't matter
  commit_unavailable,
  commit_full,
  commit_refused,
  commit_bug,      ///< the writer dies, nothing was written
  commit_then_bug, ///< the writer dies, everything was written
  crash_before_commit,
  crash_after_commit,
  operator_first, ///< somebody else writes to a job just before its owner does
  read_unavailable,
  read_bug, ///< the reader dies
  open_unavailable,
  // models; `target` is the provider
  model_error,
  model_rate_limited,
  model_refused,
  model_cut, ///< half an answer
  model_garbage,
  model_empty,
  model_hang,
  model_unreachable,
  model_slow,
  // desks; `target` is the tenant
  desk_stored_drop, ///< accepts the note and loses the answer
  desk_stored_late, ///< accepts it past the write's deadline, within the margin
  desk_stored_error,
  desk_drop,
  desk_hang,
  desk_error,
  desk_rate_limited,
  desk_refused,
  desk_unreachable,
  desk_list_error,
  desk_list_hang,
  desk_list_twice, ///< shows each note twice
  // the external knowledge base
  articles_error,
  articles_hang,
  articles_garbage,
  last_armed = articles_garbage,
  // what happens at its time
  stall_writer, ///< a thread that doesn't get its turn for `span`
  stall_reader,
  stall_actor,
  kill_actor, ///< the next one to run: `target` picks among those that are ready
  process_crash,
  process_stop, ///< SIGTERM, then a start
  clock_jump,   ///< the wall clock, by `span` (negative for odd targets)
  pause_tenant, ///< for `span`; this and what follows disturbs nothing
  change_tenant,
  operator_retry, ///< by another process, on the journal: whoever owns the job loses it
  operator_discard,
  user_retry, ///< by the API
  burst,      ///< `count` deliveries at once
  // of worlds with conversations only
  erase_talk,
  erase_user,
  week_passes, ///< for all clocks; and a day
  last = week_passes,
};

inline constexpr std::size_t fault_kinds = static_cast<std::size_t>(fault_kind::last) + 1;

/// Those that any world may have.
inline constexpr std::size_t common_fault_kinds = static_cast<std::size_t>(fault_kind::burst) + 1;

std::string_view name_of(fault_kind kind) noexcept;

struct fault {
  nanoseconds at{0};
  fault_kind kind = fault_kind::commit_unavailable;
  unsigned target = 0;
  unsigned count = 1;
  unsigned messages = 0; ///< that actors still get before it happens: any step can be hit that way
  milliseconds span{0};
};

/// `12.400s desk_stored_drop of 1, 2 times`
std::string describe(const fault& what);

/// The faults that wait for an operation to go wrong.
class armed_faults {
public:
  /// @param now virtual time; must outlive this object
  explicit armed_faults(const nanoseconds& now) : now_{now} {}

  void arm(const fault& what) {
    left_[index(what.kind, what.target)] += what.count;
  }

  /// Whether the operation at hand goes wrong in this way.
  bool take(fault_kind kind, unsigned target = 0) {
    auto& left = left_[index(kind, target)];
    if (left == 0)
      return false;
    --left;
    last_taken_ = now_;
    return true;
  }

  nanoseconds last_taken() const noexcept {
    return last_taken_;
  }

  void clear() {
    left_.fill(0);
  }

private:
  static constexpr std::size_t targets = 4;

  static std::size_t index(fault_kind kind, unsigned target) {
    return static_cast<std::size_t>(kind) * targets + target % targets;
  }

  const nanoseconds& now_;
  nanoseconds last_taken_{0};
  std::array<unsigned, fault_kinds * targets> left_{};
};

} // namespace troupe::simulation
