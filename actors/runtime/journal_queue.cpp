#include "actors/runtime/journal_queue.hpp"

#include <algorithm>

#include <caf/send.hpp>

#include "actors/runtime/messages.hpp"

namespace troupe::actors {
namespace {

constexpr const char* full = "too much waits to be written";
constexpr const char* closed = "nothing is written any more: the engine stops";

void refuse(pending_append& what, const char* why) {
  what.done({storage::fault::unavailable, why, {}});
}

void refuse(write_task& what, const char* why) {
  what.failed(storage::error{storage::fault::unavailable, why});
}

} // namespace

journal_queue::journal_queue(journal_limits limits) : limits_{limits} {}

template <class Queue, class Entry>
void journal_queue::hand_over(Queue& to, Entry what, std::size_t limit) {
  std::unique_lock lock{mutex_};
  if (closed_ || to.size() >= limit) {
    const auto* why = closed_ ? closed : full;
    lock.unlock();
    refuse(*what, why);
    return;
  }
  to.push_back(std::move(what));
  wake_writer(lock);
}

void journal_queue::submit(pending_append_ptr what) {
  hand_over(appends_, std::move(what), limits_.appends);
}

void journal_queue::submit(write_task_ptr what) {
  hand_over(tasks_, std::move(what), limits_.tasks);
}

void journal_queue::wake_writer(std::unique_lock<std::mutex>& lock) {
  if (woken_ || !writer_)
    return;
  woken_ = true;
  auto writer = writer_;
  lock.unlock();
  caf::anon_send(writer, work_ready{});
}

std::size_t journal_queue::depth() const {
  std::lock_guard lock{mutex_};
  return appends_.size();
}

void journal_queue::close() {
  std::lock_guard lock{mutex_};
  closed_ = true;
}

void journal_queue::abandon() {
  std::deque<pending_append_ptr> appends;
  std::deque<write_task_ptr> tasks;
  {
    std::lock_guard lock{mutex_};
    closed_ = true;
    appends.swap(appends_);
    tasks.swap(tasks_);
  }
  for (auto& append : appends)
    refuse(*append, closed);
  for (auto& task : tasks)
    refuse(*task, closed);
}

void journal_queue::attach(caf::actor writer) {
  std::unique_lock lock{mutex_};
  writer_ = std::move(writer);
  woken_ = false;
  closed_ = false;
  if (!appends_.empty() || !tasks_.empty())
    wake_writer(lock);
}

void journal_queue::detach() {
  caf::actor old;
  std::lock_guard lock{mutex_};
  std::swap(old, writer_);
  woken_ = false;
}

bool journal_queue::take(std::vector<pending_append_ptr>& batch) {
  batch.clear();
  std::lock_guard lock{mutex_};
  const auto count = static_cast<std::ptrdiff_t>(std::min(limits_.batch, appends_.size()));
  std::move(appends_.begin(), appends_.begin() + count, std::back_inserter(batch));
  appends_.erase(appends_.begin(), appends_.begin() + count);
  woken_ = count > 0 || !tasks_.empty();
  return woken_;
}

write_task_ptr journal_queue::take_task() {
  std::lock_guard lock{mutex_};
  if (tasks_.empty())
    return nullptr;
  auto result = std::move(tasks_.front());
  tasks_.pop_front();
  return result;
}

} // namespace troupe::actors
