#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/websocket/frame.hpp"
#include "net/websocket/utf8_stream.hpp"

namespace troupe::net::websocket {

/// Reads messages and control frames out of a client's bytes, in pieces of any size (RFC 6455, 5). What comes whole is
/// handed on where it lies; memory is held only for what came in part. Does no I/O.
class frame_reader {
public:
  enum class step : std::uint8_t {
    more,   ///< give more bytes
    text,   ///< a message: valid UTF-8
    binary, ///< a message
    ping,
    pong,
    close,  ///< see `code`; the payload is the reason, valid UTF-8
    failed, ///< see `code`; the payload is a sentence. Nothing more can be read.
  };

  /// @param message_limit bytes; a longer message fails with 1009 as soon as a frame announces it
  explicit frame_reader(std::size_t message_limit) noexcept : limit_{message_limit} {}

  /// Takes bytes, which it unmasks in place. `used` is how many it took: call again with the others.
  step put(char* bytes, std::size_t size, std::size_t& used);

  /// Of the last step; valid until `put` or `rest` is called.
  std::string_view payload() const noexcept {
    return payload_;
  }

  /// Of a close frame: its code, `none_given` without one. Of a failure: what to close with.
  std::uint16_t code() const noexcept {
    return code_;
  }

  /// For messages that begin from now on.
  void limit_messages(std::size_t bytes) noexcept {
    limit_ = bytes;
  }

  /// Whether a frame or message has begun and not ended.
  bool is_amid() const noexcept {
    return in_frame_ || message_ != opcode::continuation || stashed() > 0;
  }

  /// All bytes that came were put: gives back memory that isn't needed.
  void rest() noexcept;

private:
  /// What came in part.
  struct unfinished {
    std::string message; ///< unmasked
    std::string control; ///< the same of a control frame
    char head[14];
    std::uint8_t head_size = 0;
  };

  unfinished& part();
  std::size_t stashed() const noexcept {
    return part_ ? part_->head_size : 0;
  }
  bool read_head(const char* bytes, std::size_t size, std::size_t& used);
  bool check_start(unsigned first, unsigned second);
  bool check_length(std::uint64_t length, std::size_t length_bytes);
  step put_data(std::string_view piece);
  step put_control(std::string_view piece);
  step read_close();
  step fail(std::uint16_t number, std::string_view sentence) noexcept;

  std::size_t limit_;
  std::uint64_t left_ = 0; ///< bytes of the frame
  std::string_view payload_;
  std::unique_ptr<unfinished> part_;
  std::uint32_t mask_ = 0;
  std::uint16_t code_ = 0;
  opcode frame_ = opcode::continuation;
  opcode message_ = opcode::continuation; ///< of the message begun; `continuation` = none
  utf8_stream utf8_;
  bool last_ = false; ///< the frame is the message's last
  bool in_frame_ = false;
  bool delivered_ = false; ///< the message in `part_` was handed on
  bool failed_ = false;
};

} // namespace troupe::net::websocket
