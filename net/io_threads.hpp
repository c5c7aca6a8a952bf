#pragma once

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace troupe::net {

namespace http {
class deadline_wheel;
class name_resolver;
} // namespace http

/// The threads that run all network I/O. Each has an `io_context` of its own: a socket belongs to one thread for life,
/// so nothing on it needs a lock or a strand. Outlives everything that uses it. Signals are blocked on these threads.
class io_threads {
public:
  /// @param threads at least one is started
  explicit io_threads(unsigned threads);
  /// With another way to look names up.
  io_threads(unsigned threads, std::unique_ptr<http::name_resolver> names);
  /// Stops and joins.
  ~io_threads();

  io_threads(const io_threads&) = delete;
  io_threads& operator=(const io_threads&) = delete;

  unsigned size() const noexcept;

  /// A thread by turns, for what is to be spread over them. Any thread.
  unsigned next() noexcept;

  /// @param thread below `size()`
  boost::asio::io_context& context(unsigned thread = 0) noexcept;

  /// The thread's coarse timers. Only that thread may use them, or whoever called `stop`.
  http::deadline_wheel& deadlines(unsigned thread = 0) noexcept;

  /// Looks names up for all of them. Any thread.
  http::name_resolver& names() noexcept;

  /// Runs `f` on the thread and waits for its end. On the thread itself, or when the threads have ended, `f` runs at
  /// once. What `f` throws is thrown here.
  void run_on(unsigned thread, const std::function<void()>& f);

  /// Drops outstanding work and ends the threads. Idempotent. Not to be called from one of them.
  void stop();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::net
