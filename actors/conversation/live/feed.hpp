#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/agui.hpp"
#include "actors/conversation/live/subscriber.hpp"
#include "storage/types.hpp"

namespace troupe::actors::conversation {

/// How far one subscriber has come. Belongs to its feed, under whose lock it changes.
struct follower {
  enum class mode : std::uint8_t {
    behind, ///< is being caught up
    full,   ///< has no room: waits for `subscription::resume`
    live,   ///< gets what happens as it happens
    gone,   ///< gets nothing any more
  };

  std::shared_ptr<subscriber> who;
  std::optional<cursor> at; ///< what it has; none = nothing
  std::uint64_t ahead = 0;  ///< events up to this one it has from the journal, whatever the conversation tells
  mode is = mode::behind;
  bool welcomed = false; ///< was told the state
};

using follower_ptr = std::shared_ptr<follower>;

/// What became of catching a follower up.
enum class caught_up : std::uint8_t {
  done,         ///< it is live, has no room or is gone
  needs_journal ///< more was missed than is in memory, or more happened meanwhile
};

/// Tells everybody who follows one conversation what happens in it. It hears of it from the conversation's actor and,
/// word by word, from the network thread that a model's reply comes on; neither sends a message for that. Any thread.
class feed {
public:
  explicit feed(storage::entity_key key) : key_{std::move(key)} {}

  feed(const feed&) = delete;
  feed& operator=(const feed&) = delete;

  const storage::entity_key& key() const noexcept {
    return key_;
  }

  // -- The conversation's side --------------------------------------------------------------------------------------

  /// A life in memory begins where the journal ends. Without a journal there is nothing to follow.
  /// @return followers who have missed something, to be caught up
  std::vector<follower_ptr> awakened(const conversation_state& s);

  /// Events are durable and part of `s`.
  /// @return followers who have missed something, to be caught up
  std::vector<follower_ptr> committed(const conversation_state& s, const std::vector<event>& events, timestamp at);

  /// More of the visible text of a reply that is being made. Of any other reply: nothing happens.
  void said(const std::string& reply, std::string_view visible);

  /// The life in memory is over.
  void fell_asleep();

  // -- Followers ----------------------------------------------------------------------------------------------------

  void add(follower_ptr f);
  void remove(const follower_ptr& f);

  /// There is room again.
  /// @return whether it has to be caught up; else nothing is to be done, or it was from what is in memory
  bool resume(follower& f);

  /// From memory, on the conversation's thread.
  caught_up catch_up(follower& f, const conversation_state& s);

  /// From its journal.
  caught_up catch_up(follower& f, std::vector<recorded<event>> journal);

  /// It can't be caught up.
  void lose(follower& f, std::string_view reason);

  /// The conversation can't be followed any more.
  void lose_all(std::string_view reason);

  /// The conversation is in memory.
  bool is_awake() const;

  /// Nobody follows, and the conversation isn't in memory.
  bool is_idle() const;

private:
  static bool hand(follower& f, const published& what);
  static bool hand_all(follower& f, connection& what);
  std::vector<follower_ptr> begin_behind(const conversation_state& s);
  void publish(outgoing what, std::uint64_t number);
  bool is_told_live() const;
  void hand_missing_text(follower& f);
  void drop(follower& f, std::string_view reason);
  void drop_all(std::string_view reason);

  const storage::entity_key key_;
  mutable std::mutex mutex_;
  std::optional<agui_stream> stream_; ///< at the end of what happened; none before the first life
  std::string text_;                  ///< of the reply that is being made, as far as it was told
  std::vector<follower_ptr> followers_;
  bool awake_ = false;
};

using feed_ptr = std::shared_ptr<feed>;

} // namespace troupe::actors::conversation
