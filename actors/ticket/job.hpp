#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/desk/connector.hpp"
#include "net/llm/chat.hpp"
#include "storage/backend.hpp"
#include "storage/jobs.hpp"
#include "storage/types.hpp"

/// The ticket job's vocabulary: what is remembered of it, what it is told, what it asks to be done.
namespace troupe::actors::ticket {

using std::chrono::milliseconds;
using storage::timestamp;

/// How a source of context answered.
enum class source_status : std::uint8_t { ok, empty, failed, timed_out, off, cached };

struct source_report {
  source_status status = source_status::off;
  milliseconds took{0};
};

/// An address of the ticket's text and the inventory's entry for it.
struct affected_system {
  std::string address; ///< canonical text
  storage::asset asset;
};

/// What the sources gave, best first. Sources that gave nothing say why in their report.
struct findings {
  std::vector<storage::ticket_hit> tickets;
  std::vector<storage::article_hit> articles;
  std::vector<affected_system> systems;
  std::vector<std::string> unknown_addresses; ///< of the ticket's text that the inventory doesn't have
  source_report tickets_source;
  source_report articles_source;
  source_report assets_source;
};

// -- Events: what has happened, in the order in which a job usually sees them. Their names are `job_codec`'s. --------

/// Taken from a webhook. The first event of each journal, appended by the accept path before its 202.
struct accepted {
  std::string ticket_id;
  std::string subject;
  std::string description;
  storage::priority priority = storage::priority::medium;
  std::string requester;
  std::string correlation_id;
  std::string traceparent; ///< empty = none came with the request
};

/// An owner begins an attempt, or goes on with one that its predecessor left.
struct claimed {
  std::uint32_t attempt = 0; ///< 1 for the first
  std::uint64_t epoch = 0;   ///< the owner's life
  std::string workflow;      ///< version of the workflow in force
};

struct gathered {
  findings found;
};

/// The note's text stands; a model's answer is paid for and never asked for again.
struct synthesized {
  std::string note;     ///< Markdown with the reference line
  std::string provider; ///< that composed it; `extractive` = the composer of `note.hpp`
  std::string model;
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  double cost = 0;      ///< dollars
  milliseconds took{0}; ///< the model's own time, queues apart
  std::string fallback; ///< why the model's text wasn't used, or what was changed in it; empty = used as it came
};

/// A write goes out. Until its outcome is known nobody writes again without looking for the marker first.
struct write_started {
  std::uint32_t write = 0; ///< 1 for a job's first
  timestamp deadline;      ///< its owner gives up by then
};

/// The desk may or may not have the note.
struct write_unknown {
  std::string error;
};

/// The desk certainly doesn't have the note.
struct write_refused {
  std::string error;
  std::optional<milliseconds> retry_after;
};

struct note_written {
  std::string note_id; ///< the desk's
  bool found = false;  ///< by its marker, after an outcome that was unknown
};

struct completed {};

/// The attempt is over; the next one is due at `retry_at`.
struct failed {
  std::string step;
  std::uint32_t attempt = 0;
  std::string error;
  timestamp retry_at;
};

/// The desk is spared for a while, so nothing was sent: the same attempt goes on at `retry_at`.
struct postponed {
  std::string step;
  std::string reason;
  timestamp retry_at;
  bool circuit = false; ///< it is left alone because it fails, rather than asked slowly because it wants that
};

/// Given up until an operator retries it.
struct dead_lettered {
  std::string step;
  std::string error;
};

/// Its owner was stopped in good order: the next one goes on with the same attempt.
struct parked {};

struct retried {
  std::string by;
};

struct discarded {
  std::string by;
};

using job_event = std::variant<accepted, claimed, gathered, synthesized, write_started, write_unknown, write_refused,
                               note_written, completed, failed, postponed, dead_lettered, parked, retried, discarded>;

// -- Effects: what the core asks its shell to do ---------------------------------------------------------------------

/// Ask all sources that are on, side by side, each with its own time limit. Answered by `context_gathered`. Only reads.
struct gather {
  std::uint32_t attempt = 0;
  std::string subject;
  std::string description;
};

/// Ask the chain of models. Answered by `model_replied`; `model_started` comes when the call leaves its first queue.
struct call_model {
  std::uint32_t attempt = 0;
  std::vector<net::llm::message> messages;
  milliseconds limit{0}; ///< from the call's start to its end, retries and other providers included
  std::string correlation_id;
};

/// Nobody waits for the model any more: the call is broken off.
struct give_up_model {};

/// Write the note, once. Answered by `note_outcome`.
struct write_note {
  std::uint32_t write = 0;
  std::string ticket_id;
  std::string note;
  std::string marker;
  timestamp deadline;
  milliseconds timeout{0}; ///< from now to `deadline`
  std::string correlation_id;
};

/// Look for the note on the ticket. Answered by `note_looked_up`. Only reads.
struct look_for_note {
  std::uint32_t write = 0;
  std::uint32_t round = 0;
  std::string ticket_id;
  std::string marker;
  timestamp deadline; ///< to begin by
  std::string correlation_id;
};

enum class timer_kind : std::uint8_t {
  /// The attempt's active time is used up.
  time_limit,
  /// The write's outcome should have come long ago.
  write_limit,
  /// Time to look for the note.
  look,
};

/// Deliver `timer_fired` later. Replaces a timer of the same kind; one that fires too late does no harm.
struct set_timer {
  timer_kind kind = timer_kind::time_limit;
  std::uint64_t generation = 0; ///< the journal's last event number: a timer is stale when the job has moved on
  std::uint32_t round = 0;      ///< of `look`
  milliseconds after{0};
};

using job_effect = std::variant<gather, call_model, give_up_model, write_note, look_for_note, set_timer>;

// -- Commands: what a job is told ------------------------------------------------------------------------------------

/// Go on from where the journal ends. Sent once per owner, and again to an owner whose job is due anew.
struct wake {
  std::uint64_t epoch = 0; ///< no two owners of one job share it: it tells a successor from a second wake
};

struct context_gathered {
  std::uint32_t attempt = 0;
  findings found;
};

/// A call left its queue: the step's active time runs from now on.
struct model_started {
  std::uint32_t attempt = 0;
};

struct model_answer {
  std::string text;
  std::string finish_reason;
  std::string provider;
  std::string model;
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  double cost = 0;
  milliseconds took{0};
};

/// The chain gave no answer: the note is composed without one.
struct model_failed {
  std::string detail; ///< without ticket text
};

struct model_replied {
  std::uint32_t attempt = 0;
  std::variant<model_answer, model_failed> result;
};

struct note_outcome {
  std::uint32_t write = 0;
  std::variant<net::desk::note_written, net::desk::desk_failure> result;
  milliseconds took{0}; ///< by a clock that nobody sets
};

struct note_looked_up {
  std::uint32_t write = 0;
  std::uint32_t round = 0;
  std::variant<net::desk::note_search, net::desk::desk_failure> result;
};

struct timer_fired {
  timer_kind kind = timer_kind::time_limit;
  std::uint64_t generation = 0;
  std::uint32_t round = 0;
};

/// Dead jobs, and those that wait for their next attempt: due at once, with all attempts before them.
struct operator_retry {
  std::string by;
};

/// Dead jobs only.
struct operator_discard {
  std::string by;
};

/// The owner ends: nothing more is started. Answers of what runs are still recorded. No `wake` may follow.
struct shutdown {};

using job_command = std::variant<wake, context_gathered, model_started, model_replied, note_outcome, note_looked_up,
                                 timer_fired, operator_retry, operator_discard, shutdown>;

} // namespace troupe::actors::ticket
