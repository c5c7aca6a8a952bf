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

  static sqlite::deliveries::digest digest(int number) {
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
      deliveries->settle(2);
    }
    change.commit();
  }

  void forget() {
    deliveries->forget_all();
    deliveries->catch_up();
  }

  int settled() const {
    return std::stoi(database.ask("SELECT count(*) FROM deliveries"));
  }

  sqlite_database database;
  std::optional<sqlite::connection> on;
  std::optional<sqlite::deliveries> deliveries;
};

} // namespace

TEST_CASE_METHOD(settling_fixture, "deliveries settle in the table generation by generation and stay known") {
  add(1, 100, at(1'000));

  CHECK(settled() > 60);
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
  add(1, 40, at(100));
  add(41, 20, at(900));
  std::size_t expired = 0;
  for (int i = 0; i < 20; ++i) {
    sqlite::write_transaction change{*on};
    expired += deliveries->expire(at(500), 7);
    change.commit();
  }
  CHECK(expired == 40);

  add(61, 60, at(900));
  CHECK(database.ask("SELECT count(*) FROM deliveries WHERE expires < 1790000000500") == "0");
  for (int i = 1; i <= 40; ++i)
    CHECK_FALSE(deliveries->find(digest(i), at(0)));
  forget();
  for (int i = 1; i <= 40; ++i)
    CHECK_FALSE(deliveries->find(digest(i), at(0)));
  for (int i = 41; i <= 120; ++i)
    CHECK(deliveries->find(digest(i), at(500)) == i);
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

TEST_CASE("heads are kept by tenant, kind and id, the latest of them") {
  sqlite::head_cache heads{4};
  const auto named = [](std::int64_t entity) {
    sqlite::head value;
    value.entity = entity;
    return value;
  };
  heads.put(1, entity_kind::ticket_job, "a", named(1));
  heads.put(2, entity_kind::ticket_job, "a", named(2));
  heads.put(1, entity_kind::conversation, "a", named(3));
  REQUIRE(heads.find(1, entity_kind::ticket_job, "a"));
  CHECK(heads.find(1, entity_kind::ticket_job, "a")->entity == 1);
  CHECK(heads.find(2, entity_kind::ticket_job, "a")->entity == 2);
  CHECK(heads.find(1, entity_kind::conversation, "a")->entity == 3);
  CHECK_FALSE(heads.find(3, entity_kind::ticket_job, "a"));

  heads.erase(2, entity_kind::ticket_job, "a");
  CHECK_FALSE(heads.find(2, entity_kind::ticket_job, "a"));
  for (int i = 0; i < 6; ++i) {
    heads.put(1, entity_kind::ticket_job, "b" + std::to_string(i), named(10 + i));
    CHECK(heads.find(1, entity_kind::ticket_job, "a")); // used again and again: it stays
  }
  for (int i = 0; i < 20; ++i)
    heads.put(1, entity_kind::ticket_job, "c" + std::to_string(i), named(30 + i));
  CHECK_FALSE(heads.find(1, entity_kind::ticket_job, "a"));
  CHECK(heads.find(1, entity_kind::ticket_job, "c19"));
  heads.clear();
  CHECK_FALSE(heads.find(1, entity_kind::ticket_job, "c19"));
}

} // namespace troupe::storage::testing
