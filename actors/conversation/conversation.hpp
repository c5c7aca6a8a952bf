#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/llm/chat.hpp"
#include "storage/types.hpp"

/// The conversation's vocabulary: what is remembered of it, what it is told, what it asks to be done.
namespace troupe::actors::conversation {

using std::chrono::milliseconds;
using storage::timestamp;

/// Who a profile's value comes from.
enum class field_origin : std::uint8_t {
  /// Extracted by a model from what the user said.
  model,
  /// Understood without a model from the answer to a question.
  answer,
  /// The user put right what was known before. A model replaces such a value only when it says that the user did so
  /// again.
  correction,
  /// Set by the user directly, such as in a profile panel. As strong as a correction.
  user,
};

/// What becomes known, or is no longer, of one field.
struct field_change {
  std::string step;
  std::string field;
  std::string value; ///< JSON text; empty = not known (any more)
  double confidence = 1;
  field_origin origin = field_origin::model;
  bool skipped = false; ///< the user doesn't want to say; then there is no value

  bool operator==(const field_change&) const = default;
};

/// What a call of a model took.
struct model_usage {
  std::string provider; ///< `extractive` = composed without a model
  std::string model;
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  double cost = 0; ///< dollars
  milliseconds took{0};
};

// -- Events. Their names are `codec`'s. A message's id is `m` and the number of the event that brought it.
// --------------

/// The first event of each journal.
struct opened {
  std::string agent;
  std::string version; ///< of the agent's file
  std::string user;
  std::string text;              ///< the opening line; may be empty
  std::string step;              ///< where the talk begins; empty = the agent has no steps
  std::uint32_t step_number = 0; ///< 1 for the agent's first
  std::string agent_type;        ///< the specialist who leads it
  std::string asked;             ///< field that the opening line asks for; empty = none in particular
};

/// Taken from the user, to be answered. While another message is being answered it waits.
struct user_message {
  std::string client_id; ///< the client's own id; never empty
  std::string text;
  std::string run; ///< the client's id of the run that answers it; empty = `r` and the event's number
};

/// A model is about to be asked, or a composer. Durable before it is.
struct reply_started {
  std::string answers;       ///< id of the user's message
  std::uint32_t attempt = 0; ///< 1 for the message's first
  std::string replaces;      ///< id of the broken reply that this one is told instead of; empty = none
  std::string step;
  std::string version; ///< of the agent's file
};

/// The reply stands; its model is paid for and not asked for it again.
struct reply_completed {
  std::string text;
  std::string fields; ///< what the model says it extracted, as it came; empty = nothing was to be extracted
  std::vector<std::string> faults; ///< of `fields`; some = the model is asked for them again
  model_usage usage;
  std::string finish_reason;
  std::string fallback; ///< why no model's text was used; empty = it was
  std::string asked;    ///< field that a composed text asks for; empty = none, or the model knows
};

/// The reply ended before it was whole, and another one takes its place.
struct reply_broken {
  std::string reason;
};

/// The user broke the reply off.
struct interrupted {
  std::string text; ///< what there was of the reply
};

/// The fields were asked for again. Without faults they are valid.
struct fields_repaired {
  std::uint32_t round = 0; ///< 1 for the first
  std::string fields;
  std::vector<std::string> faults;
  model_usage usage;
};

struct fields_changed {
  std::string source; ///< id of the message that says so; empty = set directly
  std::vector<field_change> changes;
};

/// All is known that the step wants to know.
struct step_completed {
  std::string step;
};

/// Another step, with a specialist of its own, takes over.
struct handed_over {
  std::string from;
  std::string to;
  std::uint32_t step_number = 0; ///< of `to`
  std::string agent_type;
  std::string text;  ///< what its specialist says first; may be empty
  std::string asked; ///< field that the text asks for; empty = none in particular
};

/// All steps are complete. The talk may go on.
struct completed {
  std::string text; ///< closing line; may be empty
};

/// A message has been dealt with.
struct turn_ended {};

/// A message can't be answered.
struct turn_failed {
  std::string code; ///< `agent_missing`, `budget`, `corrupt`
  std::string text; ///< for the user, kindly; stands in the reply's place
};

/// Its owner was stopped in good order; what was under way goes on in the next life.
struct parked {};

/// An owner goes on with a parked conversation.
struct resumed {};

/// Nothing was said for the agent's time to live.
struct expired {};

/// The user, or somebody for them, wants it gone. What was said is erased by storage.
struct deleted {
  std::string by;
};

/// A newer message, which breaks off what is being answered, took this one's place: it isn't answered by itself.
struct message_skipped {
  std::string message; ///< its id
};

using event = std::variant<opened, user_message, reply_started, reply_completed, reply_broken, interrupted,
                           fields_repaired, fields_changed, step_completed, handed_over, completed, turn_ended,
                           turn_failed, parked, resumed, expired, deleted, message_skipped>;

// -- Effects: what the core asks its shell to do ---------------------------------------------------------------------

/// Ask the chain for a reply, streamed. What `visible_text` leaves of it goes to subscribers as it comes. Answered by
/// `model_replied` or `model_failed`.
struct ask_model {
  std::string reply; ///< id of the message in the making
  std::vector<net::llm::message> messages;
  milliseconds limit{0}; ///< of the whole call
  std::string provider;  ///< asked first; empty = the chain's order
  std::optional<double> temperature;
  std::optional<unsigned> max_tokens;
};

/// Ask the chain for JSON, not streamed. Answered by `fields_replied`.
struct ask_fields {
  std::string reply; ///< the message whose fields are wanted
  std::uint32_t round = 0;
  std::vector<net::llm::message> messages;
  std::string schema; ///< JSON Schema of the answer, for providers that can be held to one
  milliseconds limit{0};
  std::string provider;
};

/// Nobody wants the call's answer any more: it is broken off, and `model_failed` (`cancelled`) tells how far it came.
struct cancel_model {};

enum class timer_kind : std::uint8_t {
  /// An answer should have come long ago.
  answer_limit,
};

/// Deliver `timer_fired` later. Replaces a timer of the same kind; one that fires too late does no harm.
struct set_timer {
  timer_kind kind = timer_kind::answer_limit;
  std::string reply;
  std::uint32_t round = 0;
  milliseconds after{0};
};

/// For the client that sent the message, and nobody else. Nothing of it is journaled.
struct notify {
  std::string client_id;
  std::string code;       ///< `known` = was taken before; else why it was refused
  std::string message_id; ///< of the message as it was taken; empty = it wasn't, or it is too old to be told
};

using effect = std::variant<ask_model, ask_fields, cancel_model, set_timer, notify>;

// -- Commands: what a conversation is told ---------------------------------------------------------------------------

/// Go on from where the journal ends. Sent once per life in memory.
struct wake {
  std::uint64_t epoch = 0;
};

/// Begin, unless it has begun.
struct open {
  std::string agent;
  std::string user;
};

struct say {
  std::string client_id;
  std::string text;
  std::string run; ///< the client's id of the run; may be empty
};

/// Break the reply off that is being made.
struct interrupt {};

struct model_replied {
  std::string reply;
  std::string text; ///< all of it, with the fields in it
  std::string finish_reason;
  model_usage usage;
};

enum class model_fault : std::uint8_t {
  /// The chain gave no answer, or broke off.
  unavailable,
  /// It was cancelled.
  cancelled,
  /// A budget is used up.
  budget,
};

struct model_failed {
  std::string reply;
  model_fault fault = model_fault::unavailable;
  std::string detail; ///< without anything that was said
  std::string text;   ///< as far as it came
};

struct fields_replied {
  std::string reply;
  std::uint32_t round = 0;
  std::optional<std::string> text; ///< none = no model answered
  model_usage usage;
};

/// The user sets a field, or clears it with an empty value.
struct set_field {
  std::string step;
  std::string field;
  std::string value; ///< JSON text
};

struct timer_fired {
  timer_kind kind = timer_kind::answer_limit;
  std::string reply;
  std::uint32_t round = 0;
};

/// Ends the conversation if its time is over.
struct expire {};

struct erase {
  std::string by;
};

/// The owner ends: nothing more is started. Answers of what runs are still recorded. No `wake` may follow.
struct shutdown {};

using command = std::variant<wake, open, say, interrupt, model_replied, model_failed, fields_replied, set_field,
                             timer_fired, expire, erase, shutdown>;

} // namespace troupe::actors::conversation
