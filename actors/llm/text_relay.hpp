#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "net/llm/chat.hpp"

namespace troupe::actors {

/// Hands a streamed reply's text on to its caller, on the thread it comes on, for as long as the provider's actor has
/// the call. Any thread.
class text_relay {
public:
  explicit text_relay(net::llm::text_taker to) : to_{std::move(to)} {}

  void put(std::string_view text) {
    const std::lock_guard guard{mutex_};
    if (is_closed_)
      return;
    sent_ += text;
    to_(text);
  }

  /// From now on nothing is handed on: waits for what is being handed on.
  /// @return all that was
  std::string close() {
    const std::lock_guard guard{mutex_};
    is_closed_ = true;
    return std::exchange(sent_, {});
  }

private:
  std::mutex mutex_;
  net::llm::text_taker to_;
  std::string sent_;
  bool is_closed_ = false;
};

} // namespace troupe::actors
