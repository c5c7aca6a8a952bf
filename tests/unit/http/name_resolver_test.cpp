#include "net/http/name_resolver.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using namespace troupe::net::http;

namespace {

const auto home = boost::asio::ip::make_address("192.0.2.7");

/// Name servers that answer at once, know no `unknown`, and let `slow` hang until the end.
struct name_servers {
  std::atomic<int> asked{0};
  std::atomic<std::chrono::seconds> now{0s};
  std::promise<void> end;
  std::shared_future<void> ended = end.get_future().share();
  std::atomic<bool> slow_left{false};
  std::unique_ptr<name_resolver> names = std::make_unique<name_resolver>(
      resolver_settings{2, 4, 30s, 1s},
      [this](const std::string& host) -> name_answer {
        ++asked;
        if (host == "slow") {
          ended.wait();
          slow_left = true;
        }
        return host == "unknown" ? name_answer{{}, "nobody knows it"} : name_answer{{home}, {}};
      },
      [this] { return std::chrono::steady_clock::time_point{} + now.load(); });

  ~name_servers() {
    const bool hanging = begun_slow;
    end.set_value();
    names.reset();
    while (hanging && !slow_left) // its thread still uses this
      std::this_thread::yield();
  }

  bool begun_slow = false;

  std::future<name_answer> begin(const std::string& host) {
    begun_slow = begun_slow || host == "slow";
    auto done = std::make_shared<std::promise<name_answer>>();
    auto result = done->get_future();
    names->find(host, [done](const name_answer& answer) { done->set_value(answer); });
    return result;
  }

  name_answer find(const std::string& host) {
    auto begun = begin(host);
    if (begun.wait_for(10s) != std::future_status::ready)
      throw std::runtime_error{"nobody answered"};
    return begun.get();
  }
};

} // namespace

TEST_CASE_METHOD(name_servers, "a name that hangs doesn't hold up another") {
  auto slow = begin("slow");
  while (asked == 0)
    std::this_thread::yield();
  for (const auto* host : {"a", "b", "c"})
    CHECK(find(host).addresses == std::vector{home});
  CHECK(slow.wait_for(0s) == std::future_status::timeout);
}

TEST_CASE_METHOD(name_servers, "all who ask for a name while it is looked up get the one answer") {
  auto first = begin("slow");
  auto second = begin("slow");
  end.set_value();
  end = {};
  CHECK(first.get().addresses == std::vector{home});
  CHECK(second.get().addresses == std::vector{home});
  CHECK(asked == 1);
}

TEST_CASE_METHOD(name_servers, "addresses are remembered for half a minute, unless they don't serve") {
  find("a");
  now = 29s;
  find("a");
  CHECK(asked == 1);
  now = 30s;
  find("a");
  CHECK(asked == 2);
  names->forget("a");
  find("a");
  CHECK(asked == 3);
}

TEST_CASE_METHOD(name_servers, "that a name isn't known is remembered for a second") {
  CHECK(find("unknown").fault == "nobody knows it");
  find("unknown");
  CHECK(asked == 1);
  now = 1s;
  find("unknown");
  CHECK(asked == 2);
}

TEST_CASE_METHOD(name_servers, "no more names are remembered than there is room for") {
  for (const auto* host : {"a", "b", "c", "d", "e"})
    find(host);
  find("e");
  CHECK(asked == 5);
  find("a");
  CHECK(asked == 6);
}

TEST_CASE_METHOD(name_servers, "a resolver ends while a look-up hangs, and calls nobody any more") {
  auto slow = begin("slow");
  while (asked == 0)
    std::this_thread::yield();
  names.reset();
  CHECK_THROWS_AS(slow.get(), std::future_error);
}

TEST_CASE("the system's own look-up gives addresses, or says why there are none") {
  const auto found = name_resolver::system_lookup("localhost");
  REQUIRE_FALSE(found.addresses.empty());
  CHECK(found.addresses.front().is_loopback());
  CHECK_FALSE(name_resolver::system_lookup(std::string(64, 'a') + ".invalid").fault.empty());
}
