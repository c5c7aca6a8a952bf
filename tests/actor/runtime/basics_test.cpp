#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "actors/runtime/backoff.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/handle_ref.hpp"
#include "actors/runtime/ids.hpp"
#include "actors/runtime/messages.hpp"
#include "actors/runtime/random.hpp"
#include "actors/runtime/system_config.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;

namespace {

/// Always the same bits.
struct fixed_random final : actors::random {
  explicit fixed_random(std::uint64_t x) : value{x} {}
  std::uint64_t bits() override {
    return value;
  }
  std::uint64_t value;
};

} // namespace

TEST_CASE("the system's clock never measures backwards") {
  system_clock time;
  const auto first = time.monotonic();
  CHECK(time.monotonic() >= first);
  CHECK(time.now() > storage::timestamp{std::chrono::days{18'000}});
}

TEST_CASE("a manual clock moves only when moved") {
  manual_clock time{storage::timestamp{1'000ms}};
  CHECK(time.now() == storage::timestamp{1'000ms});
  time.advance(1'500us);
  CHECK(time.now() == storage::timestamp{1'001ms});
  CHECK(time.monotonic() == 1'500us);
  time.advance(500us);
  CHECK(time.now() == storage::timestamp{1'002ms});
}

TEST_CASE("a wall clock that is set back doesn't disturb what is being measured") {
  manual_clock time{storage::timestamp{5'000ms}};
  time.advance(1s);
  time.set(storage::timestamp{10ms});
  CHECK(time.now() == storage::timestamp{10ms});
  CHECK(time.monotonic() == 1s);
}

TEST_CASE("uniform numbers lie in [0, 1)") {
  CHECK(fixed_random{0}.uniform() == 0.0);
  CHECK(fixed_random{std::numeric_limits<std::uint64_t>::max()}.uniform() < 1.0);
  seeded_random chance{7};
  double sum = 0;
  for (int i = 0; i < 10'000; ++i)
    sum += chance.uniform();
  CHECK(sum > 4'800);
  CHECK(sum < 5'200);
}

TEST_CASE("the same seed gives the same chance") {
  seeded_random first{42};
  seeded_random second{42};
  seeded_random other{43};
  const auto expected = first.bits();
  CHECK(second.bits() == expected);
  CHECK(other.bits() != expected);
}

TEST_CASE("the system's chance doesn't repeat itself") {
  system_random chance;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1'000; ++i)
    seen.insert(chance.bits());
  CHECK(seen.size() == 1'000);
}

TEST_CASE("bytes are filled to the last one") {
  fixed_random chance{0x0807060504030201ULL};
  std::array<std::uint8_t, 11> out{};
  chance.bytes(out);
  CHECK(out == std::array<std::uint8_t, 11>{1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3});
}

TEST_CASE("an id is a UUID of version 7 that starts with its time") {
  manual_clock time{storage::timestamp{std::chrono::milliseconds{0x0123456789AB}}};
  fixed_random chance{0xFFFF'FFFF'FFFF'F123ULL};
  id_source ids{time, chance};
  CHECK(ids.next() == "01234567-89ab-7123-bfff-fffffffff123");
}

TEST_CASE("ids grow while the clock stands still") {
  manual_clock time;
  seeded_random chance{1};
  id_source ids{time, chance};
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    auto next = ids.next();
    REQUIRE(next > last);
    last = std::move(next);
  }
}

TEST_CASE("ids grow when the clock goes back") {
  manual_clock time;
  seeded_random chance{1};
  id_source ids{time, chance};
  const auto before = ids.next();
  time.set(storage::timestamp{1ms});
  CHECK(ids.next() > before);
}

TEST_CASE("ids grow when their random bits run over") {
  manual_clock time;
  fixed_random chance{std::numeric_limits<std::uint64_t>::max()};
  id_source ids{time, chance};
  const auto first = ids.next();
  const auto second = ids.next();
  CHECK(second > first);
  CHECK(ids.next() > second);
}

TEST_CASE("back-off doubles up to its limit and is spread evenly") {
  CHECK(backoff(100ms, 1s, 0, 0.5) == 50ms);
  CHECK(backoff(100ms, 1s, 1, 0.5) == 100ms);
  CHECK(backoff(100ms, 1s, 2, 0.5) == 200ms);
  CHECK(backoff(100ms, 1s, 10, 0.5) == 500ms);
  CHECK(backoff(100ms, 1s, 4'000'000'000U, 0.999) < 1s);
  CHECK(backoff(100ms, 1s, 3, 0.0) == 0ms);
}

TEST_CASE("every reason has its name") {
  for (auto code : {runtime_ec::superseded, runtime_ec::unavailable, runtime_ec::corrupt, runtime_ec::overloaded,
                    runtime_ec::restart_intensity, runtime_ec::stopped, runtime_ec::unknown_child,
                    runtime_ec::duplicate_child, runtime_ec::child_down})
    CHECK(to_string(code) != "unknown");
  CHECK(to_string(static_cast<runtime_ec>(99)) == "unknown");
}

TEST_CASE("actors share a bounded number of messages per turn") {
  system_config config{3, 1'000'000};
  CHECK(caf::get_or(config, "scheduler.policy", caf::atom("stealing")) == caf::atom("sharing"));
  CHECK(caf::get_or(config, "scheduler.max-threads", std::size_t{0}) == 3);
  CHECK(caf::get_or(config, "scheduler.max-throughput", std::size_t{0}) == 300);
  system_config automatic;
  CHECK(caf::get_or(automatic, "scheduler.max-threads", std::size_t{0}) >= 1);
}
