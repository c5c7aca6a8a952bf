#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "actors/conversation/live/feed.hpp"
#include "actors/conversation/live/port.hpp"
#include "actors/conversation/live/subscription.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "net/llm/chat.hpp"

namespace troupe::actors::conversation {

/// Runs `look` with a conversation's state on its thread, or `lost`.
using inspect_conversation =
    std::function<void(const storage::entity_key& which, std::function<void(const conversation_state&)> look,
                       std::function<void(port_fault)> lost)>;

/// The feeds of all conversations that are in memory or followed. Any thread.
class hub : public std::enable_shared_from_this<hub> {
public:
  /// @param counted hears how many are in memory or followed after each change; may be empty
  hub(std::shared_ptr<reader_pool> readers, inspect_conversation inspect,
      std::function<void(std::size_t)> counted = {});

  // -- The conversations' side --------------------------------------------------------------------------------------

  void awakened(const storage::entity_key& key, const conversation_state& s);
  void committed(const storage::entity_key& key, const conversation_state& s, const std::vector<event>& events,
                 timestamp at);

  /// Takes a reply's text as it comes from the model; what users may see of it is told at once.
  net::llm::text_taker taker(const storage::entity_key& key, std::string reply);

  /// A life in memory is over.
  /// @param for_good why nobody can follow it any more, such as `corrupt`; empty = it may go on
  void fell_asleep(const storage::entity_key& key, std::string_view for_good = {});

  /// Storage has nothing of it any more.
  void gone(const storage::entity_key& key);

  // -- Their followers ----------------------------------------------------------------------------------------------

  std::unique_ptr<subscription> subscribe(storage::entity_key which, std::optional<cursor> after,
                                          std::shared_ptr<subscriber> who);

  /// Brings a follower to where its conversation stands.
  void catch_up(const feed_ptr& of, const follower_ptr& f);

  /// Forgets the feed if nobody needs it.
  void release(const feed_ptr& which);

private:
  /// Feeds are found by the keys that they hold.
  struct by_key {
    using is_transparent = void;
    static const storage::entity_key& of(const storage::entity_key& key) noexcept {
      return key;
    }
    static const storage::entity_key& of(const feed_ptr& which) noexcept {
      return which->key();
    }
  };
  struct key_hash : by_key {
    template <class T>
    std::size_t operator()(const T& which) const noexcept {
      return std::hash<std::string>{}(of(which).id);
    }
  };
  struct same_key : by_key {
    template <class A, class B>
    bool operator()(const A& a, const B& b) const noexcept {
      return of(a) == of(b);
    }
  };

  struct shard {
    mutable std::mutex mutex;
    std::unordered_set<feed_ptr, key_hash, same_key> feeds;
  };

  shard& shard_of(const storage::entity_key& key) {
    return shards_[key_hash{}(key) % shards_.size()];
  }
  feed_ptr find(const storage::entity_key& key);
  void count(std::size_t change);
  template <class F>
  void with_feed(const storage::entity_key& key, F use);
  /// A follower who is caught up from the journal.
  struct journal_task {
    feed_ptr of;
    follower_ptr f;
  };

  void read_journal(const feed_ptr& of, const follower_ptr& f);
  void read_next();
  void give_up_reads();
  void catch_up_all(const feed_ptr& of, const std::vector<follower_ptr>& behind);

  std::shared_ptr<reader_pool> readers_;
  inspect_conversation inspect_;
  std::function<void(std::size_t)> counted_;
  std::atomic<std::size_t> size_ = 0;
  std::array<shard, 64> shards_;
  std::mutex reads_mutex_;
  std::deque<journal_task> waiting_reads_; ///< one per follower at most
  std::size_t reading_ = 0;
};

/// Decodes a journal. Throws `storage::error` (`corrupt`).
std::vector<recorded<event>> decode_journal(const std::vector<storage::stored_event>& stored);

} // namespace troupe::actors::conversation
