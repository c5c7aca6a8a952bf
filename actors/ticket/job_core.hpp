#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
    timestamp deadline;
    bool unknown = false; ///< its owner has heard that nobody knows
  };

  std::uint64_t number = 0; ///< of the last event
  accepted ticket;
  job_phase phase = job_phase::waiting;
  bool parked = false; ///< left in good order: nothing starts before the next claim
  std::uint32_t attempt = 0;
  std::uint32_t claims = 0; ///< in a row without progress
  std::uint64_t epoch = 0;  ///< of the last claim
  milliseconds used{0};     ///< active time of this attempt's steps that are over
  std::optional<timestamp> active_since;
  std::optional<findings> found; ///< until the note stands
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

/// What a decision may know of the world.
struct job_context {
  timestamp now;
  double chance = 0;       ///< even in [0, 1): for jitter
  std::string_view job_id; ///< outlives the call
};

struct job_decision {
  std::vector<job_event> events;         ///< to append as one; then to apply
  std::vector<job_effect> effects;       ///< to run once the events are durable
  std::vector<job_effect> early_effects; ///< may run at once: they only read
  std::string refusal;                   ///< of an operator's command, for the operator; empty = not refused
};

/// The ticket job: pure functions, without clock, chance or I/O. Any thread.
struct job_core {
  using state = job_state;
  using event = job_event;
  using command = job_command;
  using effect = job_effect;
  using context = job_context;
  using decision = job_decision;
  using settings = config::ticket_workflow;

  static constexpr storage::entity_kind kind = storage::entity_kind::ticket_job;

  static void apply(job_state& s, const job_event& what, timestamp at);

  /// What follows from a command. Answers that are late, repeated or meant for an older attempt change nothing, unless
  /// they tell that the note is there.
  static job_decision decide(const job_state& s, const job_command& what, const job_context& context,
                             const config::ticket_workflow& settings);

  static storage::new_event encode(const job_event& what);

  /// Throws `storage::error` (`corrupt`), which names the event's type and field. Unknown fields are skipped.
  static job_event decode(std::string_view type, std::string_view payload);

  /// The job's row in `enhancement_history` and `dispatch`.
  static storage::job_row project(const job_state& s);

  /// The owner has nothing left to do: the job ended, or waits for a time that the intake watches.
  static bool finished(const job_state& s);
};

/// The visible line that ends the job's note, by which the note is found again.
std::string marker_of(std::string_view job_id);

} // namespace troupe::actors::ticket
