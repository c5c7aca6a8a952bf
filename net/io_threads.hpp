#pragma once

#include <memory>

namespace boost::asio {
class io_context;
}

namespace troupe::net {

/// The threads that run all network I/O. Outlives everything that uses it.
class io_threads {
public:
  explicit io_threads(unsigned threads);
  /// Stops and joins.
  ~io_threads();

  boost::asio::io_context& context() noexcept;

  /// Drops outstanding work and ends the threads. Idempotent.
  void stop();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::net
