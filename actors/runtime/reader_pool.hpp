#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/actor.hpp>
#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/runtime/messages.hpp"
#include "actors/runtime/probes.hpp"
#include "actors/runtime/storage_task.hpp"
#include "storage/backend.hpp"

namespace troupe::actors {

/// Something to be read, on a reader's thread.
using read_task = storage_task<storage::reader>;
using read_task_ptr = std::unique_ptr<read_task>;

/// The bounded queue that all readers serve, first come first served. It outlives the readers' crashes. Any thread.
class reader_pool {
public:
  /// @param limit tasks that may wait; above: refused as unavailable
  explicit reader_pool(std::size_t limit = 8'192, std::shared_ptr<reader_probe> probe = nullptr);

  reader_pool(const reader_pool&) = delete;
  reader_pool& operator=(const reader_pool&) = delete;

  /// Hands over a task. When the queue is full or closed, `failed` hears `unavailable` before this returns.
  void submit(read_task_ptr what);

  /// The same from two functions: `work(storage::reader&)`, which passes its result on by itself, and
  /// `failed(const storage::error&)`.
  template <class Work, class Failed>
  void run(Work work, Failed failed) {
    submit(make_storage_task<storage::reader>(std::move(work), std::move(failed)));
  }

  /// Tasks that wait for a reader.
  std::size_t depth() const;

  /// Refuses what waits and all that comes: the engine stops.
  void close();

  // -- The readers' side -------------------------------------------------------------------------------------------

  /// A reader is idle: it gets `work_ready` when there is something to do.
  void idle(caf::actor reader);

  /// The reader has ended.
  void remove(caf::actor_id reader);

  /// The next task; none when nothing waits.
  read_task_ptr take();

  void count_fault();

private:
  const std::size_t limit_;
  std::shared_ptr<reader_probe> probe_;
  mutable std::mutex mutex_;
  std::deque<read_task_ptr> tasks_;
  std::vector<caf::actor> idle_;
  bool closed_ = false;
};

using reader_actor = caf::typed_actor<
    /// Runs tasks of the pool until none waits. Sent by the pool, and by the reader to itself.
    caf::reacts_to<work_ready>>;

class reader_state {
public:
  static inline constexpr const char* name = "reader";

  using pointer = reader_actor::stateful_pointer<reader_state>;

  explicit reader_state(pointer self);
  ~reader_state();

  reader_state(const reader_state&) = delete;
  reader_state& operator=(const reader_state&) = delete;

  void configure(std::shared_ptr<reader_pool> pool, std::function<std::unique_ptr<storage::reader>()> open);

  void work();

private:
  void serve(read_task& task);

  pointer self_;
  std::shared_ptr<reader_pool> pool_;
  std::function<std::unique_ptr<storage::reader>()> open_;
  std::unique_ptr<storage::reader> db_;
};

/// One connection that serves the pool's tasks. It opens the database on its own thread when first needed, and again
/// after a fault that may come from the connection. Spawn a fixed number of them, detached.
reader_actor::behavior_type reader(reader_state::pointer self, std::shared_ptr<reader_pool> pool,
                                   std::function<std::unique_ptr<storage::reader>()> open);

} // namespace troupe::actors
