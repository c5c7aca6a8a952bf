#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "net/http/client.hpp"
#include "net/http/deadline_wheel.hpp"

namespace troupe::net::http {

class client_connection;
class client_pool;

/// A call from `client::send` to its `done`. Belongs to the pool's thread once it got there.
class pending_call final : public std::enable_shared_from_this<pending_call>, private deadline_wheel::entry {
public:
  /// Where a call is; decides what its end by time or by a broken connection means.
  enum class state : std::uint8_t { waiting, connecting, sent };

  /// @param authority for the `Host` field
  pending_call(call&& what, std::string_view base, std::string_view authority, std::function<void(call_result)> done);

  std::string wire;  ///< the request as it goes out; empty when the call isn't well-formed
  std::string fault; ///< why it isn't
  std::chrono::milliseconds connect_timeout;
  bool head_only = false;
  bool is_safe = false; ///< can be sent twice
  bool was_retried = false;
  state at = state::waiting;
  client_connection* on = nullptr;                          ///< that carries it
  std::list<std::shared_ptr<pending_call>>::iterator place; ///< in the pool's queue while `waiting`
  std::optional<body_stream> stream;

  /// Begins to watch the time limit and the stop token. On the pool's thread.
  void start(client_pool& pool);

  /// Its caller doesn't want it any more.
  bool is_cancelled() const noexcept {
    return stop_.stop_requested();
  }

  bool is_finished() const noexcept {
    return !done_;
  }

  /// Hands a streamed response's body, as far as it has come, to who takes it; it is left where nobody does.
  uptake hand_over(call_response& so_far);

  /// Whether somebody takes the body in pieces; known once some of it was handed over.
  bool has_taker() const noexcept {
    return taker_ != nullptr;
  }

  /// Calls `done`. Once.
  void finish(call_result&& result);
  void fail(call_fault why, std::string detail) {
    finish(call_failure{why, std::move(detail)});
  }

private:
  using stop_watch = std::stop_callback<std::function<void()>>;

  void on_deadline() override;

  std::stop_token stop_;
  std::optional<stop_watch> stop_watch_;
  std::function<void(call_result)> done_;
  body_stream::taker taker_;
  deadline_wheel::time_point deadline_;
  client_pool* pool_ = nullptr;
};

} // namespace troupe::net::http
