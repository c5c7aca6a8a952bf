#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>

#include "config/log.hpp"
#include "tests/simulation/mutants.hpp"
#include "tests/simulation/regressions.hpp"
#include "tests/simulation/runner.hpp"
#include "tests/simulation/shrinker.hpp"
#include "tests/simulation/world.hpp"

// Runs whole engines in simulated worlds: see docs/testing.md.

namespace {

using namespace troupe;
using namespace troupe::simulation;

struct options {
  std::uint64_t seeds = 1'000;
  std::uint64_t first = 1;
  std::optional<std::uint64_t> replay;
  std::vector<std::size_t> only;
  bool only_given = false;
  unsigned jobs = 1;
  std::string mutant;
  bool all_failures = false;
  std::string log = "off";
};

std::string text_of(const std::vector<std::size_t>& numbers) {
  std::string result;
  for (const auto each : numbers)
    result += (result.empty() ? "" : ",") + std::to_string(each);
  return result.empty() ? "none" : result;
}

std::vector<std::size_t> numbers_of(const std::string& text) {
  std::vector<std::size_t> result;
  std::istringstream in{text == "none" ? "" : text};
  for (std::string each; std::getline(in, each, ',');)
    result.push_back(std::stoul(each));
  return result;
}

int replay(const options& wanted) {
  auto what = make_plan(*wanted.replay);
  if (wanted.only_given) {
    auto all = std::exchange(what.faults, {});
    for (const auto number : wanted.only)
      what.faults.push_back(all.at(number));
  }
  std::printf("seed %llu: %zu tenants, %zu deliveries, %zu faults\n", static_cast<unsigned long long>(what.seed),
              what.tenants.size(), what.deliveries, what.faults.size());
  const auto went = world{what, true}.run();
  std::printf("%s\nhash %016llx after %llu steps\n", went.violation.empty() ? "all holds" : went.violation.c_str(),
              static_cast<unsigned long long>(went.hash), static_cast<unsigned long long>(went.steps));
  return went.violation.empty() ? 0 : 1;
}

void explain(const failed_seed& what) {
  std::printf("\nFAILED seed %llu: %s\n", static_cast<unsigned long long>(what.seed), what.violation.c_str());
  const auto of = make_plan(what.seed);
  const auto least = shrink(of);
  std::printf("  with %zu of %zu faults: %s\n", least.kept.size(), of.faults.size(), least.violation.c_str());
  for (const auto number : least.kept)
    std::printf("    %zu: %s\n", number, describe(of.faults[number]).c_str());
  std::printf("  replay it: tests/run simulation --seed %llu --faults %s\n", static_cast<unsigned long long>(what.seed),
              text_of(least.kept).c_str());
}

/// Seeds that once found something.
std::size_t failed_regressions() {
  std::size_t result = 0;
  for (const auto& each : regressions)
    if (const auto went = world{make_plan(each.seed), false}.run(); !went.violation.empty()) {
      std::printf("REGRESSION %s\n", each.name);
      explain({each.seed, went.violation});
      ++result;
    }
  return result;
}

int run(const options& wanted) {
  const auto again = failed_regressions();
  const auto begin = std::chrono::steady_clock::now();
  auto all = run_seeds(wanted.first, wanted.seeds, wanted.jobs, !wanted.all_failures);
  const auto seconds = std::chrono::duration<double>{std::chrono::steady_clock::now() - begin}.count();
  std::ranges::sort(all.failed, {}, &failed_seed::seed);
  constexpr std::size_t explained = 3;
  for (std::size_t i = 0; i < std::min(explained, all.failed.size()); ++i)
    explain(all.failed[i]);
  for (std::size_t i = explained; i < all.failed.size(); ++i)
    std::printf("FAILED seed %llu: %s\n", static_cast<unsigned long long>(all.failed[i].seed),
                all.failed[i].violation.c_str());
  std::printf("%llu seeds from %llu, %llu jobs, %llu messages; %.0f seeds/s, %.1f simulated hours/s, by %u processes\n",
              static_cast<unsigned long long>(all.seeds), static_cast<unsigned long long>(wanted.first),
              static_cast<unsigned long long>(all.jobs), static_cast<unsigned long long>(all.steps),
              static_cast<double>(all.seeds) / seconds, all.lived / 3'600 / seconds, wanted.jobs);
  std::printf("trace hash %016llx\n", static_cast<unsigned long long>(all.hash));
  const auto failed = again + (all.failed.empty() ? 0 : 1);
  std::printf("%zu passed, %zu failed\n", std::size(regressions) + 1 - failed, failed);
  return failed == 0 ? 0 : 1;
}

/// How a violation reads in a table.
std::string shortened(const std::string& text) {
  constexpr std::size_t most = 90;
  return text.size() > most ? text.substr(0, most) + " …" : text;
}

/// Each mutation must be found within the seeds.
int run_mutants(const options& wanted) {
  const auto names = mutants();
  std::size_t caught = 0;
  for (unsigned number = 1; number <= names.size(); ++number) {
    const auto name = std::string{names[number - 1]};
    if (wanted.mutant != "all" && wanted.mutant != name)
      continue;
    switch_on(number);
    auto went = run_seeds(wanted.first, wanted.seeds, wanted.jobs, true);
    std::ranges::sort(went.failed, {}, &failed_seed::seed);
    if (went.failed.empty()) {
      std::printf("%-36s NOT CAUGHT within %llu seeds\n", name.c_str(), static_cast<unsigned long long>(went.seeds));
    } else {
      ++caught;
      std::printf("%-36s seed %4llu: %s\n", name.c_str(), static_cast<unsigned long long>(went.failed.front().seed),
                  shortened(went.failed.front().violation).c_str());
    }
    std::fflush(stdout);
  }
  const auto tried = wanted.mutant == "all" ? names.size() : 1;
  std::printf("%zu passed, %zu failed\n", caught, tried - caught);
  return caught == tried ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  options wanted;
  std::string only;
  CLI::App app{"Runs the engine in simulated worlds and checks what it promises."};
  app.add_option("--seeds", wanted.seeds, "how many");
  app.add_option("--first", wanted.first, "the first one");
  app.add_option("--seed", wanted.replay, "show one seed step by step");
  auto* faults = app.add_option("--faults", only, "with --seed: only these faults, such as 0,3; or none");
  app.add_option("--jobs", wanted.jobs, "processes at a time");
  app.add_flag("--all", wanted.all_failures, "go on after a failing seed");
  app.add_option("--log", wanted.log, "with --seed: the engine's own log from this level on, such as warn");
  app.add_option("--mutant", wanted.mutant, "simulation_mutants only: a deliberate fault that must be found, or all");
  CLI11_PARSE(app, argc, argv);
  wanted.only_given = faults->count() > 0;
  wanted.only = numbers_of(only);
  config::log_settings quiet;
  quiet.level = wanted.log == "off"     ? config::log_level::off
                : wanted.log == "debug" ? config::log_level::debug
                : wanted.log == "info"  ? config::log_level::info
                                        : config::log_level::warn;
  config::log::configure(quiet);
  if (!wanted.mutant.empty() && !wanted.replay)
    return run_mutants(wanted);
  const auto names = mutants();
  const auto found = std::ranges::find(names, wanted.mutant);
  switch_on(found == names.end() ? 0 : static_cast<unsigned>(found - names.begin()) + 1);
  return wanted.replay ? replay(wanted) : run(wanted);
}
