#pragma once

#include <atomic>
#include <chrono>

#include "storage/types.hpp"

namespace troupe::actors {

/// Where the engine reads the time. Any thread.
class clock {
public:
  virtual ~clock() = default;

  /// Wall clock, for what is stored and shown.
  virtual storage::timestamp now() const noexcept = 0;

  /// Never goes back: for measuring how long something took.
  virtual std::chrono::nanoseconds monotonic() const noexcept = 0;
};

/// The machine's clock.
class system_clock final : public clock {
public:
  storage::timestamp now() const noexcept override;
  std::chrono::nanoseconds monotonic() const noexcept override;
};

/// A clock that stands still until it is moved: for tests and the simulation.
class manual_clock final : public clock {
public:
  explicit manual_clock(storage::timestamp start = storage::timestamp{std::chrono::days{20'000}}) noexcept;

  storage::timestamp now() const noexcept override;
  std::chrono::nanoseconds monotonic() const noexcept override;

  /// Moves both readings.
  void advance(std::chrono::nanoseconds by) noexcept;

  /// Sets the wall clock alone, as an operator or NTP does; it may go back.
  void set(storage::timestamp to) noexcept;

private:
  std::atomic<std::int64_t> wall_ns_;
  std::atomic<std::int64_t> elapsed_ns_{0};
};

} // namespace troupe::actors
