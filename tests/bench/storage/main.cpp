#include "measure.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace troupe::bench {

scratch_database::scratch_database()
    : folder_{std::filesystem::temp_directory_path() / ("troupe-bench-" + std::to_string(::getpid()))} {
  std::filesystem::create_directory(folder_);
  storage::tenant tenant;
  tenant.id = "bench";
  open()->open_writer()->add_tenant(tenant);
}

scratch_database::~scratch_database() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::unique_ptr<storage::backend> scratch_database::open() const {
  storage::open_options options;
  options.url = "sqlite:" + (folder_ / "bench.db").string();
  options.master_key = config::secret{std::string(32, 'k')};
  return storage::open(options);
}

std::string job_id(std::size_t number) {
  std::array<char, 64> text;
  // Version 7: 48 bits of time, then chance.
  const auto scattered = (number + 1) * 0x9e3779b97f4a7c15U;
  std::snprintf(text.data(), text.size(), "019%05zx-%04zx-7%03zx-8%03zx-%012zx", number >> 24, (number >> 8) & 0xffff,
                (number & 0xff) << 4, (scattered >> 52) & 0xfff, scattered & 0xffffffffffff);
  return text.data();
}

storage::append accepted(std::size_t number) {
  storage::append result;
  result.entity = {"bench", storage::entity_kind::ticket_job, job_id(number)};
  result.at = at(static_cast<long>(number / 30));
  result.events.push_back({"accepted", std::string(620, 'x')});
  storage::delivery delivery;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto part = (number * 4 + i + 1) * 0x9e3779b97f4a7c15U ^ (number * 0xd1342543de82ef95U >> 7);
    std::memcpy(delivery.key.data() + i * 8, &part, 8);
  }
  delivery.expires_at = result.at + std::chrono::hours{24};
  result.delivery = delivery;
  storage::job_row job;
  job.ticket_id = std::to_string(100'000 + number);
  job.received_at = result.at;
  job.due_at = result.at;
  job.correlation_id = result.entity.id;
  result.job = job;
  return result;
}

} // namespace troupe::bench

/// Prints microseconds of CPU and of the clock per operation. Arguments: `appends [BATCH]`, `searches`, `start`; none:
/// all.
int main(int count, char** arguments) try {
  using namespace troupe::bench;
  const auto wanted = [&](const char* part) { return count < 2 || std::strcmp(arguments[1], part) == 0; };
  if (wanted("appends")) {
    const auto only = count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 0;
    for (const std::size_t batch : {1, 16, 64, 256})
      if (only == 0 || only == batch)
        measure_appends(200'000, batch);
  }
  if (wanted("searches"))
    for (const std::size_t tickets : {10'000, 100'000})
      measure_searches(tickets);
  if (wanted("start"))
    measure_start(125'000);
  return EXIT_SUCCESS;
} catch (const std::exception& problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return EXIT_FAILURE;
}
