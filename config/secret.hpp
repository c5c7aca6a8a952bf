#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace troupe::config {

/// A value that must not reach a log, an error or a page: it has no stream operator and no implicit conversion.
class secret {
public:
  secret() = default;
  explicit secret(std::string value) : value_{std::move(value)} {}

  /// The value itself. Call it only where the value is used: to sign, to encrypt, to send it to whom it is meant for.
  const std::string& reveal() const noexcept {
    return value_;
  }

  bool empty() const noexcept {
    return value_.empty();
  }

  bool operator==(const secret&) const = default;

private:
  std::string value_;
};

} // namespace troupe::config
