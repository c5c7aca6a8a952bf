#include "sqlite/database.hpp"
#include "storage/sqlite/deliveries.hpp"
#include "storage/sqlite/heads.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

constexpr std::size_t generation = 16;

/// The writer's memory of deliveries, with small generations.
class settling_fixture {
public:
  settling_fixture() {
    open(database.options());
    on.emplace(sqlite::connection_options{database.file().string(), std::chrono::milliseconds{20}});
    deliveries.emplace(*on, generation);
  }

  static sqlite::digest digest(int number) {
    delivery value;
    // Scattered, as digests are.
    for (std::size_t i = 0; i < value.key.size(); ++i)
      value.key[i] = static_cast<std::uint8_t>((number + 1) * 167 >> (i % 3));
    value.key[15] = static_cast<std::uint8_t>(number);
    value.key[14] = static_cast<std::uint8_t>(number >> 8);
    return sqlite::deliveries::digest_of(value);
  }

  void add(int first, int count, timestamp expires) {
    sqlite::write_transaction change{*on};
    deliveries->catch_up();
    sqlite::statement insert{*on, "INSERT INTO journals (entity, tenant, kind, id, number, last_event, data_key, "
                                  "delivery, delivery_expires) VALUES (?1, 1, 1, ?2, 1, 1, x'', ?3, ?4)"};
    for (int i = first; i < first + count; ++i) {
      const auto key = digest(i);
      const std::string_view bytes{reinterpret_cast<const char*>(key.data()), key.size()};
      insert.execute(i, std::to_string(i), sqlite::blob{bytes}, expires);
      deliveries->add(key, i, expires);
      deliveries->settle();
    }
    change.commit();
  }

  void forget() {
    deliveries->forget_all();
    deliveries->catch_up();
  }

  int settled() const {
    return std::stoi(database.ask("SELECT coalesce(sum(rows), 0) FROM delivery_runs"));
  }

  sqlite_database database;
  std::optional<sqlite::connection> on;
  std::optional<sqlite::deliveries> deliveries;
};

} // namespace

TEST_CASE_METHOD(settling_fixture, "deliveries settle generation by generation and stay known") {
  add(1, 100, at(1'000));

  CHECK(settled() == 96);
  for (int i = 1; i <= 100; ++i)
    CHECK(deliveries->find(digest(i), at(0)) == i);
  CHECK_FALSE(deliveries->find(digest(101), at(0)));
  CHECK_FALSE(deliveries->find(digest(50), at(1'000)));
}

TEST_CASE_METHOD(settling_fixture, "settled and unsettled deliveries are known after a restart at any moment") {
  for (int count = 1; count < 60; ++count) {
    add(count, 1, at(1'000));
    forget();
    for (int i = 1; i <= count; ++i)
      REQUIRE(deliveries->find(digest(i), at(0)) == i);
  }
}

TEST_CASE_METHOD(settling_fixture, "expired deliveries go wherever they are, and never come back") {
  add(1, 40, at(100)); // two generations settle, eight stay in memory
  add(41, 4, at(900));
  std::size_t expired = 0;
  for (int i = 0; i < 10; ++i) {
    sqlite::write_transaction change{*on};
    expired += deliveries->expire(at(500), 7);
    change.commit();
  }
  CHECK(expired == 40);
  CHECK(settled() == 0);
  CHECK(database.ask("SELECT count(*) FROM delivery_chunks") == "0");

  add(45, 60, at(900));
  for (const bool restarted : {false, true}) {
    if (restarted)
      forget();
    for (int i = 1; i <= 40; ++i)
      CHECK_FALSE(deliveries->find(digest(i), at(0)));
    for (int i = 41; i < 105; ++i)
      CHECK(deliveries->find(digest(i), at(500)) == i);
  }
}

TEST_CASE_METHOD(settling_fixture, "a run goes when the last of its deliveries has expired") {
  add(1, 15, at(100));
  add(16, 1, at(900));
  REQUIRE(settled() == 16);
  const auto expire = [&](timestamp now) {
    sqlite::write_transaction change{*on};
    const auto count = deliveries->expire(now, 100);
    change.commit();
    return count;
  };
  CHECK(expire(at(500)) == 0);
  CHECK_FALSE(deliveries->find(digest(1), at(500)));
  CHECK(deliveries->find(digest(16), at(500)) == 16);
  CHECK(expire(at(900)) == 16);
}

TEST_CASE_METHOD(settling_fixture, "of one delivery the later job counts") {
  add(1, 60, at(100));
  // As after its time: another job with the digest of the first.
  {
    sqlite::write_transaction change{*on};
    sqlite::statement{*on, "INSERT INTO journals (entity, tenant, kind, id, number, last_event, data_key, delivery, "
                           "delivery_expires) SELECT 61, 1, 1, 'again', 1, 1, x'', delivery, ?1 FROM journals "
                           "WHERE entity = 1"}
        .execute(at(900));
    deliveries->add(digest(1), 61, at(900));
    change.commit();
  }
  CHECK(deliveries->find(digest(1), at(200)) == 61);
  forget();
  CHECK(deliveries->find(digest(1), at(200)) == 61);
  add(62, 60, at(900));
  CHECK(deliveries->find(digest(1), at(200)) == 61);
  {
    sqlite::write_transaction change{*on};
    deliveries->expire(at(200), 1'000);
    change.commit();
  }
  CHECK(deliveries->find(digest(1), at(200)) == 61);
}

TEST_CASE_METHOD(settling_fixture, "two processes that settle and expire get along") {
  sqlite::deliveries other{*on, generation};
  const auto expire = [&](sqlite::deliveries& by) {
    sqlite::write_transaction change{*on};
    by.catch_up();
    const auto count = by.expire(at(500), 100);
    change.commit();
    return count;
  };
  add(1, 12, at(100));
  {
    sqlite::write_transaction change{*on};
    other.catch_up(); // knows the same twelve
    change.commit();
  }
  add(13, 10, at(100)); // the first one settles sixteen
  {
    sqlite::write_transaction change{*on};
    other.catch_up();
    other.settle(); // has twenty-two, of which six aren't settled
    change.commit();
  }
  CHECK(settled() == 22);
  for (int i = 1; i <= 22; ++i)
    CHECK(other.find(digest(i), at(0)) == i);
  CHECK(expire(other) + expire(other) == 22);
  // The first one still has the filter of a run that is gone.
  for (int i = 1; i <= 16; ++i)
    CHECK_FALSE(deliveries->find(digest(i), at(0)));
}

TEST_CASE("a filter passes what it holds and little else") {
  sqlite::digest_filter filter{1'000};
  const auto random_digest = [](std::uint64_t seed) {
    sqlite::digest result;
    for (auto& byte : result) {
      seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
      byte = static_cast<std::uint8_t>(seed >> 56);
    }
    return result;
  };
  for (std::uint64_t i = 0; i < 1'000; ++i)
    filter.add(random_digest(i));
  const sqlite::digest_filter stored{filter.bytes()};
  int wrong = 0;
  for (std::uint64_t i = 0; i < 1'000; ++i)
    CHECK(stored.may_hold(random_digest(i)));
  for (std::uint64_t i = 1'000; i < 21'000; ++i)
    wrong += stored.may_hold(random_digest(i)) ? 1 : 0;
  CHECK(wrong < 200);
  CHECK_FALSE(sqlite::digest_filter{std::string_view{}}.may_hold(random_digest(1)));
}

TEST_CASE("heads are kept by tenant, kind and id, the latest of them") {
  sqlite::head_cache heads{64};
  const auto named = [](std::int64_t entity) {
    sqlite::head value;
    value.entity = entity;
    return value;
  };
  CHECK_FALSE(heads.find(1, entity_kind::ticket_job, "a"));
  heads.erase(1, entity_kind::ticket_job, "a");
  heads.put(1, entity_kind::ticket_job, "a", named(1));
  REQUIRE(heads.find(1, entity_kind::ticket_job, "a"));
  CHECK(heads.find(1, entity_kind::ticket_job, "a")->entity == 1);
  CHECK_FALSE(heads.find(2, entity_kind::ticket_job, "a"));
  CHECK_FALSE(heads.find(1, entity_kind::conversation, "a"));
  CHECK_FALSE(heads.find(1, entity_kind::ticket_job, "b"));

  heads.put(1, entity_kind::ticket_job, "a", named(2));
  CHECK(heads.find(1, entity_kind::ticket_job, "a")->entity == 2);
  heads.erase(1, entity_kind::conversation, "a");
  CHECK(heads.find(1, entity_kind::ticket_job, "a"));
  heads.erase(1, entity_kind::ticket_job, "a");
  CHECK_FALSE(heads.find(1, entity_kind::ticket_job, "a"));

  for (int i = 0; i < 1'000; ++i) {
    heads.put(1, entity_kind::ticket_job, std::to_string(i), named(i));
    REQUIRE(heads.find(1, entity_kind::ticket_job, std::to_string(i)));
  }
  heads.clear();
  CHECK_FALSE(heads.find(1, entity_kind::ticket_job, "999"));
  const std::string long_id(200, 'x');
  heads.put(1, entity_kind::ticket_job, long_id, named(1));
  CHECK_FALSE(heads.find(1, entity_kind::ticket_job, long_id));
}

} // namespace troupe::storage::testing
