#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::net::http {

/// Reads the body of one message out of bytes. All bytes given are used, up to the end of the body, so nothing needs
/// to be kept between calls. Extensions of chunks and trailers are checked for their form and dropped.
class body_reader {
public:
  enum class framing : std::uint8_t { none, counted, chunked, to_end };

  enum class step : std::uint8_t {
    more,
    complete,
    malformed,
    too_large, ///< more body than allowed
    too_wordy, ///< more extensions and trailers than allowed
  };

  /// @param length of a counted body
  /// @param limit bytes of body
  void begin(framing how, std::uint64_t length, std::uint64_t limit) noexcept;

  /// @param into gets the body; null = it is dropped
  step put(std::string_view bytes, std::size_t& used, std::string* into);

  /// Whether the end of the input is the end of the body.
  bool ends_with_input() const noexcept {
    return framing_ == framing::to_end;
  }

private:
  /// Where in a chunked body the next byte is.
  enum class place : std::uint8_t {
    size_begin,
    size,
    extension,
    size_end, ///< the LF of the line with the size
    data,
    data_cr,
    data_lf,
    line_begin, ///< of the trailer
    name,
    value,
    line_end,
    last_lf,
  };

  step put_chunked(std::string_view bytes, std::size_t& used, std::string* into);
  step put_line_byte(char c) noexcept;
  step add_digit(int value) noexcept;

  std::uint64_t remaining_ = 0; ///< of the body or of the chunk
  std::uint64_t limit_ = 0;     ///< bytes of body that may still come
  std::uint32_t words_ = 0;     ///< bytes of extensions, leading zeros and trailers so far
  framing framing_ = framing::none;
  place place_ = place::size_begin;
};

} // namespace troupe::net::http
