#include "net/llm/streamed_reply.hpp"

#include <utility>

namespace troupe::net::llm {

namespace {

chat_failure empty_answer(bool is_refusal) {
  if (is_refusal)
    return {chat_fault::refused, "the model refused to answer", std::nullopt};
  return {chat_fault::malformed, "the answer's text is empty", std::nullopt};
}

chat_failure senseless_call() {
  return {chat_fault::malformed, "the answer calls a tool without a name, or with arguments that aren't a JSON object",
          std::nullopt};
}

} // namespace

chat_result made_whole(chat_reply reply, bool is_refusal) {
  answer_text text;
  text.put(reply.text);
  text.finish();
  tool_calls calls;
  for (std::size_t i = 0; i < reply.calls.size(); ++i)
    if (!calls.put({i, reply.calls[i].id, reply.calls[i].name, reply.calls[i].arguments}))
      return senseless_call();
  auto checked = std::move(calls).take();
  if (!checked)
    return senseless_call();
  if (!text.is_shown() && checked->empty())
    return empty_answer(is_refusal);
  reply.text = std::move(text).take();
  reply.calls = std::move(*checked);
  return reply;
}

streamed_reply::streamed_reply(std::string model, text_taker on_text, std::function<void(chat_result)> done)
    : model_{std::move(model)}, on_text_{std::move(on_text)}, done_{std::move(done)} {
  // nop
}

void streamed_reply::put(const chat_event& event) {
  if (!is_over())
    std::visit([this](const auto& e) { on(e); }, event);
}

void streamed_reply::settle(chat_result result) {
  if (is_over())
    return;
  if (auto* failure = std::get_if<chat_failure>(&result))
    failure->before_first_token = !text_.is_shown();
  else
    show(std::get<chat_reply>(result).text);
  std::exchange(done_, nullptr)(std::move(result));
}

void streamed_reply::on(const reply_started& event) {
  if (!event.model.empty())
    model_ = event.model;
}

void streamed_reply::on(const text_delta& event) {
  show(text_.put(event.text));
}

void streamed_reply::on(const tool_call_delta& event) {
  if (!calls_.put(event))
    settle(chat_failure{chat_fault::malformed, "the answer calls more tools, or in more words, than allowed", {}});
}

void streamed_reply::on(const reply_finished& event) {
  show(text_.finish());
  auto calls = std::move(calls_).take();
  if (!calls)
    return settle(senseless_call());
  if (!text_.is_shown() && calls->empty())
    return settle(empty_answer(event.is_refusal));
  chat_reply reply{std::move(text_).take(), std::string{event.finish_reason}, std::move(model_)};
  reply.input_tokens = event.usage.input;
  reply.output_tokens = event.usage.output;
  reply.cached_tokens = event.usage.cached;
  reply.cache_write_tokens = event.usage.cache_write;
  reply.calls = std::move(*calls);
  std::exchange(done_, nullptr)(std::move(reply));
}

void streamed_reply::on(const reply_failed& event) {
  settle(event.why);
}

void streamed_reply::show(std::string_view text) {
  if (!text.empty())
    on_text_(text);
}

} // namespace troupe::net::llm
