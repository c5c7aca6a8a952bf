#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace troupe::net::http {

/// Bytes that were read and not yet used. Small until more is needed.
class input_buffer {
public:
  static constexpr std::size_t small = 2'048;
  static constexpr std::size_t large = 65'536;

  std::string_view view() const noexcept {
    return {data_.get() + begin_, end_ - begin_};
  }
  std::size_t size() const noexcept {
    return end_ - begin_;
  }
  bool empty() const noexcept {
    return begin_ == end_;
  }
  std::size_t capacity() const noexcept {
    return capacity_;
  }

  void consume(std::size_t count) noexcept {
    begin_ += static_cast<std::uint32_t>(count);
    if (begin_ == end_)
      begin_ = end_ = 0;
  }

  /// Where to read to; `room()` bytes. Call after what may move the bytes: `make_room`, `fit`.
  char* tail() noexcept {
    return data_.get() + end_;
  }
  std::size_t room() const noexcept {
    return capacity_ - end_;
  }
  void commit(std::size_t count) noexcept {
    end_ += static_cast<std::uint32_t>(count);
  }

  /// Makes room for at least one byte, by moving the bytes to the front or, when it is full, by growing.
  void make_room() {
    if (room() > 0)
      return;
    if (begin_ > 0)
      move_to(nullptr);
    else
      resize(capacity_ == 0 ? small : capacity_ * 2);
  }

  void grow() {
    if (capacity_ < large)
      resize(capacity_ * 2);
  }

  /// Gives back what is more than the small size, when the bytes fit.
  void fit() {
    if (capacity_ > small && size() <= small)
      resize(small);
  }

  /// Gives back everything, when there are no bytes.
  void release() {
    if (!empty())
      return;
    data_.reset();
    capacity_ = 0;
  }

private:
  void resize(std::size_t capacity) {
    move_to(std::make_unique_for_overwrite<char[]>(capacity));
    capacity_ = static_cast<std::uint32_t>(capacity);
  }

  void move_to(std::unique_ptr<char[]> other) noexcept {
    auto count = end_ - begin_;
    char* to = other ? other.get() : data_.get();
    if (count > 0)
      std::memmove(to, data_.get() + begin_, count);
    if (other)
      data_ = std::move(other);
    begin_ = 0;
    end_ = count;
  }

  std::unique_ptr<char[]> data_;
  std::uint32_t capacity_ = 0;
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
};

} // namespace troupe::net::http
