#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/llm/anthropic/message.hpp"
#include "net/llm/reply_stream.hpp"

namespace troupe::net::llm::anthropic {

/// Reads a streamed message. It is complete with `message_stop`, and also where the body ends, or breaks off, behind a
/// `stop_reason`. Events of types that aren't known are dropped.
class stream final : public reply_stream {
public:
  using reply_stream::reply_stream;

private:
  /// What an event may hold; empty where it doesn't.
  struct parts {
    std::string type;
    std::size_t index = 0;
    message begun;
    content_block block;
    std::string text;
    std::string thought;
    std::string arguments;
    std::string stop_reason;
    bool has_error = false;
  };

  http::uptake take(const sse_reader::event& event) override;
  bool is_complete() const noexcept override {
    return !stop_reason_.empty();
  }
  void finish() override;

  bool read(std::string_view json);
  void read_delta(json::reader& in);
  http::uptake begin_block();
  http::uptake go_on();

  parts event_;                           ///< the last one
  std::optional<std::size_t> tool_block_; ///< the block that is a tool's call
  std::string stop_reason_;
  usage_counts usage_;
};

} // namespace troupe::net::llm::anthropic
