#include "net/llm/answer_text.hpp"

#include <algorithm>

namespace troupe::net::llm {

namespace {

constexpr std::string_view space = " \t\r\n";
constexpr std::string_view thought_begin = "<think>";
constexpr std::string_view thought_end = "</think>";

void trim_front(std::string& text) {
  text.erase(0, std::min(text.find_first_not_of(space), text.size()));
}

} // namespace

std::string_view answer_text::put(std::string_view more) {
  text_ += more;
  if (part_ == part::opening)
    open();
  if (part_ == part::thought)
    drop_thought();
  if (part_ == part::gap) {
    trim_front(text_);
    part_ = text_.empty() ? part::gap : part::answer;
  }
  return part_ == part::answer ? show() : std::string_view{};
}

std::string_view answer_text::finish() {
  if (part_ == part::thought)
    text_.clear(); // it never came to an answer
  const auto last = show();
  text_.erase(shown_); // white space
  return last;
}

/// Finds out whether a thought comes first.
void answer_text::open() {
  trim_front(text_);
  if (text_.starts_with(thought_begin))
    part_ = part::thought;
  else if (!thought_begin.starts_with(text_))
    part_ = part::answer;
}

void answer_text::drop_thought() {
  if (const auto end = text_.find(thought_end); end != text_.npos) {
    text_.erase(0, end + thought_end.size());
    part_ = part::gap;
  } else if (text_.size() >= thought_end.size()) {
    text_.erase(0, text_.size() - (thought_end.size() - 1)); // the end may have begun
  }
}

/// All but white space at the end, which may turn out to be the text's end.
std::string_view answer_text::show() {
  const auto last = text_.find_last_not_of(space);
  const auto end = last == text_.npos ? 0 : last + 1;
  if (end <= shown_)
    return {};
  const auto from = std::exchange(shown_, end);
  return std::string_view{text_}.substr(from, end - from);
}

} // namespace troupe::net::llm
