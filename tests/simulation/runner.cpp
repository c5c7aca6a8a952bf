#include "tests/simulation/runner.hpp"

#include <array>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/simulation/world.hpp"

namespace troupe::simulation {

namespace {

std::uint64_t spread(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

void add(summary& to, std::uint64_t seed, const outcome& of) {
  ++to.seeds;
  to.hash += spread(of.hash ^ spread(seed));
  to.lived += std::chrono::duration<double>{of.lived}.count();
  to.jobs += of.jobs;
  to.steps += of.steps;
  if (!of.violation.empty())
    to.failed.push_back({seed, of.violation});
}

struct fixed_part {
  std::uint64_t seeds, hash, jobs, steps, failed;
  double lived;
};

void put(int to, const void* bytes, std::size_t size) {
  for (auto* from = static_cast<const char*>(bytes); size > 0;) {
    const auto count = ::write(to, from, size);
    if (count <= 0)
      ::_exit(3);
    from += count;
    size -= static_cast<std::size_t>(count);
  }
}

/// False at the end.
bool take(int from, void* bytes, std::size_t size) {
  for (auto* to = static_cast<char*>(bytes); size > 0;) {
    const auto count = ::read(from, to, size);
    if (count <= 0)
      return false;
    to += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

void send(int to, const summary& what) {
  const fixed_part fixed{what.seeds, what.hash, what.jobs, what.steps, what.failed.size(), what.lived};
  put(to, &fixed, sizeof fixed);
  for (const auto& each : what.failed) {
    const auto size = each.violation.size();
    put(to, &each.seed, sizeof each.seed);
    put(to, &size, sizeof size);
    put(to, each.violation.data(), size);
  }
}

bool receive(int from, summary& into) {
  fixed_part fixed;
  if (!take(from, &fixed, sizeof fixed))
    return false;
  into.seeds += fixed.seeds;
  into.hash += fixed.hash;
  into.jobs += fixed.jobs;
  into.steps += fixed.steps;
  into.lived += fixed.lived;
  for (std::uint64_t i = 0; i < fixed.failed; ++i) {
    failed_seed each;
    std::size_t size = 0;
    if (!take(from, &each.seed, sizeof each.seed) || !take(from, &size, sizeof size))
      return false;
    each.violation.resize(size);
    if (!take(from, each.violation.data(), size))
      return false;
    into.failed.push_back(std::move(each));
  }
  return true;
}

summary run_share(std::uint64_t first, std::uint64_t end, std::uint64_t stride, bool stop_at_failure) {
  summary result;
  for (auto seed = first; seed < end; seed += stride) {
    add(result, seed, world{make_plan(seed), false}.run());
    if (stop_at_failure && !result.failed.empty())
      break;
  }
  return result;
}

} // namespace

summary run_seeds(std::uint64_t first, std::uint64_t count, unsigned processes, bool stop_at_failure) {
  if (processes <= 1)
    return run_share(first, first + count, 1, stop_at_failure);
  std::vector<std::pair<pid_t, int>> workers;
  for (unsigned i = 0; i < processes; ++i) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
      throw std::runtime_error{"no pipe"};
    const auto child = ::fork();
    if (child < 0)
      throw std::runtime_error{"no process"};
    if (child == 0) {
      ::close(ends[0]);
      send(ends[1], run_share(first + i, first + count, processes, stop_at_failure));
      ::_exit(0);
    }
    ::close(ends[1]);
    workers.emplace_back(child, ends[0]);
  }
  summary result;
  for (const auto& [child, end] : workers) {
    if (!receive(end, result))
      result.failed.push_back({0, "a worker process ended badly; run the seeds with --jobs 1"});
    ::close(end);
    ::waitpid(child, nullptr, 0);
  }
  return result;
}

} // namespace troupe::simulation
