#include "net/http/reply.hpp"

#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net::http;

TEST_CASE("a reply answers once, however many copies are called") {
  std::vector<unsigned> statuses;
  {
    reply done = [&](response r) { statuses.push_back(r.status); };
    auto copy = done;
    copy({202, {}, {}, {}});
    done({500, {}, {}, {}});
  }
  CHECK(statuses == std::vector<unsigned>{202});
}

TEST_CASE("a reply that is dropped unanswered answers with 500") {
  std::vector<unsigned> statuses;
  {
    reply done = [&](response r) { statuses.push_back(r.status); };
    auto copy = done;
    done = reply{};
    CHECK(statuses.empty()); // the copy can still answer
  }
  CHECK(statuses == std::vector<unsigned>{500});
}

TEST_CASE("a reply can be moved, assigned and emptied") {
  int answers = 0;
  reply first = [&](response) { ++answers; };
  auto second = std::move(first);
  CHECK_FALSE(first);
  CHECK(second);
  first({200, {}, {}, {}}); // nothing to answer
  CHECK(answers == 0);
  second({200, {}, {}, {}});
  CHECK(answers == 1);
}

TEST_CASE("of many threads one answers") {
  std::atomic<int> answers{0};
  {
    reply done = [&](response) { ++answers; };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([done] { done({200, {}, {}, {}}); });
    for (auto& thread : threads)
      thread.join();
  }
  CHECK(answers == 1);
}
