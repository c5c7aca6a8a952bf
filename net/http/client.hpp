#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "net/http/message.hpp"

namespace troupe::net {
class io_threads;
}

namespace troupe::net::http {

class client_pool;

/// Why there is no response.
enum class call_fault : std::uint8_t {
  /// Name not resolved, connection refused, not made within its limit or TLS not agreed; or the call itself isn't
  /// well-formed: the request was certainly not sent.
  unreachable,
  /// The time limit passed, or the connection broke, after something was sent: the peer may have acted on it.
  unknown_outcome,
  /// The response breaks HTTP or a limit; the peer may have acted.
  bad_response,
  /// The call's time limit passed before anything was sent.
  not_sent_in_time,
  /// The caller took the call back by its stop token, or has had enough of the body: the peer may have acted on what
  /// was sent.
  cancelled,
};

struct call_failure {
  call_fault fault = call_fault::unreachable;
  std::string detail; ///< for logs; no secrets
};

struct call_response {
  unsigned status = 0;
  std::vector<header> headers;
  std::string body;

  /// First value of a header, or empty.
  std::string_view get(std::string_view name) const noexcept;
};

using call_result = std::variant<call_response, call_failure>;

/// What a piece of a body was to who took it.
enum class uptake : std::uint8_t {
  progress, ///< what was waited for: the time to wait begins anew
  none,     ///< a sign of life that tells nothing
  enough,   ///< the last piece wanted: the call ends as `cancelled`, its connection is closed at once
};

/// Takes a response's body in pieces, as they come, instead of whole with the response.
struct body_stream {
  /// Gets a piece of at most 64 KiB, valid until it returns. On the network thread, never after `done`.
  using taker = std::function<uptake(std::string_view)>;

  /// Called once with status and header of the final response. Gives the taker of its body, or an empty function to get
  /// the body whole with the response after all.
  std::function<taker(const call_response& head)> begin;
  std::chrono::milliseconds first_timeout{10'000};   ///< from the connection to the first progress
  std::chrono::milliseconds silence_timeout{10'000}; ///< from one progress to the next
  std::size_t max_body = 64 << 20;                   ///< bytes in all
};

struct call {
  std::string method = "GET";
  std::string target;          ///< path and query, added to the endpoint's base path
  std::vector<header> headers; ///< no Host, Content-Length
  std::string body;
  std::chrono::milliseconds timeout{30'000};         ///< the whole call
  std::chrono::milliseconds connect_timeout{10'000}; ///< resolve, connect, TLS
  bool may_repeat = false;                           ///< acted on twice it does no harm, as GET and HEAD
  std::stop_token stop{};              ///< once asked to stop, the call ends and its connection is closed at once
  std::optional<body_stream> stream{}; ///< none = the body comes whole
};

/// Where calls go: one origin with its pool of keep-alive connections.
struct endpoint_settings {
  std::string url;                                ///< `http[s]://host[:port][/base]`
  std::string ca_file;                            ///< PEM file of a further authority; empty = the system's only
  std::string ca_pem;                             ///< the same as text
  std::size_t max_connections = 256;              ///< further calls wait, within their time limit
  std::size_t max_response = 4 << 20;             ///< bytes of a body that comes whole
  std::chrono::milliseconds idle_timeout{30'000}; ///< of a few; what a burst has left over is closed after 2 s
};

/// Makes calls of one origin: `client`, or a simulation's network.
class caller {
public:
  /// Breaks off what is under way: every `done` is called before this returns.
  virtual ~caller() = default;

  /// Calls and then calls `done` exactly once, never within `send`. Any thread.
  virtual void send(call what, std::function<void(call_result)> done) = 0;
};

/// How origins are reached: over network threads, unless told otherwise. Throws as `client` does.
class dialer {
public:
  using connect = std::function<std::unique_ptr<caller>(const endpoint_settings&)>;

  /// @param io must outlive all callers
  dialer(io_threads& io);
  explicit dialer(connect how) : connect_{std::move(how)} {}

  std::unique_ptr<caller> operator()(const endpoint_settings& where) const {
    return connect_(where);
  }

private:
  connect connect_;
};

/// Calls one origin over pooled keep-alive connections, plain or TLS (1.2+, peer name verified). Redirects aren't
/// followed. A call on a stale pooled connection is sent again on a fresh one only when nothing of the response came
/// and it does no harm to act on the request twice (GET, HEAD, `may_repeat`), or the peer had closed before the first
/// byte was written.
class client final : public caller {
public:
  /// Throws `std::invalid_argument` for a malformed url or PEM.
  client(io_threads& io, const endpoint_settings& settings);
  /// Breaks off what is under way: every `done` is called before this returns, on this thread if the network threads
  /// have ended. Not to be called from a `done`.
  ~client() override;

  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Calls and then calls `done` exactly once, on a network thread, never within `send`. Any thread.
  void send(call what, std::function<void(call_result)> done) override;

private:
  io_threads& io_;
  unsigned thread_; ///< all connections live on this one
  std::shared_ptr<client_pool> pool_;
};

} // namespace troupe::net::http
