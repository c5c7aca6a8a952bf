#include "actors/api/chat/deadline_watch.hpp"

#include <vector>

#include <boost/asio/post.hpp>

namespace troupe::actors::api::chat {

namespace {

using namespace std::chrono_literals;

constexpr auto pause = 500ms;

} // namespace

deadline_watch::deadline_watch(boost::asio::io_context& context, std::shared_ptr<const clock> time)
    : time_{std::move(time)}, context_{context}, timer_{context} {}

void deadline_watch::set(storage::timestamp at, const std::shared_ptr<due_sometime>& who) {
  {
    const std::lock_guard guard{mutex_};
    waiting_.emplace(std::pair{at, who.get()}, who);
    if (std::exchange(looking_, true))
      return;
  }
  boost::asio::post(context_, [me = weak_from_this()] {
    if (const auto self = me.lock())
      self->wait();
  });
}

void deadline_watch::remove(storage::timestamp at, const due_sometime* who) {
  const std::lock_guard guard{mutex_};
  waiting_.erase({at, who});
}

void deadline_watch::wait() {
  timer_.expires_after(pause);
  timer_.async_wait([me = weak_from_this()](const boost::system::error_code& fault) {
    if (const auto self = me.lock(); self && !fault)
      self->look();
  });
}

void deadline_watch::look() {
  const auto now = time_->now();
  std::vector<std::shared_ptr<due_sometime>> due;
  bool more = false;
  {
    const std::lock_guard guard{mutex_};
    while (!waiting_.empty() && waiting_.begin()->first.first <= now) {
      if (auto who = waiting_.begin()->second.lock())
        due.push_back(std::move(who));
      waiting_.erase(waiting_.begin());
    }
    more = looking_ = !waiting_.empty();
  }
  if (more)
    wait();
  for (const auto& who : due)
    who->on_due(now);
}

} // namespace troupe::actors::api::chat
