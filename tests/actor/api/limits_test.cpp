#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>

#include "actors/api/message_budget.hpp"
#include "actors/api/rate_limiter.hpp"
#include "actors/api/serve_lock.hpp"
#include "actors/api/trace_context.hpp"
#include "actors/api/tree.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors::api;

TEST_CASE("a minute's allowance may be used at once and comes back evenly") {
  rate_limiter limiter;
  for (int i = 0; i < 6; ++i)
    CHECK_FALSE(limiter.take("a", 6, 0s));
  const auto wait = limiter.take("a", 6, 0s);
  REQUIRE(wait);
  CHECK(*wait == 10s);
  CHECK(limiter.take("a", 6, 9s));
  CHECK_FALSE(limiter.take("a", 6, 10s));
  CHECK(limiter.take("a", 6, 10s));
}

TEST_CASE("what is given back can be taken again, and no more than that") {
  rate_limiter limiter;
  limiter.give_back("a", 2);
  CHECK_FALSE(limiter.take("a", 2, 0s));
  CHECK_FALSE(limiter.take("a", 2, 0s));
  limiter.give_back("a", 2);
  CHECK_FALSE(limiter.take("a", 2, 0s));
  CHECK(limiter.take("a", 2, 0s));
}

TEST_CASE("what is no message counts as a request, and as a message once those are used up") {
  const auto time = std::make_shared<actors::system_clock>();
  const auth_services messages{nullptr, std::make_shared<rate_limiter>(), 2, time};
  const auth_services requests{nullptr, std::make_shared<rate_limiter>(), 3, time};
  const message_budget budget{messages, requests};
  for (int refused = 0; refused < 3; ++refused) {
    REQUIRE_FALSE(budget.take("acme", "ann"));
    budget.give_back("acme", "ann");
  }
  CHECK(requests.requests->take(user_key("acme", "ann"), 3, time->monotonic()));
  for (int refused = 0; refused < 2; ++refused) {
    REQUIRE_FALSE(budget.take("acme", "ann"));
    budget.give_back("acme", "ann");
  }
  CHECK(budget.take("acme", "ann"));
  CHECK_FALSE(budget.take("acme", "bob"));
}

TEST_CASE("one key's use is no other's") {
  rate_limiter limiter;
  CHECK_FALSE(limiter.take("a", 1, 0s));
  CHECK(limiter.take("a", 1, 0s));
  CHECK_FALSE(limiter.take("b", 1, 0s));
}

TEST_CASE("a limit of zero is none") {
  rate_limiter limiter;
  for (int i = 0; i < 1'000; ++i)
    CHECK_FALSE(limiter.take("a", 0, 0s));
}

TEST_CASE("a flood of keys doesn't grow the limiter, and idle keys go first") {
  rate_limiter limiter{16};
  CHECK_FALSE(limiter.take("steady", 1, 100s));
  for (int i = 0; i < 10'000; ++i)
    limiter.take("key" + std::to_string(i), 1'000, 0s);
  CHECK_FALSE(limiter.take("another", 1, 100s));
}

TEST_CASE("a traceparent is taken only when it is one") {
  const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  CHECK(valid_traceparent(good) == good);
  CHECK(valid_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more").size() == 55);
  for (const auto* bad : {"", "00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                          "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-zz",
                          "00+4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x"})
    CHECK(valid_traceparent(bad).empty());
}

TEST_CASE("a database is served by one process at a time, and free again when that ends") {
  const auto database = std::filesystem::temp_directory_path() / ("troupe-lock-" + std::to_string(::getpid()));
  {
    serve_lock first{database};
    CHECK_THROWS_WITH(serve_lock{database},
                      database.string() + " is served by another troupe already; stop that one first");
  }
  CHECK_NOTHROW(serve_lock{database});
  const auto link = std::filesystem::path{database.string() + ".link"};
  std::filesystem::create_symlink(database, link);
  std::ofstream{database};
  {
    serve_lock first{database};
    CHECK_THROWS(serve_lock{link});
  }
  std::filesystem::remove(link);
  std::filesystem::remove(database);
  std::filesystem::remove(database.string() + ".lock");
}

TEST_CASE("a lock that can't be made names its file") {
  CHECK_THROWS_WITH(serve_lock{"/nowhere/at/all.db"}, "/nowhere/at/all.db.lock: No such file or directory");
  CHECK_NOTHROW(serve_lock{""});
}

TEST_CASE("jobs in flight follow what the first provider takes at once") {
  config::settings settings;
  CHECK(jobs_in_flight(settings) == 128);
  config::provider_settings provider;
  provider.name = "p";
  provider.max_concurrency = 2'000;
  settings.llm.providers = {provider};
  settings.llm.chain = {"p"};
  CHECK(jobs_in_flight(settings) == 2'144);
  settings.llm.providers[0].max_concurrency = 100;
  CHECK(jobs_in_flight(settings) == 141);
  settings.llm.providers[0].max_concurrency = 1'000'000;
  CHECK(jobs_in_flight(settings) == 8'192);
  settings.jobs.max_in_flight = 7;
  CHECK(jobs_in_flight(settings) == 7);
}
