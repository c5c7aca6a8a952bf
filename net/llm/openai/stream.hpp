#pragma once

#include <string>

#include "net/llm/openai/completion.hpp"
#include "net/llm/reply_stream.hpp"

namespace troupe::net::llm::openai {

/// Reads a streamed chat completion. It is complete with `[DONE]`, and also where the body ends, or breaks off, behind
/// a `finish_reason`.
class stream final : public reply_stream {
public:
  using reply_stream::reply_stream;

private:
  http::uptake take(const sse_reader::event& event) override;
  bool is_complete() const noexcept override {
    return !finish_reason_.empty();
  }
  void finish() override;

  completion chunk_; ///< the last one
  std::string finish_reason_;
  token_usage usage_;
  bool is_started_ = false;
  bool is_refused_ = false; ///< the model said that it won't answer
};

} // namespace troupe::net::llm::openai
