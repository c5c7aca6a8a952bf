#include "measure.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace troupe::bench {

namespace {

void expect_all_stored(const std::vector<storage::append_result>& results) {
  for (const auto& result : results)
    if (result.outcome != storage::append_outcome::stored)
      throw std::runtime_error{"an append wasn't stored"};
}

void report(const char* what, std::size_t batch, const stopwatch& since, std::size_t count) {
  const auto number = static_cast<double>(count);
  std::printf("%-8s batch %3zu: %6.2f us CPU, %6.2f us per append\n", what, batch, since.cpu() / number,
              since.wall() / number);
}

void accept_all(storage::writer& writer, std::size_t jobs, std::size_t batch) {
  std::vector<storage::append> appends;
  const stopwatch since;
  double making = 0;
  for (std::size_t first = 0; first < jobs; first += batch) {
    const stopwatch own;
    appends.clear();
    for (std::size_t i = first; i < std::min(jobs, first + batch); ++i)
      appends.push_back(accepted(i));
    making += own.cpu();
    expect_all_stored(writer.append_batch(appends));
  }
  report("accept", batch, since, jobs);
  std::printf("         of that the bench itself: %.2f us\n", making / static_cast<double>(jobs));
}

/// What a job's life appends after it was accepted, `in_flight` of them side by side.
void advance_all(storage::writer& writer, std::size_t jobs, std::size_t batch, std::size_t in_flight) {
  static const char* const types[] = {"claimed", "gathered", "synthesized", "completed"};
  std::size_t appended = 0;
  std::vector<storage::append> appends;
  const stopwatch since;
  for (std::size_t first = 0; first < jobs; first += in_flight) {
    for (std::size_t step = 0; step < 4; ++step) {
      for (std::size_t i = first; i < std::min(jobs, first + in_flight); ++i) {
        auto value = accepted(i);
        value.delivery.reset();
        value.expected = step + 1;
        value.events = {{types[step], std::string(step == 1 ? 620 : 80, 'y')}};
        value.job->attempt = 1;
        value.job->status = step == 3 ? storage::job_status::completed : storage::job_status::running;
        value.job->step = types[step];
        if (step >= 2)
          value.job->provider = "openai";
        appends.push_back(std::move(value));
        if (appends.size() == batch || i + 1 == std::min(jobs, first + in_flight)) {
          expect_all_stored(writer.append_batch(appends));
          appended += appends.size();
          appends.clear();
        }
      }
    }
  }
  report("advance", batch, since, appended);
}

/// What the `step`th append of a conversation looks like: opened, then turns of message, reply begun, reply with what
/// it told, end.
storage::append said(std::size_t talk, std::size_t step) {
  static constexpr std::size_t sizes[] = {60, 160, 90, 420};
  storage::append value;
  value.entity = {"bench", storage::entity_kind::conversation, job_id(talk)};
  value.expected = step;
  value.at = at(static_cast<long>(talk * 5 + step * 2'000));
  value.events = {{"event", std::string(step == 0 ? 300 : sizes[step % 4], 'z')}};
  value.conversation = storage::conversation_row{"user " + std::to_string(talk),
                                                 "onboarding",
                                                 "3f9c0a12",
                                                 "goals",
                                                 2,
                                                 false,
                                                 step % 4 != 0,
                                                 (step + 3) / 4,
                                                 at(0),
                                                 value.at};
  return value;
}

/// Three turns of each conversation, `in_flight` of them side by side.
void talk_all(storage::writer& writer, std::size_t talks, std::size_t batch, std::size_t in_flight) {
  std::vector<storage::append> appends;
  std::size_t appended = 0;
  const auto step_of = [&](std::size_t first, std::size_t end, std::size_t step) {
    for (std::size_t talk = first; talk < end; ++talk) {
      appends.push_back(said(talk, step));
      if (appends.size() < batch && talk + 1 < end)
        continue;
      expect_all_stored(writer.append_batch(appends));
      appended += appends.size();
      appends.clear();
    }
  };
  const stopwatch opening;
  step_of(0, talks, 0);
  report("open", batch, opening, talks);
  appended = 0;
  const stopwatch talking;
  for (std::size_t first = 0; first < talks; first += in_flight)
    for (std::size_t step = 1; step <= 12; ++step)
      step_of(first, std::min(talks, first + in_flight), step);
  report("talk", batch, talking, appended);
}

} // namespace

void measure_appends(std::size_t jobs, std::size_t batch) {
  const auto count = batch == 1 ? jobs / 20 : jobs;
  const scratch_database database;
  const auto writer = database.open()->open_writer();
  accept_all(*writer, count, batch);
  advance_all(*writer, count, batch, std::max<std::size_t>(batch, 96));
  talk_all(*writer, count / 4, batch, std::max<std::size_t>(batch, 96));
}

} // namespace troupe::bench
