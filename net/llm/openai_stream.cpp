#include "net/llm/openai_stream.hpp"

#include <utility>

#include "net/llm/openai_wire.hpp"

namespace troupe::net::llm {

using http::uptake;

uptake openai_stream::put(std::string_view piece) {
  auto result = uptake::none;
  sse_reader::event event;
  events_.put(piece);
  while (!reply_.is_over()) {
    const auto step = events_.next(event);
    if (step == sse_reader::step::more)
      break;
    if (step == sse_reader::step::too_large)
      return fail({chat_fault::malformed, "an event of the stream is larger than allowed", std::nullopt});
    const auto told = take(event.data);
    if (told == uptake::enough)
      return told;
    if (told == uptake::progress)
      result = told;
  }
  return result;
}

void openai_stream::end(const http::call_failure* why) {
  if (reply_.is_over())
    return;
  if (!finish_reason_.empty())
    finish();
  else if (why)
    fail(failure_of(*why));
  else
    fail({chat_fault::unavailable, "the stream ended before its reply did", std::nullopt});
}

uptake openai_stream::take(std::string_view data) {
  if (data.starts_with("[DONE]")) {
    finish(); // what follows is the body's end, behind which the connection can be used again
    return uptake::progress;
  }
  if (!chunk_.read(data))
    return fail({chat_fault::malformed, "an event of the stream isn't a chunk of a chat completion", std::nullopt});
  if (chunk_.has_error)
    return fail(failure_in_stream(data, key_));
  if (!std::exchange(is_started_, true))
    reply_.put(reply_started{chunk_.model});
  if (chunk_.has_usage) {
    input_tokens_ = chunk_.input_tokens;
    output_tokens_ = chunk_.output_tokens;
  }
  if (!chunk_.finish_reason.empty())
    finish_reason_ = chunk_.finish_reason;
  is_refused_ = is_refused_ || !chunk_.refusal.empty();
  if (!chunk_.text.empty()) {
    has_text_ = true;
    reply_.put(text_delta{chunk_.text});
  }
  const auto told = !chunk_.text.empty() || chunk_.is_working || !chunk_.refusal.empty() || chunk_.has_usage
                    || !chunk_.finish_reason.empty();
  return told ? uptake::progress : uptake::none;
}

uptake openai_stream::fail(chat_failure why) {
  reply_.put(reply_failed{std::move(why)});
  return uptake::enough;
}

void openai_stream::finish() {
  if (is_refused_ && !has_text_)
    fail(empty_answer(true));
  else
    reply_.put(reply_finished{finish_reason_, input_tokens_, output_tokens_});
}

} // namespace troupe::net::llm
