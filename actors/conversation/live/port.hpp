#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/conversation/conversation_core.hpp"
#include "actors/conversation/live/subscriber.hpp"
#include "actors/conversation/live/subscription.hpp"
#include "actors/runtime/entity_types.hpp"
#include "storage/types.hpp"

namespace troupe::storage {
struct conversation_record;
}

namespace troupe::actors::conversation {

/// Whose conversation it is.
struct owner {
  std::string tenant;
  std::string user;
};

/// Why the port couldn't do it.
enum class port_fault : std::uint8_t {
  /// There is no such conversation, or it is somebody else's; or the tenant is gone.
  not_found,
  /// No agent of this name takes new conversations.
  agent_missing,
  /// Storage can't be used for now; the same may succeed later.
  storage_unavailable,
  /// What is stored of the conversation can't be read.
  corrupt,
  /// Too much waits already, or the engine stops.
  overloaded,
};

/// `not_found`, …
std::string_view to_string(port_fault what) noexcept;

template <class T>
using port_answer = std::function<void(std::variant<T, port_fault>)>;

/// What there is to say when something is done.
struct done_well {
  bool operator==(const done_well&) const = default;
};

/// What clients' routes do with conversations. Any thread, none of these blocks. Each answer comes once, on any thread,
/// perhaps before the call has returned; it must not block.
class port {
public:
  port() = default;
  port(const port&) = delete;
  port& operator=(const port&) = delete;
  virtual ~port() = default;

  /// The id of the user's conversation with the agent, which is opened if there is none.
  /// @param slot names one of several, such as `thread:7`; empty = the current one: the last that was opened in a slot
  /// that doesn't begin with `thread:`
  virtual void find_or_open(owner who, std::string agent, std::string slot, port_answer<std::string> done) = 0;

  /// The id of a new conversation, which becomes the current one.
  virtual void open_new(owner who, std::string agent, port_answer<std::string> done) = 0;

  /// The user's conversation of that id.
  virtual void find(owner who, std::string id, port_answer<storage::conversation_record> done) = 0;

  /// The user's conversations, newest first.
  /// @param agent empty = all agents'
  /// @param before id of the last one of the page before; empty = from the newest on
  virtual void list(owner who, std::string agent, std::size_t limit, std::string before,
                    port_answer<std::vector<storage::conversation_record>> done) = 0;

  // -- One conversation. Whose it is must have been checked: `find`. ------------------------------------------------

  /// Tells the conversation a command, and brings it into memory for that. Told once: a command that its actor's end
  /// has cut off is told again.
  ///
  /// `say` with a client's id that was taken before is `unchanged`: `inspect` then finds `taken_as` and `reply_to`.
  /// Refusals are those of `conversation_core::decide`, and `corrupt` when the journal can't be read.
  virtual void tell(storage::entity_key whom, command what, command_done done) = 0;

  /// Runs `look` with the conversation's durable state, in order with its commands, on its thread: must be short. When
  /// it can't be, `failed` is called instead.
  virtual void inspect(storage::entity_key which, std::function<void(const conversation_state&)> look,
                       std::function<void(port_fault)> failed) = 0;

  /// From now on `who` is told what happens in the conversation.
  /// @param after what it has seen; none = nothing: it is told the state and what was said at first. A cursor that the
  /// journal doesn't reach to counts as none.
  virtual std::unique_ptr<subscription> subscribe(storage::entity_key which, std::optional<cursor> after,
                                                  std::shared_ptr<subscriber> who) = 0;

  /// All that ever happened in the conversation, for its export.
  virtual void history(storage::entity_key which, port_answer<std::vector<recorded<event>>> done) = 0;

  // -- Erasure ------------------------------------------------------------------------------------------------------

  /// Erases the conversation: its subscribers are told, its journal is removed.
  /// @param by who wants it, for the event: `user`, `admin`, …
  virtual void erase(storage::entity_key which, std::string by, port_answer<done_well> done) = 0;

  /// Erases all of a user's conversations, and the key that they are sealed with.
  virtual void erase_user(owner who, std::string by, port_answer<done_well> done) = 0;
};

} // namespace troupe::actors::conversation
