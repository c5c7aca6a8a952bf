#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace troupe::simulation {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Chance for one purpose. Each purpose has its own stream, so that one draw more here changes nothing there.
class random_stream {
public:
  random_stream(std::uint64_t seed, std::string_view purpose) : state_{seed * 0x9e3779b97f4a7c15ULL + 1} {
    for (const char c : purpose)
      state_ = (bits() ^ static_cast<unsigned char>(c)) + seed;
  }

  /// Source: S. Vigna, splitmix64.
  std::uint64_t bits() noexcept {
    auto x = state_ += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }

  /// Even in [0, end); `end` is at least 1.
  std::uint64_t below(std::uint64_t end) noexcept {
    return bits() % end;
  }

  /// Even in [low, high].
  std::uint64_t between(std::uint64_t low, std::uint64_t high) noexcept {
    return low + below(high - low + 1);
  }

  bool chance(double probability) noexcept {
    return static_cast<double>(bits() >> 11) * 0x1.0p-53 < probability;
  }

  /// Even in [low, high], in microseconds.
  nanoseconds even(nanoseconds low, nanoseconds high) noexcept {
    return low + std::chrono::microseconds{below(static_cast<std::uint64_t>((high - low).count() / 1'000) + 1)};
  }

  /// Between the two, small values as likely as large ones: what networks and disks do.
  nanoseconds skewed(nanoseconds low, nanoseconds high) noexcept {
    const auto range = static_cast<std::uint64_t>((high - low).count() / 1'000);
    std::uint64_t width = 0;
    while (width < 63 && (range >> width) != 0)
      ++width;
    const auto limit = std::uint64_t{1} << below(width + 1);
    return low + std::chrono::microseconds{below(limit < range ? limit : range + 1)};
  }

  template <class T>
  const T& pick(const std::vector<T>& from) noexcept {
    return from[below(from.size())];
  }

private:
  std::uint64_t state_;
};

} // namespace troupe::simulation
