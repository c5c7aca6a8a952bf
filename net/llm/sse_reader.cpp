#include "net/llm/sse_reader.hpp"

#include <algorithm>

namespace troupe::net::llm {

namespace {

std::size_t find(std::string_view text, char c, std::size_t from, std::size_t end) noexcept {
  return std::min(text.substr(0, end).find(c, from), end);
}

} // namespace

void sse_reader::put(std::string_view bytes) {
  bytes_ = bytes;
  at_ = 0;
  line_feed_ = find(bytes_, '\n', 0, bytes_.size());
}

sse_reader::step sse_reader::next(event& out) {
  if (is_event_over_)
    begin_event();
  std::string_view line;
  bool is_kept = false;
  while (!is_too_large_ && take_line(line, is_kept)) {
    if (!line.empty()) {
      take_field(line, is_kept);
    } else if (data_lines_ > 0) {
      is_event_over_ = true;
      out = {name_, data_};
      return step::event;
    } else {
      begin_event();
    }
  }
  return is_too_large_ ? step::too_large : keep_rest();
}

/// @param is_kept whether the line's bytes are in `line_`
bool sse_reader::take_line(std::string_view& line, bool& is_kept) {
  if (is_line_used_) {
    line_.clear();
    is_line_used_ = false;
  }
  if (after_return_ && at_ < bytes_.size()) {
    after_return_ = false;
    if (bytes_[at_] == '\n')
      ++at_;
  }
  if (line_feed_ < at_)
    line_feed_ = find(bytes_, '\n', at_, bytes_.size());
  const auto end = find(bytes_, '\r', at_, line_feed_);
  if (end >= bytes_.size())
    return false;
  line = bytes_.substr(at_, end - at_);
  after_return_ = bytes_[end] == '\r';
  at_ = end + 1;
  is_kept = is_line_used_ = !line_.empty();
  if (is_kept) {
    line_ += line;
    line = line_;
  }
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (is_first_line_ && line.starts_with(byte_order_mark))
    line.remove_prefix(byte_order_mark.size());
  is_first_line_ = false;
  return true;
}

/// The bytes are used up: what they hold of a line and of an event is kept.
sse_reader::step sse_reader::keep_rest() {
  line_ += bytes_.substr(at_);
  bytes_ = {};
  at_ = line_feed_ = 0;
  is_too_large_ = line_.size() > max_event_;
  keep_data();
  return is_too_large_ ? step::too_large : step::more;
}

void sse_reader::take_field(std::string_view line, bool is_kept) {
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  auto value = colon == line.npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' '))
    value.remove_prefix(1);
  if (name == "data")
    add_data(value, is_kept);
  else if (name == "event")
    name_ = value;
}

void sse_reader::add_data(std::string_view value, bool is_kept) {
  if (data_.size() + value.size() + (data_lines_ > 0 ? 1 : 0) > max_event_) {
    is_too_large_ = true;
  } else if (++data_lines_ == 1) {
    data_ = value;
    if (is_kept)
      keep_data();
  } else {
    keep_data();
    kept_ += '\n';
    kept_ += value;
    data_ = kept_;
  }
}

void sse_reader::keep_data() {
  if (is_data_kept_ || data_lines_ == 0)
    return;
  kept_ = data_;
  data_ = kept_;
  is_data_kept_ = true;
}

void sse_reader::begin_event() {
  is_event_over_ = is_data_kept_ = false;
  data_lines_ = 0;
  data_ = {};
  name_.clear();
}

} // namespace troupe::net::llm
