#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/runtime/core.hpp"
#include "actors/ticket/job.hpp"
#include "config/workflow.hpp"
#include "storage/jobs.hpp"

namespace troupe::actors::ticket {

enum class job_phase : std::uint8_t {
  /// For its first or next attempt, due at `due_at`.
  waiting,
  gathering,
  synthesizing,
  /// The note stands; it is being written, or its outcome is being found out.
  writing,
  completed,
  dead,
  discarded,
};

/// A ticket job as its journal tells it. Texts are dropped as soon as no later step needs them.
struct job_state {
  struct open_write {
    milliseconds limit{0}; ///< its owner gives up by then
    bool unknown = false;  ///< its owner has heard that nobody knows
    bool over = false;     ///< it has been looked for: the desk isn't busy with it any more
  };

  std::uint64_t number = 0; ///< of the last event
  accepted ticket;
  job_phase phase = job_phase::waiting;
  bool parked = false;    ///< left in good order: nothing starts before the next claim
  bool postponed = false; ///< waits to go on with its attempt, not for another one
  std::uint32_t attempt = 0;
  std::uint32_t claims = 0; ///< in a row without progress
  std::uint64_t epoch = 0;  ///< of the last claim
  milliseconds used{0};     ///< active time of this attempt's steps that are over
  std::optional<timestamp> active_since;
  std::optional<timestamp> spared_since; ///< when this attempt was first postponed for the desk's open circuit
  std::optional<findings> found;         ///< until the note stands
  std::optional<synthesized> note;
  std::uint32_t writes = 0;         ///< begun, in all
  std::uint32_t attempt_writes = 0; ///< begun in this attempt
  std::optional<open_write> open;   ///< the last write, while its outcome isn't known
  std::string step;                 ///< that runs or failed: gather, synthesize, write_note
  std::string error;                ///< of the last failed attempt
  timestamp received_at;
  timestamp due_at;
  std::optional<timestamp> finished_at;
  std::string note_id;
};

/// The ticket job: pure functions, without clock, chance or I/O. Any thread.
struct job_core {
  using state = job_state;
  using event = job_event;
  using command = job_command;
  using effect = job_effect;
  using context = actors::context;
  using decision = actors::decision<job_event, job_effect>;
  using settings = config::ticket_workflow;

  static constexpr const char* name = "ticket_job";

  static job_command wake(std::uint64_t epoch);
  static job_command stop();
  static std::optional<timer_order<job_command>> timer(job_effect& what);
  static bool gives_up(const job_effect& what);

  static void apply(job_state& s, const job_event& what, timestamp at);

  /// What follows from a command. Answers that are late, repeated or meant for an older attempt change nothing, unless
  /// they tell that the note is there.
  static decision decide(const job_state& s, job_command what, const context& world,
                         const config::ticket_workflow& settings);

  static storage::new_event encode(const job_event& what);

  /// Throws `storage::error` (`corrupt`), which names the event's type and field. Unknown fields are skipped.
  static job_event decode(std::string_view type, std::string_view payload);

  /// The job's row in `enhancement_history` and `dispatch`.
  static storage::job_row project(const job_state& s);
  static void project(const job_state& s, storage::append& to) {
    to.job = project(s);
  }

  /// Its owner has nothing left to do: the job ended, waits for a time that the intake watches, or is parked and no
  /// answer worth recording can come.
  static bool finished(const job_state& s);
};

static_assert(functional_core<job_core>);

/// Completed, dead or discarded.
bool has_ended(const job_state& s);

/// The visible line that ends the job's note, by which the note is found again.
std::string marker_of(std::string_view job_id);

} // namespace troupe::actors::ticket
