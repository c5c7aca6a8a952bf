#include "net/llm/reply_stream.hpp"

#include "net/llm/provider_error.hpp"

namespace troupe::net::llm {

using http::uptake;

uptake reply_stream::put(std::string_view piece) {
  auto result = uptake::none;
  sse_reader::event event;
  events_.put(piece);
  while (!reply_.is_over()) {
    const auto step = events_.next(event);
    if (step == sse_reader::step::more)
      break;
    if (step == sse_reader::step::too_large)
      return fail({chat_fault::malformed, "an event of the stream is larger than allowed", std::nullopt});
    const auto told = take(event);
    if (told == uptake::enough)
      return told;
    if (told == uptake::progress)
      result = told;
  }
  return result;
}

void reply_stream::end(const http::call_failure* why) {
  if (reply_.is_over())
    return;
  if (is_complete())
    finish();
  else if (why)
    fail(failure_of(*why));
  else
    fail({chat_fault::unavailable, "the stream ended before its reply did", std::nullopt});
}

uptake reply_stream::fail(chat_failure why) {
  reply_.put(reply_failed{std::move(why)});
  return uptake::enough;
}

} // namespace troupe::net::llm
