#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include "actors/runtime/clock.hpp"

namespace troupe::actors::api::chat {

/// What has a deadline by the wall clock, such as the end of a token.
class due_sometime {
public:
  virtual ~due_sometime() = default;

  /// The deadline has passed; it isn't set any more. On a network thread.
  virtual void on_due(storage::timestamp now) = 0;
};

/// Looks twice a second whose deadline has passed. Any thread.
class deadline_watch : public std::enable_shared_from_this<deadline_watch> {
public:
  /// @param context must outlive this object
  deadline_watch(boost::asio::io_context& context, std::shared_ptr<const clock> time);

  /// One of several deadlines that `who` may have. It is forgotten with `who`.
  void set(storage::timestamp at, const std::shared_ptr<due_sometime>& who);

  /// Takes it back, if it is still set.
  void remove(storage::timestamp at, const due_sometime* who);

private:
  using timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock>;

  void wait();
  void look();

  std::shared_ptr<const clock> time_;
  boost::asio::io_context& context_;
  timer timer_; ///< the context's thread only
  std::mutex mutex_;
  std::map<std::pair<storage::timestamp, const due_sometime*>, std::weak_ptr<due_sometime>> waiting_;
  bool looking_ = false;
};

} // namespace troupe::actors::api::chat
