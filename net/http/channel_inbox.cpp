#include "net/http/channel_inbox.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace troupe::net::http {

namespace {

constexpr std::size_t kept_letters = 4'096;

} // namespace

bool channel_inbox::put(channel::letter l) {
  std::lock_guard guard{mutex_};
  if (!open_)
    return false;
  waiting_.push_back(std::move(l));
  if (waiting_.size() == 1)
    boost::asio::post(context_, [self = shared_from_this()] { self->deliver(); });
  return true;
}

void channel_inbox::close() {
  std::vector<channel::letter> dropped;
  std::lock_guard guard{mutex_};
  open_ = false;
  dropped.swap(waiting_);
}

void channel_inbox::deliver() {
  {
    std::lock_guard guard{mutex_};
    in_hand_.swap(waiting_);
  }
  for (auto& each : in_hand_) {
    each.to->deliver(each);
    if (!std::exchange(each.to->marked, true))
      touched_.push_back(each.to.get());
  }
  for (auto* each : touched_) {
    each->marked = false;
    each->flush();
  }
  touched_.clear();
  if (in_hand_.capacity() > kept_letters)
    std::vector<channel::letter>{}.swap(in_hand_);
  in_hand_.clear();
}

} // namespace troupe::net::http
