#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/conversation_core.hpp"
#include "actors/conversation/cursor.hpp"

/// A conversation as AG-UI 1.0 events, for whoever listens.
namespace troupe::actors::conversation {

/// One event as JSON text, and the cursor that stands in it.
struct outgoing {
  std::string json;
  cursor at;
};

/// What clients are told of a conversation, from some place in it on. Equal journals give equal events with equal
/// cursors, whoever asks, but for how a reply's text is cut.
class agui_stream {
public:
  /// From before the first event.
  explicit agui_stream(std::string thread) : thread_{std::move(thread)} {}

  /// From behind the last event of `s`.
  agui_stream(std::string thread, const conversation_state& s);

  /// Appends what the next journaled event leads to.
  void take(const event& what, timestamp at, std::vector<outgoing>& out);

  /// More of the reply that is being made, as it comes. Not empty; only while a reply is being made.
  outgoing delta(std::string_view text);

  /// Id of the reply that is being made; empty = none is.
  const std::string& message() const {
    return message_;
  }

  /// How much of it has been told, in bytes.
  std::uint64_t seen() const {
    return seen_;
  }

  /// Takes that much of it for told.
  void set_seen(std::uint64_t offset) {
    seen_ = message_.empty() ? 0 : offset;
  }

  /// Of the last event taken.
  std::uint64_t number() const {
    return number_;
  }

  /// The last of its parts that was told.
  std::uint32_t part() const {
    return part_;
  }

private:
  friend class agui_mapping;

  struct pending_run {
    std::string message;
    std::string run;
  };

  std::string thread_;
  std::uint64_t number_ = 0;
  std::uint32_t part_ = 0; ///< last one told of event `number_`
  std::string version_;    ///< of the agent's file
  std::string run_;        ///< that is under way
  std::string step_;       ///< current one
  std::string message_;
  std::uint64_t seen_ = 0;
  std::vector<pending_run> runs_; ///< of messages that wait
};

/// What a client is told at first, and the stream to go on with.
struct connection {
  std::vector<outgoing> events;
  agui_stream stream;
};

/// For a client that has seen nothing: `STATE_SNAPSHOT`, `MESSAGES_SNAPSHOT`, and of a run that is under way what
/// stands of it. The text of a reply that is being made follows as `delta`.
connection connect(std::string thread, const conversation_state& s);

/// For a client that has seen everything up to `from`: `STATE_SNAPSHOT` as of there, then what followed. The text of a
/// reply that is being made follows as `delta`, from `stream.seen()` on.
/// @param journal all events from the first on
/// @return nothing when the journal doesn't reach to `from`
std::optional<connection> resume(std::string thread, std::span<const recorded<event>> journal, const cursor& from);

/// The same without the journal, for a client that has seen all but some text of the reply that is being made.
/// @param live has followed the conversation to its end
/// @param s the conversation there
/// @return nothing when the client has missed more
std::optional<connection> resume(const agui_stream& live, const conversation_state& s, const cursor& from);

/// `{"agent", "version", "step", "current_step", "agent_type", "completed", "completed_steps", "profile", "details"}`
void write_state(json_text& out, const conversation_state& s);

} // namespace troupe::actors::conversation
