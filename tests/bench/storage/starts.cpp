#include "measure.hpp"

#include <cstdio>
#include <vector>

namespace troupe::bench {

/// How long a start takes with eight events for each of `jobs` jobs in the journal.
void measure_start(std::size_t jobs) {
  const scratch_database database;
  {
    const auto backend = database.open();
    const auto writer = backend->open_writer();
    std::vector<storage::append> appends;
    for (std::size_t i = 0; i < jobs; ++i) {
      appends.push_back(accepted(i));
      appends.back().events.resize(8, {"gathered", std::string(100, 'y')});
      if (appends.size() == 256) {
        writer->append_batch(appends);
        appends.clear();
      }
    }
    std::vector<storage::due_job> due;
    const stopwatch since;
    for (int i = 0; i < 100; ++i)
      due = backend->open_reader()->due_jobs(at(1'000'000), 64, {});
    std::printf("due jobs 64 of %zu, on a new connection: %.0f us\n", jobs, since.wall() / 100);
    const auto reader = backend->open_reader();
    const stopwatch again;
    for (int i = 0; i < 100; ++i)
      due = reader->due_jobs(at(1'000'000), 64, {});
    std::printf("due jobs 64 of %zu, on an open one: %.0f us\n", jobs, again.wall() / 100);
    const stopwatch counted;
    const auto depth = reader->depth();
    std::printf("depth    %llu pending: %.0f us\n", static_cast<unsigned long long>(depth.pending), counted.wall());
  }
  const stopwatch since;
  const auto backend = database.open();
  const auto writer = backend->open_writer();
  const auto released = writer->release_running_jobs(at(0));
  const auto reader = backend->open_reader();
  const auto due = reader->due_jobs(at(1'000'000), 64, {});
  std::printf("start    with %zu events: %.1f ms (%zu released, %zu due)\n", jobs * 8, since.wall() / 1e3, released,
              due.size());
}

} // namespace troupe::bench
