#include "actors/runtime/weighted_queue.hpp"

#include <map>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors;

TEST_CASE("a weighted queue whose items cost the same serves its keys in turn, each in order") {
  weighted_queue<int> queue{10};
  for (const auto& [key, item] : {std::pair{"a", 1}, {"a", 2}, {"a", 3}, {"b", 4}, {"c", 5}})
    CHECK(queue.push(key, item, 7));
  std::vector<int> served;
  while (const auto* next = queue.front()) {
    served.push_back(*next);
    CHECK(queue.pop() == served.back());
  }
  CHECK(served == std::vector{1, 4, 5, 2, 3});
  CHECK(queue.empty());
  CHECK_FALSE(queue.pop());
}

TEST_CASE("a weighted queue refuses what is beyond its limit") {
  weighted_queue<int> queue{2};
  CHECK(queue.push("a", 1, 1));
  CHECK(queue.push("b", 2, 1));
  CHECK_FALSE(queue.push("c", 3, 1));
  queue.pop();
  CHECK(queue.push("c", 3, 1));
}

TEST_CASE("keys share what their items cost, not their number") {
  weighted_queue<std::string> queue{1'000};
  for (int i = 0; i < 100; ++i) {
    queue.push("large", "large", 1'000);
    queue.push("small", "small", 100);
  }
  std::map<std::string, int> served;
  for (int i = 0; i < 55; ++i)
    ++served[*queue.pop()];
  CHECK(served["large"] == 5);
  CHECK(served["small"] == 50);
}

TEST_CASE("who was served much and comes back is still behind those who were served little") {
  weighted_queue<std::string> queue{10};
  queue.push("greedy", "g", 1'000);
  for (int i = 0; i < 5; ++i)
    queue.push("modest", "m", 100);
  CHECK(queue.pop() == "g");
  queue.push("greedy", "g", 1'000);
  for (int i = 0; i < 5; ++i)
    CHECK(queue.pop() == "m");
  CHECK(queue.pop() == "g");
}

TEST_CASE("who was away gets no more than those who were there") {
  weighted_queue<std::string> queue{100};
  for (int i = 0; i < 20; ++i)
    queue.push("there", "t", 10);
  for (int i = 0; i < 10; ++i)
    queue.pop();
  for (int i = 0; i < 5; ++i)
    queue.push("back", "b", 10);
  std::string order;
  for (int i = 0; i < 6; ++i)
    order += *queue.pop();
  CHECK(order == "btbtbt");
}
