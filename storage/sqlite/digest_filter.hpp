#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::storage::sqlite {

/// What stands for a delivery: half of its SHA-256.
using digest = std::array<std::uint8_t, 16>;

/// Says of most digests that aren't in a set that they aren't: a Bloom filter whose bits for one digest lie in one
/// cache line. Digests are random already and serve as their own hash.
class digest_filter {
public:
  /// An empty one for about `count` digests: one in some hundreds passes wrongly.
  explicit digest_filter(std::size_t count);
  /// One that was stored.
  explicit digest_filter(std::string_view bytes) : bits_{bytes} {}

  void add(const digest& key);
  bool may_hold(const digest& key) const noexcept;

  std::string_view bytes() const noexcept {
    return bits_;
  }

private:
  /// Calls `visit` with each of the digest's bits until it says false.
  template <class Visit>
  bool every_bit(const digest& key, Visit visit) const;

  std::string bits_; ///< whole lines
};

} // namespace troupe::storage::sqlite
