#include "storage/sqlite/posting_lists.hpp"

#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::storage::sqlite;

namespace {

posting_list_ptr list_of(std::size_t documents) {
  auto result = std::make_shared<posting_list>();
  for (std::size_t i = 0; i < documents; ++i)
    result->add(static_cast<std::uint32_t>(i), 1);
  return result;
}

constexpr posting_cache::shelf_key tickets_of_one{0, 1};
const posting_cache::stamp first{1, {{1, 1, 1}, 1.2, 0.75}};
const posting_cache::stamp second{2, {{1, 1, 1}, 1.2, 0.75}};

posting_list_ptr find(posting_cache& in, const posting_cache::shelf_key& where, const posting_cache::stamp& as_of,
                      std::string_view term) {
  return in.find(where, as_of, std::span{&term, 1})[0];
}

} // namespace

TEST_CASE("a list is known to queries of the same tenant, index, documents and weights only") {
  posting_cache cache{1 << 20};
  cache.put(tickets_of_one, first, "toner", list_of(3));
  CHECK(find(cache, tickets_of_one, first, "toner"));
  CHECK_FALSE(find(cache, tickets_of_one, first, "tone"));
  CHECK_FALSE(find(cache, {0, 2}, first, "toner"));
  CHECK_FALSE(find(cache, {1, 1}, first, "toner"));
  CHECK_FALSE(find(cache, tickets_of_one, second, "toner"));
  CHECK_FALSE(find(cache, tickets_of_one, {1, {{2, 1, 1}, 1.2, 0.75}}, "toner"));
}

TEST_CASE("lists of older documents give way, and don't come back") {
  posting_cache cache{1 << 20};
  cache.put(tickets_of_one, first, "toner", list_of(3));
  cache.put(tickets_of_one, second, "queue", list_of(3));
  CHECK_FALSE(find(cache, tickets_of_one, first, "toner"));
  cache.put(tickets_of_one, first, "toner", list_of(3));
  CHECK_FALSE(find(cache, tickets_of_one, first, "toner"));
  CHECK(find(cache, tickets_of_one, second, "queue"));
}

TEST_CASE("a full cache keeps what is used and gives up what isn't") {
  posting_cache cache{100'000};
  cache.put(tickets_of_one, first, "used", list_of(100));
  cache.put(tickets_of_one, first, "unused", list_of(100));
  for (int i = 0; i < 300; ++i) {
    cache.put(tickets_of_one, first, "filler" + std::to_string(i), list_of(100));
    CHECK(find(cache, tickets_of_one, first, "used"));
  }
  CHECK_FALSE(find(cache, tickets_of_one, first, "unused"));
}

TEST_CASE("a list gives back its documents, near and far, and their impacts") {
  const std::vector<std::pair<std::uint32_t, int>> given{{0, 1},       {1, 255},       {128, 100},    {129, 2},
                                                         {20'000, 50}, {3'000'000, 7}, {1U << 31, 9}, {0xffff'ffff, 3}};
  posting_list list;
  for (const auto& [number, steps] : given)
    list.add(number, static_cast<float>(steps) / 255);
  list.finish();
  std::vector<std::pair<std::uint32_t, int>> taken;
  list.for_each([&](std::uint32_t number, std::uint8_t steps) { taken.emplace_back(number, steps); });
  CHECK(taken == given);
  CHECK(list.size() == given.size());
  posting_list{}.for_each([](std::uint32_t, std::uint8_t) { FAIL(); });
}

TEST_CASE("impacts that are out of range are cut") {
  posting_list list;
  list.add(1, 0);
  list.add(2, 5);
  std::vector<int> steps;
  list.for_each([&](std::uint32_t, std::uint8_t x) { steps.push_back(x); });
  CHECK(steps == std::vector<int>{1, 255});
}
