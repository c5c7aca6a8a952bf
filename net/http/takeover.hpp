#pragma once

#include <memory>
#include <string>

#include "net/http/transport.hpp"

namespace troupe::net::http {

class channel;
class shard;

/// What a connection becomes once the head of an answer was sent, such as a WebSocket session. An answer carries it in
/// `response::then`; when the answer can't be sent it is dropped unused.
class takeover {
public:
  /// What the connection leaves behind.
  struct heritage {
    shard& home;
    transport wire;
    std::string remote_address;
    bool keep_alive; ///< another request may follow
    bool chunked;    ///< as the head says
  };

  takeover() = default;
  takeover(const takeover&) = delete;
  takeover& operator=(const takeover&) = delete;
  virtual ~takeover() = default;

  /// Makes it; whoever calls this starts it. The connection's thread; once.
  virtual std::shared_ptr<channel> begin(heritage&& left) = 0;
};

} // namespace troupe::net::http
