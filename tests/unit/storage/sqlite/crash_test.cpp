#include "sqlite/database.hpp"

#include <catch2/catch_test_macros.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <random>

namespace troupe::storage::testing {

namespace {

entity_key numbered(std::uint32_t number) {
  return job_of("acme", "job-" + std::to_string(number));
}

/// In a process of its own: accepts jobs from `first` on, two appends each, and reports every batch once it is durable.
[[noreturn]] void append_until_killed(const open_options& options, std::uint32_t first, int report) {
  try {
    const auto backend = open(options);
    const auto writer = backend->open_writer();
    for (std::uint32_t number = first;; number += 8) {
      std::vector<append> batch;
      for (std::uint32_t i = number; i < number + 8; ++i) {
        auto value = accepted(numbered(i), "payload " + std::to_string(i));
        value.delivery = delivery{{}, at(1'000'000)};
        for (std::size_t k = 0; k < 4; ++k)
          value.delivery->key[k] = static_cast<std::uint8_t>(i >> (8 * k));
        batch.push_back(value);
        batch.push_back(next(numbered(i), 1, {"claimed", "gathered"}));
      }
      for (const auto& result : writer->append_batch(batch))
        if (result.outcome != append_outcome::stored)
          ::_exit(2);
      if (::write(report, &number, sizeof number) != sizeof number)
        ::_exit(3);
    }
  } catch (...) {
    ::_exit(4);
  }
}

/// The first number of the last batch that was reported before the kill.
std::uint32_t run_and_kill(const open_options& options, std::uint32_t first, int reports) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::fflush(nullptr);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    append_until_killed(options, first, ends[1]);
  }
  ::close(ends[1]);
  std::uint32_t last = 0;
  while (reports-- > 0)
    REQUIRE(::read(ends[0], &last, sizeof last) == sizeof last);
  ::kill(child, SIGKILL);
  // What it reported between the last look and its end counts, too.
  for (std::uint32_t number = 0; ::read(ends[0], &number, sizeof number) == sizeof number;)
    last = number;
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  return last;
}

} // namespace

TEST_CASE("what was reported as durable is there after kill -9, whole and only whole") {
  sqlite_database database;
  open(database.options())->open_writer()->add_tenant(make_tenant("acme"));
  std::mt19937 random{20'261'120};
  std::uint32_t first = 0;
  for (int round = 0; round < 8; ++round) {
    const auto last = run_and_kill(database.options(), first, 1 + static_cast<int>(random() % 60));

    const auto backend = open(database.options());
    const auto reader = backend->open_reader();
    const auto writer = backend->open_writer();
    for (std::uint32_t number = first; number < last + 8; ++number) {
      const auto events = reader->load(numbered(number));
      REQUIRE(events.size() == 3);
      REQUIRE(events[0].payload == "payload " + std::to_string(number));
    }
    // The batch under way is there as a whole or not at all, and the deliveries with it.
    const auto stored = reader->load(numbered(last + 8)).size();
    for (std::uint32_t number = last + 8; number < last + 16; ++number)
      REQUIRE(reader->load(numbered(number)).size() == stored);
    REQUIRE(reader->load(numbered(last + 16)).empty());
    auto again = accepted(job_of("acme", "again"));
    again.delivery = delivery{{}, at(1'000'000)};
    for (std::size_t k = 0; k < 4; ++k)
      again.delivery->key[k] = static_cast<std::uint8_t>(last >> (8 * k));
    const auto result = writer->append_batch({&again, 1}).at(0);
    REQUIRE(result.outcome == append_outcome::duplicate);
    REQUIRE(result.existing == numbered(last).id);
    CHECK(database.ask("PRAGMA integrity_check") == "ok");
    first = last + 16 + 8;
  }
}

} // namespace troupe::storage::testing
