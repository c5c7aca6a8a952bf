#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "net/http/client.hpp"
#include "tests/simulation/random_stream.hpp"

namespace troupe::simulation {

class world;

/// One process as the outside sees it: once it has crashed, nothing that it asked for reaches it any more.
struct life {
  bool alive = true;
};

using life_ptr = std::shared_ptr<life>;

/// A request on its way, and the answer that is awaited.
class exchange {
public:
  exchange(world& in, life_ptr of, net::http::call what, std::function<void(net::http::call_result)> done)
      : call{std::move(what)}, world_{in}, life_{std::move(of)}, done_{std::move(done)} {}

  /// The peer's answer, `wait` from now.
  static void answer(const std::shared_ptr<exchange>& self, nanoseconds wait, net::http::call_result with);

  /// The peer begins an answer whose body comes in pieces. False: the call is over, or takes no pieces.
  bool begin(const net::http::call_response& head);

  /// A piece of the body.
  static void put(const std::shared_ptr<exchange>& self, std::string_view piece);

  /// Ends the call if nothing is heard for so long.
  static void limit_silence(const std::shared_ptr<exchange>& self, nanoseconds limit);

  /// Ends the call, unless that was done.
  void finish(net::http::call_result with);

  bool open() const noexcept {
    return static_cast<bool>(done_);
  }

  /// Ends the call when its caller asks for it.
  static void watch(const std::shared_ptr<exchange>& self);

  const net::http::call call;
  bool departed = false;       ///< a connection was free
  std::function<void()> ended; ///< its connection is free again

private:
  world& world_;
  life_ptr life_;
  std::function<void(net::http::call_result)> done_;
  net::http::body_stream::taker pieces_;
  std::uint64_t heard_ = 0; ///< pieces that were progress
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

using exchange_ptr = std::shared_ptr<exchange>;

/// Somebody whom the engine calls.
class peer {
public:
  virtual ~peer() = default;

  /// The engine lets a request go. What must be true at that moment is checked here.
  virtual void departed(const net::http::call&) {}

  /// The engine has its answer, or waits for it no longer.
  virtual void ended(const net::http::call&) {}

  /// The request has come. May answer, later or never.
  virtual void arrived(const exchange_ptr& what) = 0;
};

/// The network around the engine: a peer per host. Requests and answers take their time; calls that take longer than
/// their limit end as `unknown_outcome`, as those of the real client do.
class network {
public:
  explicit network(world& in) : world_{in} {}

  void add(std::string host, std::unique_ptr<peer> who) {
    peers_.emplace(std::move(host), std::move(who));
  }

  peer& at(std::string_view host) {
    return *peers_.find(host)->second;
  }

  /// How one process reaches it.
  net::http::dialer dialer_for(life_ptr whose);

private:
  world& world_;
  std::map<std::string, std::unique_ptr<peer>, std::less<>> peers_;
};

/// Answers of peers.
net::http::call_response response(unsigned status, std::string body);
net::http::call_failure failure(net::http::call_fault why);

} // namespace troupe::simulation
