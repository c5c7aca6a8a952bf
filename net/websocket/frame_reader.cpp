#include "net/websocket/frame_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "net/websocket/mask.hpp"

namespace troupe::net::websocket {

namespace {

constexpr bool is_control(opcode kind) noexcept {
  return (static_cast<unsigned>(kind) & 8) != 0;
}

constexpr bool is_known(unsigned kind) noexcept {
  return kind <= 2 || (kind >= 8 && kind <= 10);
}

/// Bytes that hold the length behind the second byte.
constexpr std::size_t length_size(unsigned second) noexcept {
  const auto length = second & 0x7f;
  return length < 126 ? 0 : length == 126 ? 2 : 8;
}

unsigned byte(char c) noexcept {
  return static_cast<unsigned char>(c);
}

} // namespace

frame_reader::step frame_reader::put(char* bytes, std::size_t size, std::size_t& used) {
  used = 0;
  if (failed_)
    return step::failed;
  if (delivered_) {
    part_->message.clear();
    delivered_ = false;
  }
  if (!in_frame_) {
    if (!read_head(bytes, size, used))
      return failed_ ? step::failed : step::more;
    in_frame_ = true;
  }
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size - used));
  auto* begin = bytes + used;
  mask_ = apply_mask(begin, count, mask_);
  left_ -= count;
  used += count;
  in_frame_ = left_ > 0;
  return is_control(frame_) ? put_control({begin, count}) : put_data({begin, count});
}

void frame_reader::rest() noexcept {
  if (delivered_ || !is_amid())
    part_.reset();
  delivered_ = false;
  payload_ = {};
}

frame_reader::unfinished& frame_reader::part() {
  if (!part_)
    part_ = std::make_unique<unfinished>();
  return *part_;
}

/// False when it isn't complete, or has failed.
bool frame_reader::read_head(const char* bytes, std::size_t size, std::size_t& used) {
  const auto before = stashed();
  const auto* head = bytes;
  auto available = size;
  if (before > 0) {
    const auto more = std::min(size, sizeof part_->head - before);
    std::memcpy(part_->head + before, bytes, more);
    head = part_->head;
    available = before + more;
  }
  if (available >= 2 && before < 2 && !check_start(byte(head[0]), byte(head[1])))
    return false;
  const auto length_bytes = available >= 2 ? length_size(byte(head[1])) : 0;
  const auto needed = 2 + length_bytes + sizeof mask_;
  if (available < needed) {
    if (available > before) {
      std::memmove(part().head, head, available);
      part_->head_size = static_cast<std::uint8_t>(available);
    }
    used = size;
    return false;
  }
  std::uint64_t length = byte(head[1]) & 0x7f;
  if (length_bytes > 0) {
    length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i)
      length = length << 8 | byte(head[2 + i]);
  }
  std::memcpy(&mask_, head + 2 + length_bytes, sizeof mask_);
  used = needed - before;
  if (part_)
    part_->head_size = 0;
  return check_length(length, length_bytes);
}

/// Looks at a frame's first two bytes: what they rule out needn't be waited for.
bool frame_reader::check_start(unsigned first, unsigned second) {
  const auto refuse = [this](std::string_view sentence) {
    fail(code::protocol_error, sentence);
    return false;
  };
  if ((first & 0x70) != 0)
    return refuse("A frame uses reserved bits, but no extension was agreed on.");
  if (!is_known(first & 0xf))
    return refuse("A frame has an unknown opcode.");
  if ((second & 0x80) == 0)
    return refuse("A frame of a client must be masked.");
  frame_ = static_cast<opcode>(first & 0xf);
  const bool final = (first & 0x80) != 0;
  if (is_control(frame_)) {
    if (!final || (second & 0x7f) > max_control_payload)
      return refuse("A control frame must be whole and of at most 125 bytes.");
    if (part_)
      part_->control.clear();
    return true;
  }
  if ((frame_ == opcode::continuation) != (message_ != opcode::continuation))
    return refuse(frame_ == opcode::continuation ? "A frame continues a message, but none was begun."
                                                 : "A message begins inside another one.");
  if (frame_ != opcode::continuation) {
    message_ = frame_;
    utf8_ = {};
  }
  last_ = final;
  return true;
}

bool frame_reader::check_length(std::uint64_t length, std::size_t length_bytes) {
  if ((length_bytes == 2 && length < 126) || (length_bytes == 8 && (length <= 0xffff || length >> 63 != 0))) {
    fail(code::protocol_error, "A frame's length isn't written in the shortest way.");
    return false;
  }
  left_ = length;
  const std::uint64_t so_far = part_ ? part_->message.size() : 0;
  if (!is_control(frame_) && (length > limit_ || so_far > limit_ - length)) {
    fail(code::too_large, "The message is too large.");
    return false;
  }
  return true;
}

frame_reader::step frame_reader::put_data(std::string_view piece) {
  if (message_ == opcode::text && !utf8_.put(piece))
    return fail(code::invalid_text, "The message isn't valid UTF-8.");
  const bool ended = last_ && !in_frame_;
  if (ended && (!part_ || part_->message.empty())) {
    payload_ = piece;
  } else {
    part().message += piece;
    if (!ended)
      return step::more;
    payload_ = part_->message;
    delivered_ = true;
  }
  if (std::exchange(message_, opcode::continuation) == opcode::binary)
    return step::binary;
  return utf8_.is_complete() ? step::text : fail(code::invalid_text, "The message ends inside a UTF-8 sequence.");
}

frame_reader::step frame_reader::put_control(std::string_view piece) {
  payload_ = piece;
  if (in_frame_ || (part_ && !part_->control.empty())) {
    part().control += piece;
    if (in_frame_)
      return step::more;
    payload_ = part_->control;
  }
  return frame_ == opcode::ping ? step::ping : frame_ == opcode::pong ? step::pong : read_close();
}

frame_reader::step frame_reader::read_close() {
  code_ = code::none_given;
  if (payload_.empty())
    return step::close;
  if (payload_.size() == 1)
    return fail(code::protocol_error, "A close frame holds half a code.");
  code_ = static_cast<std::uint16_t>(byte(payload_[0]) << 8 | byte(payload_[1]));
  payload_.remove_prefix(2);
  if (!is_sendable_code(code_))
    return fail(code::protocol_error, "A close frame holds a code that mustn't be sent.");
  if (utf8_stream reason; !reason.put(payload_) || !reason.is_complete())
    return fail(code::invalid_text, "The reason of a close frame isn't valid UTF-8.");
  return step::close;
}

frame_reader::step frame_reader::fail(std::uint16_t number, std::string_view sentence) noexcept {
  failed_ = true;
  code_ = number;
  payload_ = sentence;
  return step::failed;
}

} // namespace troupe::net::websocket
