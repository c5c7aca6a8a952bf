#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/conversation/conversation.hpp"
#include "actors/conversation/judgement.hpp"
#include "actors/conversation/profile.hpp"
#include "actors/conversation/rare.hpp"
#include "actors/runtime/core.hpp"
#include "config/agent.hpp"

namespace troupe::actors::conversation {

enum class speaker : std::uint8_t { user, agent };

/// Something said that stands.
struct message {
  std::string id;
  speaker by = speaker::agent;
  std::string text;
  timestamp at;
};

/// A message of the user, from when it is taken until it is answered.
struct pending_message {
  std::string id;
  std::string client_id;
  std::string run;
  std::string text;
  timestamp at;
};

enum class turn_phase : std::uint8_t {
  /// A reply is being made.
  replying,
  /// It broke while its owner was being stopped; the next owner begins anew.
  broken,
  /// It stands; its fields are asked for again.
  repairing,
  /// It stands or was broken off for good. What follows from it is in the same append.
  settled,
};

/// What a message of the user leads to.
struct turn {
  pending_message message;
  std::uint64_t started = 0; ///< number of the event that began it
  std::uint64_t stood = 0;   ///< number of the event that made its reply whole; 0 = none has
  std::string reply;         ///< id of the message in the making, or made
  std::uint32_t attempt = 0;
  turn_phase phase = turn_phase::replying;
  std::uint32_t round = 0; ///< of the repair that runs
  std::string fields;      ///< that are to be repaired
  std::vector<std::string> faults;
};

/// At least so many messages' texts stay in memory; older ones are in the journal only.
constexpr std::size_t most_messages = 256;

/// A conversation as its journal tells it.
struct conversation_state {
  std::uint64_t number = 0; ///< of the last event
  std::string agent;
  std::string version; ///< of the agent's file, as last used
  std::string user;
  timestamp opened_at;
  timestamp last_at;             ///< of the last message
  std::string step;              ///< the current one; empty = none
  std::uint32_t step_number = 0; ///< 1 for the agent's first; 0 = none
  std::string agent_type;        ///< who leads it
  std::vector<std::string> completed_steps;
  bool completed = false;        ///< all steps
  std::vector<message> messages; ///< the last ones
  conversation::profile profile;
  rare<conversation::turn> turn; ///< none = at rest, as thousands are
  std::vector<pending_message> waiting;
  std::unordered_map<std::string, std::string> taken; ///< client's ids of the user's messages: our ids
  std::string asked;             ///< field of the step that the agent asked for last, without a model; empty = none
  std::uint32_t times_asked = 0; ///< in a row
  std::string last_step;         ///< of the field that changed last
  std::string last_field;
  bool parked = false;
  bool ended = false; ///< expired or deleted
};

/// When an agent that is gone says nothing of it.
inline constexpr milliseconds usual_time_to_live = std::chrono::hours{24 * 7};

struct conversation_settings {
  /// The agent in force, by its name; null = there is none any more. Any thread.
  std::function<std::shared_ptr<const config::agent_definition>(std::string_view name)> agent;
  understand_message understand; ///< without a model
  check_values check;
  bool models = true;                   ///< some provider of the chain is a model
  std::uint32_t attempts = 3;           ///< begun for one message by one life or by several
  std::uint32_t repairs = 2;            ///< rounds after a reply whose fields are wrong
  std::size_t longest_message = 16'000; ///< bytes that a user may say at once
  milliseconds answer_margin{30'000};   ///< past its limit a model's answer is no longer waited for
};

/// A conversation: pure functions, without clock, chance or I/O. Any thread.
struct conversation_core {
  using state = conversation_state;
  using event = conversation::event;
  using command = conversation::command;
  using effect = conversation::effect;
  using context = actors::context;
  using decision = actors::decision<event, effect>;
  using settings = conversation_settings;

  static constexpr const char* name = "conversation";

  static command wake(std::uint64_t epoch);
  static command stop();
  static std::optional<timer_order<command>> timer(effect& what);
  static bool gives_up(const effect& what);

  static void apply(state& s, const event& what, timestamp at);

  /// What follows from a command. Answers that are late, repeated or meant for another reply change nothing. Refusals:
  /// `not_open`, `ended`, `empty_message`, `message_too_long`, `busy`, `queue_full`, `agent_missing`, `corrupt`,
  /// `unknown_field`, `invalid_value`; a colon and what was found may follow.
  static decision decide(const state& s, command what, const context& world, const settings& with);

  /// The same, with its events applied: a long talk isn't copied.
  static decision advance(state& s, command what, const context& world, const settings& with);

  static storage::new_event encode(const event& what);

  /// Throws `storage::error` (`corrupt`), which names the event's type and field. Unknown fields are skipped.
  static event decode(std::string_view type, std::string_view payload);

  /// The conversation's row; or that nothing of it stays.
  static void project(const state& s, storage::append& to);

  /// Nothing runs and nothing waits that this owner may begin: it may be dropped from memory.
  static bool finished(const state& s);
};

/// What is wrong with a stored conversation in the eyes of its agent, or nothing: its step is none of the agent's. It
/// can still be read.
std::optional<std::string> corruption(const conversation_state& s, const config::agent_definition& agent);

/// The message that a client's id was given to, or nothing.
const std::string* taken_as(const conversation_state& s, std::string_view client_id);

} // namespace troupe::actors::conversation
