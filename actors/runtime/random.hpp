#pragma once

#include <cstdint>
#include <mutex>
#include <span>

namespace troupe::actors {

/// Where the engine gets its chance from: jitter and ids, never keys. Any thread.
class random {
public:
  virtual ~random() = default;

  /// 64 uniformly distributed bits.
  virtual std::uint64_t bits() = 0;

  /// Uniform in [0, 1).
  double uniform();

  /// Fills `out` with uniformly distributed bytes.
  void bytes(std::span<std::uint8_t> out);
};

/// One generator per thread, each seeded by the operating system.
class system_random final : public random {
public:
  std::uint64_t bits() override;
};

/// The same sequence for the same seed: for tests and the simulation.
class seeded_random final : public random {
public:
  explicit seeded_random(std::uint64_t seed) noexcept : state_{seed} {}

  std::uint64_t bits() override;

private:
  std::mutex mutex_;
  std::uint64_t state_;
};

} // namespace troupe::actors
