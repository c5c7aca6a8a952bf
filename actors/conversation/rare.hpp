#pragma once

#include <memory>
#include <utility>

namespace troupe::actors::conversation {

/// A `std::optional` for what is seldom there: without a value it takes a pointer's room. One thread at a time.
template <class T>
class rare {
public:
  rare() = default;
  rare(rare&&) noexcept = default;
  rare& operator=(rare&&) noexcept = default;
  rare(const rare& other) : value_{other ? std::make_unique<T>(*other) : nullptr} {}
  rare& operator=(const rare& other) {
    return *this = rare{other};
  }

  explicit operator bool() const noexcept {
    return value_ != nullptr;
  }

  T* operator->() noexcept {
    return value_.get();
  }
  const T* operator->() const noexcept {
    return value_.get();
  }
  T& operator*() noexcept {
    return *value_;
  }
  const T& operator*() const noexcept {
    return *value_;
  }

  T& emplace() {
    value_ = std::make_unique<T>();
    return *value_;
  }

  void reset() noexcept {
    value_.reset();
  }

private:
  std::unique_ptr<T> value_;
};

} // namespace troupe::actors::conversation
