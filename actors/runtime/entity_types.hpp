#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/runtime/clock.hpp"
#include "actors/runtime/core.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/random.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "actors/runtime/timers.hpp"

namespace troupe::actors {

/// What became of a command.
struct command_result {
  enum class status : std::uint8_t {
    /// Its events are durable.
    stored,
    /// It changed nothing.
    unchanged,
    /// The core refused it; `detail` says why.
    refused,
    /// Too many commands wait.
    overloaded,
    /// The entity ended before the command was dealt with, or before it was known to be durable.
    ended,
  };
  status outcome = status::unchanged;
  std::string detail;
};

using command_done = std::function<void(command_result)>;

/// A command on its way to an entity. Its sender is answered once, whatever becomes of it.
template <class Core>
class command_envelope {
public:
  /// @param whom_to_tell called on the entity's thread; or with `ended` on that of whoever drops the command; may be
  /// empty
  /// @param of_effect the command is the answer of an effect: not counted against the bound
  explicit command_envelope(typename Core::command what, command_done whom_to_tell = {}, bool of_effect = false)
      : command{std::move(what)}, done{std::move(whom_to_tell)}, answer{of_effect} {}

  command_envelope(const command_envelope&) = delete;
  command_envelope& operator=(const command_envelope&) = delete;

  ~command_envelope() {
    if (done)
      done({command_result::status::ended, {}});
  }

  typename Core::command command;
  command_done done;
  bool answer;
};

template <class Core>
using command_envelope_ptr = std::shared_ptr<command_envelope<Core>>;

/// A look at an entity's state on its way there.
template <class Core>
class inspection {
public:
  /// @param what called once on the entity's thread with its durable state, in order with its commands
  /// @param if_lost called instead when the entity ended before, on the thread of whoever drops the look, or when it
  /// can't be: with why; may be empty
  inspection(std::function<void(const typename Core::state&)> what, std::function<void(std::string_view)> if_lost)
      : look_{std::move(what)}, if_lost_{std::move(if_lost)} {}

  inspection(const inspection&) = delete;
  inspection& operator=(const inspection&) = delete;

  ~inspection() {
    refuse({});
  }

  /// It can't be.
  void refuse(std::string_view why) {
    if (if_lost_)
      std::exchange(if_lost_, nullptr)(why);
  }

  void look(const typename Core::state& at) {
    if_lost_ = nullptr;
    look_(at);
  }

private:
  std::function<void(const typename Core::state&)> look_;
  std::function<void(std::string_view)> if_lost_;
};

template <class Core>
using inspection_ptr = std::shared_ptr<inspection<Core>>;

/// What a reader found of a journal.
struct journal_read {
  std::vector<storage::stored_event> events;
  std::optional<storage::fault> fault;
  std::string error;
};

using journal_read_ptr = std::shared_ptr<journal_read>;

/// An append that goes back to its entity with its reply. One object serves a whole life, one append at a time.
class returning_append final : public pending_append, public std::enable_shared_from_this<returning_append> {
public:
  void done(append_reply what) override;

  caf::actor whom; ///< set before each submit; let go when the append returns
  append_reply reply;
};

using returning_append_ptr = std::shared_ptr<returning_append>;

template <class Core>
using entity_actor = caf::typed_actor<
    /// Deals with a command, after those that came before. Sent by `tell` and by effects' answers.
    caf::reacts_to<command_envelope_ptr<Core>>,
    /// Shows its state, after the commands that came before. Sent by whoever wants to know.
    caf::reacts_to<inspection_ptr<Core>>,
    /// The journal as it was read. Sent by the reader pool.
    caf::reacts_to<journal_read_ptr>,
    /// What became of its append. Sent by the journal writer.
    caf::reacts_to<returning_append_ptr>,
    /// A timer is due. Sent by the timer queue.
    caf::reacts_to<timer_due>>;

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::journal_read_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::returning_append_ptr)

namespace caf {
template <class Core>
struct allowed_unsafe_message_type<std::shared_ptr<troupe::actors::command_envelope<Core>>> : std::true_type {};

template <class Core>
struct allowed_unsafe_message_type<std::shared_ptr<troupe::actors::inspection<Core>>> : std::true_type {};
} // namespace caf

namespace troupe::actors {

/// Sends an entity a command. Any thread.
/// @param done hears what became of it, once: on the entity's thread, or at once with `ended` when it is gone already
template <class Core>
void tell(const entity_actor<Core>& whom, typename Core::command command, command_done done = {}) {
  caf::anon_send(whom, std::make_shared<command_envelope<Core>>(std::move(command), std::move(done)));
}

/// Brings an effect's answer back as a command to the life of the entity that asked for it; a later life doesn't hear
/// it. Copyable. Any thread.
template <class Core>
class feedback {
public:
  feedback(entity_actor<Core> whom, std::shared_ptr<const storage::entity_key> key, std::stop_token stop)
      : whom_{std::move(whom)}, key_{std::move(key)}, stop_{std::move(stop)} {}

  void operator()(typename Core::command command) const {
    caf::anon_send(whom_, std::make_shared<command_envelope<Core>>(std::move(command), command_done{}, true));
  }

  /// Whose effect it is.
  const storage::entity_key& key() const noexcept {
    return *key_;
  }

  /// Asks to stop once the entity doesn't want the answer any more: it has ended, or its core gave the effect up.
  const std::stop_token& stop() const noexcept {
    return stop_;
  }

private:
  entity_actor<Core> whom_;
  std::shared_ptr<const storage::entity_key> key_;
  std::stop_token stop_;
};

/// Carries out the effects of one kind of entity. Called on many entities' threads at once; must not block. What it
/// throws ends the entity.
template <class Core>
class effect_runner {
public:
  virtual ~effect_runner() = default;

  virtual void run(typename Core::effect what, feedback<Core> answer) = 0;
};

/// Hears what one kind of entity does, for metrics and logs. Called on many entities' threads at once; must be cheap.
template <class Core>
class entity_observer {
public:
  virtual ~entity_observer() = default;

  /// A life in memory begins: its journal has been read, the core isn't awake yet. `number` is the last event's.
  virtual void awakened(const storage::entity_key&, const typename Core::state&, std::uint64_t /*number*/) {}

  /// Events are durable, and part of `now`. `number` is the last one's.
  virtual void committed(const storage::entity_key&, const typename Core::state& /*now*/,
                         const std::vector<typename Core::event>&, std::uint64_t /*number*/,
                         storage::timestamp /*at*/) {}

  /// Storage couldn't append; it is tried again after `wait`.
  virtual void append_delayed(const storage::entity_key&, storage::fault, std::chrono::milliseconds /*wait*/) {}
};

struct entity_settings {
  std::size_t waiting_commands = 64;          ///< beyond: `overloaded`; answers of effects are not counted
  std::chrono::milliseconds backoff_base{50}; ///< before storage is tried again; doubles, with full jitter
  std::chrono::milliseconds backoff_limit{5'000};
};

/// What all entities of one kind share. Everything is needed except `observer` and `linger`.
template <class Core>
struct entity_services {
  std::shared_ptr<const typename Core::settings> core;
  std::shared_ptr<const clock> time;
  std::shared_ptr<random> chance;
  std::shared_ptr<journal_queue> journal;
  std::shared_ptr<reader_pool> readers;
  std::shared_ptr<timer_queue> timers;
  std::shared_ptr<effect_runner<Core>> effects;
  std::shared_ptr<entity_observer<Core>> observer;
  /// How long an entity that is finished stays in memory after it was last used, asked now and then. Empty = not at
  /// all. Any thread.
  std::function<std::chrono::milliseconds()> linger;
  entity_settings settings;
};

/// One entity's life.
template <class Core>
struct entity_start {
  storage::entity_key key;
  /// All events of its journal, when they are at hand: nothing is read then.
  std::optional<std::vector<recorded<typename Core::event>>> known;
  /// Dealt with right after `wake`, before anything else and before the entity may find that it is finished.
  command_envelope_ptr<Core> first;
  std::string correlation_id;
};

} // namespace troupe::actors
