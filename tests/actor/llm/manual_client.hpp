#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "net/llm/chat.hpp"

namespace troupe::testing {

/// A model that answers when the test says so, or at once when a caller takes its call back.
class manual_client final : public net::llm::chat_client {
public:
  void complete(const net::llm::chat_request& request, std::function<void(net::llm::chat_result)> done) override {
    asked.push_back(request.messages.at(0).text);
    limits.push_back(request.limit);
    auto call = std::make_shared<open_call>();
    call->done = std::move(done);
    call->watch = std::make_unique<stop_watch>(request.stop, [call = call.get()] {
      call->answer(net::llm::chat_failure{net::llm::chat_fault::cancelled, "taken back", std::nullopt});
    });
    open_.push_back(std::move(call));
  }

  /// Calls that weren't answered.
  std::size_t open() {
    std::erase_if(open_, [](const auto& call) { return !call->done; });
    return open_.size();
  }

  /// Answers the oldest open call.
  void answer(net::llm::chat_result result) {
    open();
    auto call = std::move(open_.front());
    open_.pop_front();
    call->answer(std::move(result));
  }

  void answer(const std::string& text) {
    answer(net::llm::chat_reply{text, "stop", "model-1", 1'000, 500});
  }

  void fail(net::llm::chat_fault fault, std::optional<std::chrono::milliseconds> retry_after = {}) {
    answer(net::llm::chat_failure{fault, "the stand-in said so", retry_after});
  }

  std::vector<std::string> asked;
  std::vector<std::chrono::milliseconds> limits; ///< that the calls came with

private:
  using stop_watch = std::stop_callback<std::function<void()>>;

  struct open_call {
    std::function<void(net::llm::chat_result)> done;
    std::unique_ptr<stop_watch> watch;

    void answer(net::llm::chat_result result) {
      std::exchange(done, nullptr)(std::move(result));
    }
  };

  std::deque<std::shared_ptr<open_call>> open_;
};

} // namespace troupe::testing
