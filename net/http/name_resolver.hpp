#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace troupe::net::http {

/// Addresses behind a name; when there are none, why.
struct name_answer {
  std::vector<boost::asio::ip::address> addresses;
  std::string fault;
};

struct resolver_settings {
  std::size_t threads = 16;      ///< at most; made when they are needed
  std::size_t names = 1'024;     ///< remembered at most
  std::chrono::seconds good{30}; ///< how long addresses are remembered
  std::chrono::seconds bad{1};   ///< how long it is remembered that there are none
};

/// Looks names up on threads of its own, each name on one at a time, because the system's resolver blocks: a name whose
/// servers don't answer holds up nobody who asks for another. Any thread.
class name_resolver {
public:
  using lookup = std::function<name_answer(const std::string& host)>;
  using clock = std::function<std::chrono::steady_clock::time_point()>;
  using taker = std::function<void(const name_answer&)>;

  /// @param how blocks until it knows
  explicit name_resolver(resolver_settings settings = {}, lookup how = system_lookup,
                         clock now = std::chrono::steady_clock::now);
  /// Calls nobody any more. A look-up that hangs isn't waited for.
  ~name_resolver();

  name_resolver(const name_resolver&) = delete;
  name_resolver& operator=(const name_resolver&) = delete;

  /// Calls `t`: at once when the answer is remembered, else on one of the threads. Who asks while the name is being
  /// looked up already gets that answer.
  void find(const std::string& host, taker t);

  /// The addresses didn't serve: who comes next looks again.
  void forget(const std::string& host);

  /// By `getaddrinfo`.
  static name_answer system_lookup(const std::string& host);

private:
  struct state;
  std::shared_ptr<state> state_; ///< outlives this while a look-up hangs
};

} // namespace troupe::net::http
