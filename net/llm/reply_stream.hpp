#pragma once

#include <string_view>
#include <utility>

#include "config/secret.hpp"
#include "net/http/client.hpp"
#include "net/llm/sse_reader.hpp"
#include "net/llm/streamed_reply.hpp"

namespace troupe::net::llm {

/// Reads a streamed reply out of the pieces of a response's body; what the events mean is a provider's own. Does no
/// I/O; of one thread at a time.
class reply_stream {
public:
  /// @param key is kept out of what is said about errors
  /// @param reply outlives this
  reply_stream(config::secret key, streamed_reply& reply) : key_{std::move(key)}, reply_{reply} {}
  virtual ~reply_stream() = default;

  reply_stream(const reply_stream&) = delete;
  reply_stream& operator=(const reply_stream&) = delete;

  /// Takes a piece. Progress is what a model produces, be it a thought; comments and announcements aren't.
  http::uptake put(std::string_view piece);

  /// The body has ended.
  /// @param why it broke off; null = in good order
  void end(const http::call_failure* why);

protected:
  /// Takes an event.
  virtual http::uptake take(const sse_reader::event& event) = 0;

  /// Whether all that matters of the reply has come, should nothing more come.
  virtual bool is_complete() const noexcept = 0;

  /// Ends the reply well.
  virtual void finish() = 0;

  http::uptake fail(chat_failure why);

  config::secret key_;
  streamed_reply& reply_;

private:
  sse_reader events_;
};

} // namespace troupe::net::llm
