#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "net/http/client.hpp"
#include "net/llm/chat.hpp"
#include "net/llm/reply_stream.hpp"

namespace troupe::net::llm {

/// A call as one provider's protocol has it.
struct chat_exchange {
  std::string target;                ///< below `base_url`
  std::vector<http::header> headers; ///< further ones, the key's included
  std::string body;
  /// What a whole response means. Nothing of the key may be in it. Network thread.
  std::function<chat_result(const http::call_response&)> judge;
  /// Reads a streamed one.
  std::function<std::unique_ptr<reply_stream>(streamed_reply&)> stream;
  /// The limits that a response's header fields tell of.
  std::function<rate_limits(const std::vector<http::header>&)> limits;
};

/// One provider's connections: time limits, streams, answers that are no answers. A provider that answers whole though
/// it was asked to stream gives its text in one piece.
class chat_transport {
public:
  /// Throws `std::invalid_argument` for a malformed `base_url` or an unreadable `ca_file`.
  chat_transport(const http::dialer& dial, const config::provider_settings& settings);

  /// Makes the call. Calls `done` exactly once, never within this; before the destructor returns at the latest. Any
  /// thread.
  void send(const chat_request& request, chat_exchange what, std::function<void(chat_result)> done);

private:
  http::call call_of(const chat_request& request, chat_exchange& what) const;

  const config::provider_settings settings_;
  std::unique_ptr<http::caller> client_; ///< last: its calls end before the rest does
};

} // namespace troupe::net::llm
