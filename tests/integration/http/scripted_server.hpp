#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "peer.hpp"

namespace troupe::testing {

/// Plays a part for each connection that it accepts: what a real server would do at the worst moment.
class scripted_server {
public:
  /// The last part is played for all further connections.
  using part = std::function<void(peer&)>;

  explicit scripted_server(std::vector<part> parts);
  ~scripted_server();

  std::uint16_t port() const {
    return socket_.port();
  }
  std::string url(const std::string& base = {}) const;

  /// Connections so far.
  unsigned accepted() const {
    return accepted_;
  }

private:
  void run();

  listening_socket socket_;
  std::vector<part> parts_;
  std::atomic<unsigned> accepted_{0};
  std::mutex mutex_;
  std::vector<std::thread> playing_; ///< under the mutex
  std::thread accepting_;
};

/// A response with `Content-Length`.
std::string answer(const std::string& body, const std::string& fields = {}, const std::string& status = "200 OK");

} // namespace troupe::testing
