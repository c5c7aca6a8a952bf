#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor.hpp>

#include "actors/runtime/storage_task.hpp"
#include "storage/backend.hpp"

namespace troupe::actors {

/// What became of an append.
struct append_reply {
  /// Why storage could not do it; nothing of the append was written. None: `result` tells.
  std::optional<storage::fault> fault;
  std::string error;             ///< the fault in words
  storage::append_result result; ///< stored, conflict or duplicate
};

/// An append that waits for its commit. One owner at a time: the sender until `submit`, then the queue until `done`.
class pending_append {
public:
  explicit pending_append(storage::append what = {}) : request{std::move(what)} {}
  virtual ~pending_append() = default;

  /// Called once per `submit`, on the writer's thread or on that of `submit`: must be cheap, and must not throw.
  /// `request` is again what was submitted, so that the same append can be tried once more.
  virtual void done(append_reply reply) = 0;

  storage::append request;
};

using pending_append_ptr = std::shared_ptr<pending_append>;

/// A pending append that calls `done(append_reply)`.
template <class F>
pending_append_ptr make_pending_append(storage::append request, F done) {
  struct impl final : pending_append {
    impl(storage::append what, F callback) : pending_append{std::move(what)}, callback_{std::move(callback)} {}
    void done(append_reply reply) override {
      callback_(std::move(reply));
    }
    F callback_;
  };
  return std::make_shared<impl>(std::move(request), std::move(done));
}

/// Something else to be written: a tenant, a note, an import's rows. Runs on the writer's thread between two commits of
/// appends, and delays everybody's. What was handed over before it is durable by then.
using write_task = storage_task<storage::writer>;
using write_task_ptr = std::unique_ptr<write_task>;

struct journal_limits {
  std::size_t batch = 256;     ///< appends per transaction
  std::size_t appends = 8'192; ///< that may wait; above: refused as unavailable
  std::size_t tasks = 1'024;   ///< that may wait; above: refused as unavailable
};

/// The bounded queue in front of the journal writer. It outlives the writer's crashes: what waits is served by the
/// writer's successor. Never by two at a time: who was killed may still be in a commit, and what the successor does
/// must not overtake that. Any thread.
class journal_queue {
public:
  explicit journal_queue(journal_limits limits = {});

  journal_queue(const journal_queue&) = delete;
  journal_queue& operator=(const journal_queue&) = delete;

  /// Hands over an append. When the queue is full or closed, `done` hears `unavailable` before this returns.
  void submit(pending_append_ptr what);

  /// Hands over a task. When the queue is full or closed, `failed` hears `unavailable` before this returns.
  void submit(write_task_ptr what);

  /// The same from two functions: `work(storage::writer&)`, whose end means that it is durable, and
  /// `failed(const storage::error&)`.
  template <class Work, class Failed>
  void run(Work work, Failed failed) {
    submit(make_storage_task<storage::writer>(std::move(work), std::move(failed)));
  }

  /// Appends that wait for their commit.
  std::size_t depth() const;

  /// Everything is refused until another writer takes over. What waits already is still served while there is a writer.
  void close();

  /// Refuses all that waits: when no writer will come any more.
  void abandon();

  // -- The writer's side -------------------------------------------------------------------------------------------

  /// The writer that gets `work_ready` when there is something to do. At once when something waits already. Opens a
  /// queue that its predecessor closed.
  /// False when the predecessor hasn't ended: the writer takes over when it has. It may hang for ever, so all that
  /// waits and comes until then is refused.
  bool attach(caf::actor writer);

  /// A writer has ended.
  void detach(caf::actor_id writer);

  /// Moves the next appends, up to `limits().batch`, into `batch`. False when neither appends nor tasks wait: the
  /// writer will be woken again. False for who isn't the writer yet.
  bool take(caf::actor_id writer, std::vector<pending_append_ptr>& batch);

  /// The next task; null when none waits, or appends that were handed over before it still do.
  write_task_ptr take_task();

  const journal_limits& limits() const noexcept {
    return limits_;
  }

private:
  struct waiting_task {
    write_task_ptr what;
    std::uint64_t after; ///< so many appends were handed over before it
  };

  const char* refusal(std::size_t waiting, std::size_t limit) const noexcept;
  void refuse_all(std::unique_lock<std::mutex> lock, const char* why);
  void wake_writer(std::unique_lock<std::mutex>& lock);

  const journal_limits limits_;
  mutable std::mutex mutex_;
  std::deque<pending_append_ptr> appends_;
  std::deque<waiting_task> tasks_;
  std::uint64_t handed_over_ = 0; ///< appends
  std::uint64_t taken_ = 0;       ///< of them
  caf::actor writer_;
  caf::actor successor_;         ///< waits for the writer's end
  bool woken_ = false;           ///< a `work_ready` is on its way, or the writer is at work
  const char* closed_ = nullptr; ///< why all is refused; null while it isn't
};

} // namespace troupe::actors
