#include "actors/runtime/reader_pool.hpp"

#include <algorithm>

#include <caf/send.hpp>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

namespace troupe::actors {
namespace {

void refuse(read_task& what, const char* why) {
  what.failed(storage::error{storage::fault::unavailable, why});
}

constexpr const char* full = "too much waits to be read";
constexpr const char* closed = "nothing is read any more: the engine stops";

} // namespace

reader_pool::reader_pool(std::size_t limit, std::shared_ptr<reader_probe> probe)
    : limit_{limit}, probe_{std::move(probe)} {}

void reader_pool::submit(read_task_ptr what) {
  std::unique_lock lock{mutex_};
  if (closed_ || tasks_.size() >= limit_) {
    const auto* why = closed_ ? closed : full;
    lock.unlock();
    refuse(*what, why);
    return;
  }
  tasks_.push_back(std::move(what));
  if (probe_)
    probe_->queue_depth.Set(static_cast<double>(tasks_.size()));
  if (idle_.empty())
    return;
  auto reader = std::move(idle_.back());
  idle_.pop_back();
  lock.unlock();
  caf::anon_send(reader, work_ready{});
}

std::size_t reader_pool::depth() const {
  std::lock_guard lock{mutex_};
  return tasks_.size();
}

void reader_pool::close() {
  std::deque<read_task_ptr> tasks;
  {
    std::lock_guard lock{mutex_};
    closed_ = true;
    tasks.swap(tasks_);
  }
  for (auto& task : tasks)
    refuse(*task, closed);
}

void reader_pool::idle(caf::actor reader) {
  std::unique_lock lock{mutex_};
  if (tasks_.empty()) {
    idle_.push_back(std::move(reader));
    return;
  }
  lock.unlock();
  caf::anon_send(reader, work_ready{});
}

void reader_pool::remove(caf::actor_id reader) {
  std::vector<caf::actor> gone;
  std::lock_guard lock{mutex_};
  auto found = std::find_if(idle_.begin(), idle_.end(), [&](const caf::actor& x) { return x.id() == reader; });
  if (found != idle_.end()) {
    gone.push_back(std::move(*found));
    idle_.erase(found);
  }
}

read_task_ptr reader_pool::take() {
  std::lock_guard lock{mutex_};
  if (tasks_.empty())
    return nullptr;
  auto result = std::move(tasks_.front());
  tasks_.pop_front();
  if (probe_)
    probe_->queue_depth.Set(static_cast<double>(tasks_.size()));
  return result;
}

void reader_pool::count_fault() {
  if (probe_)
    probe_->faults.Increment();
}

reader_state::reader_state(pointer self) : self_{self} {}

reader_state::~reader_state() {
  if (pool_)
    pool_->remove(self_->id());
}

void reader_state::configure(std::shared_ptr<reader_pool> pool,
                             std::function<std::unique_ptr<storage::reader>()> open) {
  pool_ = std::move(pool);
  open_ = std::move(open);
  pool_->idle(caf::actor_cast<caf::actor>(self_));
}

void reader_state::work() {
  // A few tasks per message spare the way through the mailbox, and still let an exit message in between.
  constexpr int tasks_per_turn = 16;
  for (int i = 0; i < tasks_per_turn; ++i) {
    auto task = pool_->take();
    if (!task) {
      pool_->idle(caf::actor_cast<caf::actor>(self_));
      return;
    }
    serve(*task);
  }
  self_->send(self_, work_ready{});
}

void reader_state::serve(read_task& task) {
  try {
    if (!db_)
      db_ = open_();
    task.run(*db_);
  } catch (const storage::error& e) {
    pool_->count_fault();
    if (e.kind() == storage::fault::unavailable || e.kind() == storage::fault::corrupt)
      db_.reset();
    task.failed(e);
  } catch (...) {
    task.failed(storage::error{storage::fault::unavailable, "the reader ended"});
    throw;
  }
}

reader_actor::behavior_type reader(reader_state::pointer self, std::shared_ptr<reader_pool> pool,
                                   std::function<std::unique_ptr<storage::reader>()> open) {
  self->state.configure(std::move(pool), std::move(open));
  return {
      [self](work_ready) { self->state.work(); },
  };
}

} // namespace troupe::actors
