#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "net/llm/chat.hpp"

namespace troupe::testing {

/// A model that answers when the test says so.
class manual_client final : public net::llm::chat_client {
public:
  void complete(const net::llm::chat_request& request, std::function<void(net::llm::chat_result)> done) override {
    asked.push_back(request.messages.at(0).text);
    open_.push_back(std::move(done));
  }

  std::size_t open() const {
    return open_.size();
  }

  /// Answers the oldest open call.
  void answer(net::llm::chat_result result) {
    auto done = std::move(open_.front());
    open_.pop_front();
    done(std::move(result));
  }

  void answer(const std::string& text) {
    answer(net::llm::chat_reply{text, "stop", "model-1", 1'000, 500});
  }

  void fail(net::llm::chat_fault fault, std::optional<std::chrono::milliseconds> retry_after = {}) {
    answer(net::llm::chat_failure{fault, "the stand-in said so", retry_after});
  }

  std::vector<std::string> asked;

private:
  std::deque<std::function<void(net::llm::chat_result)>> open_;
};

} // namespace troupe::testing
