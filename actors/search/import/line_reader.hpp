#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>

namespace troupe::actors::search {

/// Reads a stream line by line with bounded memory. Lines end with LF or CRLF; a byte order mark at the beginning is
/// skipped. One thread.
class line_reader {
public:
  static constexpr std::size_t line_limit = 1 << 20; ///< bytes; the rest of a longer line is skipped

  explicit line_reader(std::istream& from);

  /// The next line without its end. False when there is none.
  bool next(std::string& line);

  /// Number of the line read last; 1 for the first.
  std::uint64_t number() const noexcept {
    return number_;
  }

  /// Whether the line read last was cut.
  bool cut() const noexcept {
    return cut_;
  }

  /// Bytes taken from the stream so far, ends of lines included.
  std::uint64_t bytes() const noexcept {
    return bytes_;
  }

private:
  bool fill();

  std::istream& from_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t bytes_ = 0;
  bool cut_ = false;
};

} // namespace troupe::actors::search
