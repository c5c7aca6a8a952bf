#include "actors/runtime/random.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <random>

namespace troupe::actors {
namespace {

/// Spreads a counter into well-mixed bits. Source: S. Vigna, splitmix64.
std::uint64_t split_mix(std::uint64_t& state) noexcept {
  auto x = state += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Source: D. Blackman and S. Vigna, xoshiro256**.
class xoshiro {
public:
  xoshiro() {
    std::random_device device;
    for (auto& word : state_) {
      std::uint64_t seed = (std::uint64_t{device()} << 32) | device();
      word = split_mix(seed);
    }
  }

  std::uint64_t operator()() noexcept {
    const auto result = std::rotl(state_[1] * 5, 7) * 9;
    const auto shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

private:
  std::array<std::uint64_t, 4> state_{};
};

} // namespace

double random::uniform() {
  return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

void random::bytes(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    auto word = bits();
    const auto count = std::min<std::size_t>(out.size(), sizeof word);
    for (std::size_t i = 0; i < count; ++i, word >>= 8)
      out[i] = static_cast<std::uint8_t>(word);
    out = out.subspan(count);
  }
}

std::uint64_t system_random::bits() {
  thread_local xoshiro generator;
  return generator();
}

std::uint64_t seeded_random::bits() {
  std::lock_guard lock{mutex_};
  return split_mix(state_);
}

} // namespace troupe::actors
