#include "actors/search/import/line_reader.hpp"

#include <cstring>
#include <string_view>

namespace troupe::actors::search {

namespace {

constexpr std::size_t block = 64 << 10;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

} // namespace

line_reader::line_reader(std::istream& from) : from_{from} {
  buffer_.resize(block);
}

bool line_reader::fill() {
  from_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  begin_ = 0;
  end_ = static_cast<std::size_t>(from_.gcount());
  return end_ != 0;
}

bool line_reader::next(std::string& line) {
  line.clear();
  cut_ = false;
  bool any = false;
  for (;;) {
    if (begin_ == end_ && !fill())
      break;
    any = true;
    const auto* from = buffer_.data() + begin_;
    const auto* newline = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_));
    const auto length = newline ? static_cast<std::size_t>(newline - from) : end_ - begin_;
    const auto room = line_limit - line.size();
    line.append(from, std::min(length, room));
    cut_ = cut_ || length > room;
    const auto taken = length + (newline ? 1 : 0);
    begin_ += taken;
    bytes_ += taken;
    if (newline)
      break;
  }
  if (!any)
    return false;
  if (line.ends_with('\r'))
    line.pop_back();
  if (++number_ == 1 && line.starts_with(byte_order_mark))
    line.erase(0, byte_order_mark.size());
  return true;
}

} // namespace troupe::actors::search
