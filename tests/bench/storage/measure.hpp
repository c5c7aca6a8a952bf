#pragma once

#include <chrono>
#include <cstddef>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>

#include "storage/backend.hpp"

namespace troupe::bench {

/// Microseconds of this process's CPU time and of the clock since it was made.
class stopwatch {
public:
  double cpu() const {
    return now(CLOCK_PROCESS_CPUTIME_ID) - cpu_;
  }
  double wall() const {
    return now(CLOCK_MONOTONIC) - wall_;
  }

private:
  static double now(clockid_t clock) {
    timespec value{};
    clock_gettime(clock, &value);
    return static_cast<double>(value.tv_sec) * 1e6 + static_cast<double>(value.tv_nsec) / 1e3;
  }

  double cpu_ = now(CLOCK_PROCESS_CPUTIME_ID);
  double wall_ = now(CLOCK_MONOTONIC);
};

/// A database of its own with one tenant, `bench`; removed at the end.
class scratch_database {
public:
  scratch_database();
  ~scratch_database();
  scratch_database(const scratch_database&) = delete;
  scratch_database& operator=(const scratch_database&) = delete;

  std::unique_ptr<storage::backend> open() const;

private:
  std::filesystem::path folder_;
};

inline storage::timestamp at(long milliseconds) {
  return storage::timestamp{std::chrono::milliseconds{1'790'000'000'000 + milliseconds}};
}

/// A time-ordered id, the `number`th.
std::string job_id(std::size_t number);

/// A new job as a webhook makes it: 600 bytes of text, with its delivery.
storage::append accepted(std::size_t number);

void measure_appends(std::size_t jobs, std::size_t batch);
void measure_searches(std::size_t tickets);
void measure_start(std::size_t jobs);

} // namespace troupe::bench
