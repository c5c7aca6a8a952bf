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
    schemas.push_back(request.schema);
    first_token_limits.push_back(request.first_token_limit);
    auto call = std::make_shared<open_call>();
    call->done = std::move(done);
    call->on_text = on_text = request.on_text;
    call->watch = std::make_unique<stop_watch>(
        request.stop, [call = call.get()] { call->fail(net::llm::chat_fault::cancelled, "taken back", std::nullopt); });
    open_.push_back(std::move(call));
  }

  /// Calls that weren't answered.
  std::size_t open() {
    std::erase_if(open_, [](const auto& call) { return !call->done; });
    return open_.size();
  }

  /// Answers the oldest open call.
  void answer(net::llm::chat_result result) {
    next()->answer(std::move(result));
  }

  void answer(const std::string& text) {
    answer(net::llm::chat_reply{text, "stop", "model-1", 1'000, 500});
  }

  void fail(net::llm::chat_fault fault, std::optional<std::chrono::milliseconds> retry_after = {}) {
    next()->fail(fault, "the stand-in said so", retry_after);
  }

  /// Streams a piece of the oldest open call's reply.
  void say(std::string_view text) {
    open();
    open_.front()->said = true;
    open_.front()->on_text(text);
  }

  std::vector<std::string> asked;
  std::vector<std::chrono::milliseconds> limits; ///< that the calls came with
  std::vector<std::optional<net::llm::reply_schema>> schemas;
  std::vector<std::chrono::milliseconds> first_token_limits;
  net::llm::text_taker on_text; ///< of the last call

private:
  using stop_watch = std::stop_callback<std::function<void()>>;

  struct open_call {
    std::function<void(net::llm::chat_result)> done;
    std::unique_ptr<stop_watch> watch;
    net::llm::text_taker on_text;
    bool said = false;

    void fail(net::llm::chat_fault fault, std::string detail, std::optional<std::chrono::milliseconds> retry_after) {
      answer(net::llm::chat_failure{fault, std::move(detail), retry_after, !said});
    }

    void answer(net::llm::chat_result result) {
      std::exchange(done, nullptr)(std::move(result));
    }
  };

  std::shared_ptr<open_call> next() {
    open();
    auto call = std::move(open_.front());
    open_.pop_front();
    return call;
  }

  std::deque<std::shared_ptr<open_call>> open_;
};

} // namespace troupe::testing
