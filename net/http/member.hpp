#pragma once

#include <cstddef>

namespace troupe::net::http {

/// What a shard keeps for each socket: a connection with its requests, or what one became when a request was answered
/// with more than a response. Of one network thread.
class member {
public:
  member() = default;
  member(const member&) = delete;
  member& operator=(const member&) = delete;

  /// The server ends: closes if nothing is going on, else as soon as that is over.
  virtual void drain() = 0;

  /// Closes now.
  virtual void close() = 0;

  std::size_t index = 0; ///< in the shard

protected:
  virtual ~member() = default;
};

} // namespace troupe::net::http
