#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace troupe::net::llm {

/// What a reader is to see of a model's text: without a thought in front (`<think>…</think>`) and white space around.
/// Works on text as it comes; what is shown once stays.
class answer_text {
public:
  /// Takes more text. What can be shown because of it is valid until the next call.
  std::string_view put(std::string_view more);

  /// The text is complete. What was held back until now and can be shown is valid as long as this object.
  std::string_view finish();

  /// All that can be shown.
  std::string take() && {
    return std::move(text_);
  }

  /// Whether something was shown.
  bool is_shown() const noexcept {
    return shown_ > 0;
  }

private:
  /// Where the text has come to.
  enum class part : std::uint8_t { opening, thought, gap, answer };

  void open();
  void drop_thought();
  std::string_view show();

  std::string text_; ///< what comes before the answer is dropped from it
  std::size_t shown_ = 0;
  part part_ = part::opening;
};

} // namespace troupe::net::llm
