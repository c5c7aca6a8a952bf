#pragma once

#include <functional>
#include <string>

#include "net/llm/answer_text.hpp"
#include "net/llm/chat_event.hpp"
#include "net/llm/tool_calls.hpp"

namespace troupe::net::llm {

/// A reply that came whole, as its reader is to see it: without thoughts and white space around. A failure where it is
/// empty, or asks for a tool in a way that makes no sense.
/// @param is_refusal the model said that it won't answer
chat_result made_whole(chat_reply reply, bool is_refusal);

/// Makes a reply out of a stream's events and hands its text on as it comes. Of one thread at a time.
class streamed_reply {
public:
  /// @param model that was asked for, where the provider doesn't name it
  /// @param on_text gets all that a reader is to see
  /// @param done is called exactly once, after the last text
  streamed_reply(std::string model, text_taker on_text, std::function<void(chat_result)> done);

  /// Events behind the last one are dropped.
  void put(const chat_event& event);

  /// Ends it by a reply that came whole, or by a failure.
  void settle(chat_result result);

  bool is_over() const noexcept {
    return !done_;
  }

private:
  void on(const reply_started& event);
  void on(const text_delta& event);
  void on(const tool_call_delta& event);
  void on(const reply_finished& event);
  void on(const reply_failed& event);
  void show(std::string_view text);

  std::string model_;
  text_taker on_text_;
  std::function<void(chat_result)> done_;
  answer_text text_;
  tool_calls calls_;
};

} // namespace troupe::net::llm
