#include "actors/runtime/journal_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <caf/send.hpp>

#include "actors/runtime/messages.hpp"

namespace troupe::actors {
namespace {

constexpr const char* full = "too much waits to be written";
constexpr const char* stopped = "nothing is written any more: the engine stops";
constexpr const char* blocked = "nothing is written before the last writer has ended";

void refuse(pending_append& what, const char* why) {
  what.done({storage::fault::unavailable, why, {}});
}

void refuse(write_task& what, const char* why) {
  what.failed(storage::error{storage::fault::unavailable, why});
}

} // namespace

journal_queue::journal_queue(journal_limits limits) : limits_{limits} {}

const char* journal_queue::refusal(std::size_t waiting, std::size_t limit) const noexcept {
  return waiting < limit ? closed_ : full;
}

void journal_queue::submit(pending_append_ptr what) {
  std::unique_lock lock{mutex_};
  if (const auto* why = refusal(appends_.size(), limits_.appends)) {
    lock.unlock();
    return refuse(*what, why);
  }
  ++handed_over_;
  appends_.push_back(std::move(what));
  wake_writer(lock);
}

void journal_queue::submit(write_task_ptr what) {
  std::unique_lock lock{mutex_};
  if (const auto* why = refusal(tasks_.size(), limits_.tasks)) {
    lock.unlock();
    return refuse(*what, why);
  }
  tasks_.push_back({std::move(what), handed_over_});
  wake_writer(lock);
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
  closed_ = stopped;
}

void journal_queue::abandon() {
  refuse_all(std::unique_lock{mutex_}, stopped);
}

void journal_queue::refuse_all(std::unique_lock<std::mutex> lock, const char* why) {
  closed_ = why;
  taken_ = handed_over_;
  const auto appends = std::exchange(appends_, {});
  const auto tasks = std::exchange(tasks_, {});
  lock.unlock();
  for (const auto& append : appends)
    refuse(*append, why);
  for (const auto& task : tasks)
    refuse(*task.what, why);
}

bool journal_queue::attach(caf::actor writer) {
  std::unique_lock lock{mutex_};
  if (writer_) {
    std::swap(successor_, writer);
    refuse_all(std::move(lock), blocked);
    return false;
  }
  writer_ = std::move(writer);
  woken_ = false;
  closed_ = nullptr;
  if (!appends_.empty() || !tasks_.empty())
    wake_writer(lock);
  return true;
}

void journal_queue::detach(caf::actor_id writer) {
  const auto is = [writer](const caf::actor& who) { return who && who.id() == writer; };
  caf::actor old;
  std::lock_guard lock{mutex_};
  if (is(writer_)) {
    old = std::exchange(writer_, std::exchange(successor_, nullptr));
    woken_ = false;
    if (writer_)
      closed_ = nullptr; // nothing waits: it was refused
  } else if (is(successor_)) {
    std::swap(old, successor_);
    if (closed_ == blocked)
      closed_ = nullptr;
  }
}

bool journal_queue::take(caf::actor_id writer, std::vector<pending_append_ptr>& batch) {
  batch.clear();
  std::lock_guard lock{mutex_};
  if (!writer_ || writer_.id() != writer)
    return false;
  const auto count = std::min(limits_.batch, appends_.size());
  const auto end = appends_.begin() + static_cast<std::ptrdiff_t>(count);
  std::move(appends_.begin(), end, std::back_inserter(batch));
  appends_.erase(appends_.begin(), end);
  taken_ += count;
  woken_ = count > 0 || !tasks_.empty();
  return woken_;
}

write_task_ptr journal_queue::take_task() {
  std::lock_guard lock{mutex_};
  if (tasks_.empty() || tasks_.front().after > taken_)
    return nullptr;
  auto result = std::move(tasks_.front().what);
  tasks_.pop_front();
  return result;
}

} // namespace troupe::actors
