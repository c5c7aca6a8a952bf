// Prints how long searches for similar tickets take, on one core, from one reader.
//
//   bench_search [N] [TICKETS.jsonl SUBJECTS.txt]
//
// Without files: N invented tickets (10,000) of words that are as rare and as frequent as in real text. A new ticket
// has a subject of its own, and one description that all of them share, with an address.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

#include "actors/search/finder.hpp"
#include "actors/search/import.hpp"
#include "storage/backend.hpp"

namespace {

using namespace troupe;
using namespace troupe::actors;

constexpr const char* description =
    "The printer on floor two does not accept jobs since this morning, seen on 10.2.3.4. The queue shows twenty "
    "documents and the spooler service restarts every few minutes. A reboot of the workstation did not help. Other "
    "users on the same switch report slow access to the shared drive as well. Please check the driver version and the "
    "port. The device was replaced last month, and the ticket of that time is still at hand.";

constexpr const char* trade[] = {"printer", "queue",   "spooler", "service", "switch",  "driver", "port", "slow",
                                 "access",  "network", "outlook", "login",   "monitor", "backup", "vpn",  "wifi"};

/// Words of invented syllables; those of the trade come first and are the most frequent.
class vocabulary {
public:
  std::string words(std::size_t count) {
    std::string result;
    while (count-- > 0)
      result += word() + ' ';
    return result;
  }

private:
  std::string word() {
    constexpr std::size_t size = 3'000;
    constexpr const char* syllables[] = {"ba", "ce", "di", "fo", "gu", "ka", "le",
                                         "mi", "no", "pu", "ra", "se", "ti", "zo"};
    auto rank = static_cast<std::size_t>(std::pow(chance_(random_), 1.3) * size);
    if (rank < std::size(trade))
      return trade[rank];
    std::string result;
    for (; rank > 0; rank /= std::size(syllables))
      result += syllables[rank % std::size(syllables)];
    return result;
  }

  std::mt19937_64 random_{7};
  std::uniform_real_distribution<double> chance_{0, 1};
};

double now(clockid_t clock) {
  timespec value{};
  clock_gettime(clock, &value);
  return static_cast<double>(value.tv_sec) * 1e6 + static_cast<double>(value.tv_nsec) / 1e3;
}

void invent(storage::writer& into, vocabulary& words, std::size_t tickets) {
  std::vector<storage::past_ticket> rows;
  for (std::size_t i = 0; i < tickets; ++i) {
    const auto address = "10." + std::to_string(i % 4) + '.' + std::to_string(i % 20) + '.' + std::to_string(i % 250);
    rows.push_back({std::to_string(i), words.words(8), words.words(60) + address, words.words(22), ""});
    if (rows.size() == 500 || i + 1 == tickets) {
      into.put_tickets("bench", rows);
      rows.clear();
    }
  }
}

void measure(storage::backend& database, const std::vector<std::string>& subjects) {
  const auto reader = database.open_reader();
  const search::finder finder;
  for (const char* round : {"first", "second"}) {
    std::vector<double> times;
    std::size_t found = 0;
    const auto cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    for (const auto& subject : subjects) {
      const auto begin = now(CLOCK_MONOTONIC);
      found += finder.find_tickets(*reader, {"bench", subject + " reported by user", description, 5}).hits.size();
      times.push_back(now(CLOCK_MONOTONIC) - begin);
    }
    const auto mean = (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / static_cast<double>(subjects.size());
    std::ranges::sort(times);
    const auto at = [&](double share) {
      return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
    };
    std::printf("%-6s round of %zu: %.0f us CPU, p50 %.0f us, p95 %.0f us, most %.0f us, %zu found\n", round,
                subjects.size(), mean, at(0.5), at(0.95), at(1), found);
  }
}

} // namespace

int main(int count, char** arguments) try {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("troupe-bench-search-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  {
    storage::open_options options;
    options.url = "sqlite:" + (folder / "bench.db").string();
    const auto database = storage::open(options);
    const auto writer = database->open_writer();
    storage::tenant tenant;
    tenant.id = "bench";
    writer->add_tenant(tenant);
    std::vector<std::string> subjects;
    const auto begin = now(CLOCK_MONOTONIC);
    if (count > 3) {
      search::import_file(*writer, search::import_kind::tickets, "bench", arguments[2]);
      std::ifstream lines{arguments[3]};
      for (std::string line; std::getline(lines, line);)
        subjects.push_back(line);
    } else {
      vocabulary words;
      invent(*writer, words, count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 10'000);
      for (int i = 0; i < 500; ++i)
        subjects.push_back(words.words(4));
    }
    std::printf("stored in %.2f s\n", (now(CLOCK_MONOTONIC) - begin) / 1e6);
    measure(*database, subjects);
  }
  std::filesystem::remove_all(folder);
  return EXIT_SUCCESS;
} catch (const std::exception& problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return EXIT_FAILURE;
}
