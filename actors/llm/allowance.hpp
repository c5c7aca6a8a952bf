#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "net/llm/chat.hpp"

namespace troupe::actors {

/// What a provider lets through in a minute. 0 = it isn't limited here.
struct allowance_settings {
  std::uint64_t requests = 0;
  std::uint64_t tokens = 0;
};

/// When calls may start: never more in any minute than the settings allow, nor sooner than the provider says there is
/// room. Plain logic, one owner; times are `clock::monotonic`.
class allowance {
public:
  using moment = std::chrono::nanoseconds;

  /// A call that has started.
  struct started {
    moment at{0};
    std::uint64_t number = 0; ///< of all calls
    std::uint64_t tokens = 0; ///< of all calls, this one included
  };

  explicit allowance(allowance_settings settings = {}) : settings_{settings} {}

  /// When a call of so many tokens may start; `now` or before = at once. One that is beyond all limits by itself is let
  /// through when nothing else is.
  moment ready_at(moment now, std::uint64_t tokens);

  /// A call starts.
  /// @param tokens as they were estimated
  started start(moment now, std::uint64_t tokens);

  /// What the call really took, where that is known.
  void settle(const started& call, std::uint64_t tokens);

  /// A response to that call told of limits. Those that started later aren't counted in what is left.
  void learn(const started& call, const net::llm::rate_limits& limits);

private:
  /// What a provider says of one limit, filling up until it is whole.
  struct room {
    moment at{0};
    moment until{0}; ///< from then on it isn't known any more
    double left = 0; ///< at `at`
    double per_second = 0;
    std::optional<std::uint64_t> limit;

    moment ready_at(moment now, double wanted) const;
    void take(double amount) {
      left -= amount;
    }
  };

  struct entry {
    moment at{0};
    std::uint64_t tokens = 0;
  };

  void forget(moment now);
  moment minute_ready_at(moment now, std::uint64_t tokens) const;
  static void learn(std::optional<room>& known, const net::llm::rate_limit& told, moment at, std::uint64_t later);

  allowance_settings settings_;
  std::deque<entry> minute_; ///< calls of the last one, where the settings limit them
  std::uint64_t minute_tokens_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t tokens_ = 0;
  std::optional<room> requests_left_;
  std::optional<room> tokens_left_;
};

} // namespace troupe::actors
