#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/conversation.hpp"
#include "storage/journal.hpp"

namespace troupe::simulation {

class world;

/// What `checker` is for jobs, for conversations: knows what the documents promise of them.
class talk_checker {
public:
  explicit talk_checker(world& in) : world_{in} {}

  // -- While the world runs ------------------------------------------------------------------------------------------

  /// An append was committed, whoever wrote it.
  void appended(const storage::append& what, const storage::append_result& result);

  /// What was left of a user was removed.
  void user_removed(std::string_view tenant, std::string_view user);

  /// A model is called for a conversation. @param streamed for its reply; else for fields
  void model_called(std::string_view conversation, std::string_view body, bool streamed);

  /// The engine has a model's whole reply. @param reply that was being made when the model was called
  void model_answered(std::string_view conversation, std::uint64_t reply);

  /// A client was told that its message was taken.
  void promised(const std::string& conversation, const std::string& client_id);

  /// A client is told of an event.
  void published(const std::string& conversation, std::uint64_t event);

  /// Somebody was told that a conversation is erased; or all that a user had when they asked for it.
  void is_gone(const std::string& conversation);
  void user_is_gone(std::string_view tenant, std::string_view user, std::chrono::nanoseconds asked_at);

  // -- What is known -------------------------------------------------------------------------------------------------

  struct story {
    std::string tenant;
    std::string user;
    std::string agent;
    std::chrono::nanoseconds opened{0};
    std::uint64_t number = 0;   ///< of the last event
    std::string last;           ///< event
    std::set<std::string> said; ///< clients' ids of the messages
    std::uint64_t newest = 0;   ///< number of the last message
    std::chrono::nanoseconds newest_at{0};
    std::uint64_t ended = 0;    ///< turns
    std::uint64_t answered = 0; ///< number of the message that is being answered, or was last
    std::uint64_t reply = 0;    ///< number of the event that began it
    std::uint32_t attempt = 0;
    bool in_turn = false;
    bool replying = false;
    bool stands = false;    ///< the turn's reply
    bool paid = false;      ///< a model made it
    bool whole = false;     ///< the engine has heard all of it, durable or not
    bool repairing = false; ///< its fields are asked for again
    bool erased = false;
    bool gone = false; ///< and somebody knows
    std::chrono::nanoseconds changed{0};

    /// Messages that aren't dealt with.
    std::size_t open() const {
      return said.size() - ended;
    }
  };

  bool knows(std::string_view conversation) const {
    return stories_.contains(conversation);
  }

  /// Null when it was never opened.
  const story* find(std::string_view conversation) const;

  bool is_erased(std::string_view conversation) const;

  /// Number of the event that began the reply which is being made, or was last.
  std::uint64_t reply_of(std::string_view conversation) const;

  /// One of those that aren't erased; nothing when there is none.
  std::optional<std::string> pick(std::size_t which) const;

  // -- At the end ----------------------------------------------------------------------------------------------------

  /// Rows are the folds of their journals.
  void check_all() const;

  /// Nothing of an erased conversation is left.
  void check_gone(const std::string& conversation) const;

private:
  void follow(const std::string& id, story& which, const actors::conversation::event& what);
  void begin_reply(const std::string& id, story& which, const actors::conversation::reply_started& what);
  void end_reply(const std::string& id, story& which, const actors::conversation::event& what);
  void check_row(const std::string& id, const story& which, const storage::conversation_row& row) const;
  void erased(const std::string& id, story& which);
  bool was_long_ago(std::chrono::nanoseconds when) const;
  bool gives_way(const story& which) const;
  void wrong(std::string_view id, const story& which, std::string_view what) const;

  world& world_;
  std::map<std::string, story, std::less<>> stories_;
};

} // namespace troupe::simulation
