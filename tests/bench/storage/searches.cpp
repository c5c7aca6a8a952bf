#include "measure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace troupe::bench {

namespace {

/// Text of invented words, few of them frequent and most of them rare, as in real text.
class vocabulary {
public:
  std::string word(double exponent) {
    const auto rank = static_cast<std::size_t>(std::pow(chance_(random_), exponent) * 20'000);
    return std::to_string(rank * 7'919 % 20'011).insert(0, 1, 'w');
  }

  std::string text(std::size_t words) {
    std::string result;
    while (words-- > 0)
      result += word(3) + ' ';
    return result;
  }

  std::mt19937_64 random_{7};

private:
  std::uniform_real_distribution<double> chance_{0, 1};
};

void import(storage::writer& writer, vocabulary& words, std::size_t tickets) {
  const stopwatch since;
  std::vector<storage::past_ticket> rows;
  for (std::size_t i = 0; i < tickets; ++i) {
    rows.push_back({"T-" + std::to_string(i), words.text(8), words.text(60), words.text(22), "2025-11-20T12:00:00Z"});
    if (rows.size() == 300 || i + 1 == tickets) {
      writer.put_tickets("bench", rows);
      rows.clear();
    }
  }
  std::printf("import   %zu tickets: %.1f us CPU, %.1f us each\n", tickets, since.cpu() / static_cast<double>(tickets),
              since.wall() / static_cast<double>(tickets));
}

} // namespace

void measure_searches(std::size_t tickets) {
  const scratch_database database;
  const auto backend = database.open();
  vocabulary words;
  import(*backend->open_writer(), words, tickets);
  const auto reader = backend->open_reader();
  std::vector<double> times;
  double frequency = 0;
  for (int query = 0; query < 500; ++query) {
    storage::text_query wanted;
    while (wanted.terms.size() < 8) {
      auto word = words.word(1.5);
      const auto found = static_cast<double>(reader->ticket_frequency("bench", word));
      if (found > 0) {
        frequency += found;
        wanted.terms.push_back({word, 1});
      }
    }
    const stopwatch since;
    reader->search_tickets("bench", wanted);
    times.push_back(since.wall());
  }
  std::sort(times.begin(), times.end());
  std::printf("search   among %zu, 8 terms, each in %.0f tickets: p50 %.0f us, p95 %.0f us, most %.0f us\n", tickets,
              frequency / (500 * 8), times[250], times[475], times.back());
}

} // namespace troupe::bench
