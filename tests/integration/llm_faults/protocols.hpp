#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/io_threads.hpp"
#include "net/llm/factory.hpp"
#include "scripted_server.hpp"

namespace troupe::testing {

/// What a provider of one kind says when all is well, and what it says of errors.
struct protocol {
  config::provider_kind kind;
  std::string target;
  std::string reply;  ///< whole: `Hello`
  std::string hello;  ///< a stream's beginning, its first token included
  std::string ending; ///< what completes it

  /// A body that tells of an error.
  std::string error(std::string_view type) const;
  /// The same as an event of a stream.
  std::string error_event(std::string_view type) const;
};

/// Both of them.
const std::vector<protocol>& protocols();

/// What came of a call.
struct call_outcome {
  net::llm::chat_result result;
  std::string text; ///< that was handed over as it came

  const net::llm::chat_reply& reply() const;
  const net::llm::chat_failure& failure() const;
};

config::provider_settings settings_for(const protocol& of, const std::string& url);

/// Asks, whole or streamed, and waits for what comes of it.
call_outcome ask(net::llm::chat_client& client, bool streamed);

/// Makes one call with a client of its own.
call_outcome call(const config::provider_settings& settings, bool streamed);

/// A response that is a stream: its head, and these events in chunks.
std::string streamed(std::string_view events, std::string_view more_fields = {});

/// Reads one request and sends that.
scripted_server::part answering(std::string bytes);

} // namespace troupe::testing
