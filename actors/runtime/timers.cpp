#include "actors/runtime/timers.hpp"

#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

namespace troupe::actors {

timer_handle timer_queue::insert(caf::strong_actor_ptr whom, std::chrono::nanoseconds after) {
  const auto due = whom->home_system->clock().now() + after;
  std::unique_lock lock{mutex_};
  const timer_handle result{due, ++last_token_};
  timers_.emplace(result, std::move(whom));
  arm(lock);
  return result;
}

bool timer_queue::cancel(const timer_handle& timer) {
  caf::strong_actor_ptr released; // outside of the lock
  std::lock_guard lock{mutex_};
  auto found = timers_.find(timer);
  if (found == timers_.end())
    return false;
  released = std::move(found->second);
  timers_.erase(found);
  return true;
}

std::size_t timer_queue::size() const {
  std::lock_guard lock{mutex_};
  return timers_.size();
}

void timer_queue::attach(caf::actor keeper) {
  std::unique_lock lock{mutex_};
  keeper_ = std::move(keeper);
  armed_.reset();
  arm(lock);
}

void timer_queue::detach() {
  caf::actor old;
  std::lock_guard lock{mutex_};
  std::swap(old, keeper_);
  armed_.reset();
}

void timer_queue::arm(std::unique_lock<std::mutex>& lock) {
  if (!keeper_ || timers_.empty())
    return;
  const auto first = timers_.begin()->first.due;
  if (armed_ && *armed_ <= first)
    return;
  armed_ = first;
  auto keeper = keeper_;
  lock.unlock();
  auto& clock = keeper->home_system().clock();
  clock.schedule_message(first, caf::actor_cast<caf::strong_actor_ptr>(keeper),
                         caf::make_mailbox_element(nullptr, caf::make_message_id(), caf::no_stages, work_ready{}));
}

void timer_queue::fire() {
  std::vector<std::pair<caf::strong_actor_ptr, std::uint64_t>> due;
  std::unique_lock lock{mutex_};
  if (!keeper_)
    return;
  const auto now = keeper_->home_system().clock().now();
  while (!timers_.empty() && timers_.begin()->first.due <= now) {
    due.emplace_back(std::move(timers_.begin()->second), timers_.begin()->first.token);
    timers_.erase(timers_.begin());
  }
  if (armed_ && *armed_ <= now)
    armed_.reset();
  arm(lock);
  if (lock.owns_lock())
    lock.unlock();
  for (auto& [whom, token] : due)
    caf::anon_send(caf::actor_cast<caf::actor>(whom), timer_due{token});
}

timer_keeper_state::~timer_keeper_state() {
  if (queue)
    queue->detach();
}

caf::behavior timer_keeper(caf::stateful_actor<timer_keeper_state>* self, std::shared_ptr<timer_queue> queue) {
  self->state.queue = std::move(queue);
  self->state.queue->attach(caf::actor_cast<caf::actor>(self));
  return {
      [self](work_ready) { self->state.queue->fire(); },
  };
}

ticker::ticker(caf::local_actor* self, std::chrono::nanoseconds interval) : self_{self}, interval_{interval} {}

void ticker::start() {
  ++generation_;
  running_ = true;
  order();
}

void ticker::stop() noexcept {
  running_ = false;
}

bool ticker::accept(const tick& what) {
  if (!running_ || what.generation != generation_)
    return false;
  order();
  return true;
}

void ticker::order() {
  caf::delayed_anon_send(caf::actor_cast<caf::actor>(self_), interval_, tick{generation_});
}

} // namespace troupe::actors
