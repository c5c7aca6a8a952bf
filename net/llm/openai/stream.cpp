#include "net/llm/openai/stream.hpp"

#include <utility>

#include "net/llm/provider_error.hpp"

namespace troupe::net::llm::openai {

using http::uptake;

uptake stream::take(const sse_reader::event& event) {
  if (event.data.starts_with("[DONE]")) {
    finish(); // what follows is the body's end, behind which the connection can be used again
    return uptake::progress;
  }
  if (!chunk_.read(event.data))
    return fail({chat_fault::malformed, "an event of the stream isn't a chunk of a chat completion", std::nullopt});
  if (chunk_.has_error)
    return fail(failure_in_stream(event.data, key_));
  if (!std::exchange(is_started_, true))
    reply_.put(reply_started{chunk_.model});
  if (chunk_.has_usage)
    usage_ = chunk_.usage;
  if (!chunk_.finish_reason.empty())
    finish_reason_ = chunk_.finish_reason;
  is_refused_ = is_refused_ || !chunk_.refusal.empty();
  if (!chunk_.text.empty())
    reply_.put(text_delta{chunk_.text});
  for (const auto& part : chunk_.calls)
    reply_.put(tool_call_delta{part.number, part.call.id, part.call.name, part.call.arguments});
  const auto told = !chunk_.text.empty() || !chunk_.calls.empty() || chunk_.is_thinking || !chunk_.refusal.empty()
                    || chunk_.has_usage || !chunk_.finish_reason.empty();
  return reply_.is_over() ? uptake::enough : told ? uptake::progress : uptake::none;
}

void stream::finish() {
  reply_.put(reply_finished{finish_reason_, usage_, is_refused_});
}

} // namespace troupe::net::llm::openai
