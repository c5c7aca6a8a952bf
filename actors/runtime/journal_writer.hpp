#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/runtime/clock.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/probes.hpp"

namespace troupe::actors {

using journal_writer_actor = caf::typed_actor<
    /// Commits what waits in the queue. Sent by the queue, and by the writer to itself while there is more.
    caf::reacts_to<work_ready>>;

class journal_writer_state {
public:
  static inline constexpr const char* name = "journal_writer";

  using pointer = journal_writer_actor::stateful_pointer<journal_writer_state>;

  explicit journal_writer_state(pointer self);
  ~journal_writer_state();

  journal_writer_state(const journal_writer_state&) = delete;
  journal_writer_state& operator=(const journal_writer_state&) = delete;

  void configure(std::shared_ptr<journal_queue> queue, std::function<std::unique_ptr<storage::writer>()> open,
                 std::shared_ptr<const clock> time, std::shared_ptr<journal_probe> probe);

  /// One batch of appends and some tasks; asks itself for more while there may be more.
  void work();

  /// Serves all that waits; nothing new comes in.
  void drain();

private:
  bool serve();
  bool open();
  void run_tasks();
  void commit(std::span<pending_append_ptr> batch);
  void fail(std::span<pending_append_ptr> batch, const storage::error& why);
  void warn(std::size_t appends, const storage::error& why);

  pointer self_;
  std::shared_ptr<journal_queue> queue_;
  std::function<std::unique_ptr<storage::writer>()> open_;
  std::unique_ptr<storage::writer> db_; ///< null while the database can't be opened
  std::shared_ptr<const clock> clock_;
  std::shared_ptr<journal_probe> probe_;
  std::vector<pending_append_ptr> batch_; ///< at hand; those that were answered are null
  write_task_ptr task_;                   ///< at hand
  std::vector<storage::append> requests_;
  std::optional<std::chrono::nanoseconds> warned_; ///< last time, while storage fails
  std::size_t failed_ = 0;                         ///< appends since storage began to fail
};

/// The only one that writes: drains the queue and commits many entities' appends in one transaction. What arrived
/// during a commit makes the next batch, so batches grow with the load and a single append never waits for company.
/// Each append succeeds or conflicts by itself; a fault of storage is told to all of its batch, except that a batch
/// that is refused or found corrupt is committed one by one, so that only the culprit hears of it. Spawn it detached.
/// Told to stop, it closes the queue, serves what waits and ends.
/// @param open opens the database; runs on the writer's thread
journal_writer_actor::behavior_type journal_writer(journal_writer_state::pointer self,
                                                   std::shared_ptr<journal_queue> queue,
                                                   std::function<std::unique_ptr<storage::writer>()> open,
                                                   std::shared_ptr<const clock> time,
                                                   std::shared_ptr<journal_probe> probe);

} // namespace troupe::actors
