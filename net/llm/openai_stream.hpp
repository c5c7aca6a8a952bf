#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/secret.hpp"
#include "net/http/client.hpp"
#include "net/llm/openai_completion.hpp"
#include "net/llm/sse_reader.hpp"
#include "net/llm/streamed_reply.hpp"

namespace troupe::net::llm {

/// Reads a streamed chat completion out of the pieces of a response's body. The reply is complete with `[DONE]`, and
/// also where the body ends, or breaks off, behind a `finish_reason`. Does no I/O; of one thread at a time.
class openai_stream {
public:
  /// @param key is kept out of what is said about errors
  /// @param reply outlives this
  openai_stream(config::secret key, streamed_reply& reply) : key_{std::move(key)}, reply_{reply} {}

  /// Takes a piece. Progress is what a model produces, be it a thought; comments and announcements aren't.
  http::uptake put(std::string_view piece);

  /// The body has ended.
  /// @param why it broke off; null = in good order
  void end(const http::call_failure* why);

private:
  http::uptake take(std::string_view data);
  http::uptake fail(chat_failure why);
  void finish();

  config::secret key_;
  streamed_reply& reply_;
  sse_reader events_;
  openai_completion chunk_; ///< the last one
  std::string finish_reason_;
  std::uint64_t input_tokens_ = 0;
  std::uint64_t output_tokens_ = 0;
  bool is_started_ = false;
  bool has_text_ = false;
  bool is_refused_ = false; ///< the model said that it won't answer
};

} // namespace troupe::net::llm
