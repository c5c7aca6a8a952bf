#pragma once

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/types.hpp"

namespace troupe::actors {

/// Writes JSON text straight into a string: each job writes some ten kilobytes of it. Strings may hold any bytes; what
/// isn't UTF-8 becomes U+FFFD, so that what was written can be read.
class json_text {
public:
  explicit json_text(std::size_t expected_size = 256) {
    out_.reserve(expected_size);
  }

  void begin_object() {
    open('{');
  }

  void end_object() {
    close('}');
  }

  void begin_array() {
    open('[');
  }

  void end_array() {
    close(']');
  }

  /// A member's name; its value must follow.
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) {
    value(std::string_view{text});
  }
  void value(bool x);
  void value(double x);
  void value(std::integral auto x) {
    separate();
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, x).ptr;
    out_.append(digits, end);
    fresh_ = false;
  }
  void value(std::chrono::milliseconds x) {
    value(x.count());
  }
  void value(storage::timestamp x) {
    value(x.time_since_epoch());
  }

  /// A value that is JSON text already.
  void raw(std::string_view json) {
    separate();
    out_ += json;
    fresh_ = false;
  }

  void member(std::string_view name, const auto& x) {
    key(name);
    value(x);
  }

  /// Leaves out what is empty: readers take a missing text for an empty one.
  void text_member(std::string_view name, std::string_view text) {
    if (!text.empty())
      member(name, text);
  }

  std::string take() {
    return std::move(out_);
  }

private:
  void open(char sign);
  void close(char sign);
  void separate();
  void quote(std::string_view text);

  std::string out_;
  bool fresh_ = true; ///< no comma before the next value
};

} // namespace troupe::actors
