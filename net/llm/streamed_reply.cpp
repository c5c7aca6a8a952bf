#include "net/llm/streamed_reply.hpp"

#include <utility>

namespace troupe::net::llm {

chat_failure empty_answer(bool is_refusal) {
  if (is_refusal)
    return {chat_fault::refused, "the model refused to answer", std::nullopt};
  return {chat_fault::malformed, "the answer's text is empty", std::nullopt};
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

void streamed_reply::on(const reply_finished& event) {
  show(text_.finish());
  if (!text_.is_shown())
    return settle(empty_answer(false));
  std::exchange(done_, nullptr)(chat_reply{std::move(text_).take(), std::string{event.finish_reason}, std::move(model_),
                                           event.input_tokens, event.output_tokens});
}

void streamed_reply::on(const reply_failed& event) {
  settle(event.why);
}

void streamed_reply::show(std::string_view text) {
  if (!text.empty())
    on_text_(text);
}

} // namespace troupe::net::llm
