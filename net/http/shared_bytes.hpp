#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace troupe::net::http {

/// Bytes as they go onto the wire: made once, never changed, sent to any number of peers without a copy. One
/// allocation. Any thread.
class shared_bytes {
public:
  shared_bytes() = default;

  /// A copy of text.
  explicit shared_bytes(std::string_view text)
      : shared_bytes{make(text.size(), [&](char* into) { std::memcpy(into, text.data(), text.size()); })} {}

  /// @param fill is called with the place of `size` bytes, all of which it writes
  template <class F>
  static shared_bytes make(std::size_t size, F fill) {
    auto data = std::make_shared_for_overwrite<char[]>(size);
    fill(data.get());
    shared_bytes result;
    result.data_ = std::move(data);
    result.size_ = size;
    return result;
  }

  std::string_view view() const noexcept {
    return {data_.get(), size_};
  }
  std::size_t size() const noexcept {
    return size_;
  }
  bool empty() const noexcept {
    return size_ == 0;
  }

private:
  std::shared_ptr<const char[]> data_;
  std::size_t size_ = 0;
};

} // namespace troupe::net::http
