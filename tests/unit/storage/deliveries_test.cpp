#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

delivery delivery_of(unsigned char mark, timestamp expires) {
  delivery result;
  result.key.fill(mark);
  result.expires_at = expires;
  return result;
}

append delivered(const std::string& id, unsigned char mark, timestamp when = at(0), timestamp expires = at(10'000)) {
  auto value = accepted(job_of("acme", id));
  value.at = when;
  value.delivery = delivery_of(mark, expires);
  return value;
}

} // namespace

TEST_CASE_METHOD(storage_fixture, "the same delivery again names the job that it made") {
  put(delivered("first", 1));

  const auto again = put(delivered("second", 1));

  CHECK(again.outcome == append_outcome::duplicate);
  CHECK(again.existing == "first");
  CHECK(reader->load(job_of("acme", "second")).empty());
  CHECK_FALSE(reader->find_job("acme", "second"));
}

TEST_CASE_METHOD(storage_fixture, "the same delivery twice in one batch makes one job") {
  const std::vector batch{delivered("first", 1), delivered("second", 1), delivered("third", 2)};

  const auto results = writer->append_batch(batch);

  CHECK(results[0].outcome == append_outcome::stored);
  CHECK(results[1].outcome == append_outcome::duplicate);
  CHECK(results[1].existing == "first");
  CHECK(results[2].outcome == append_outcome::stored);
}

TEST_CASE_METHOD(storage_fixture, "deliveries are remembered over a restart") {
  put(delivered("first", 1));
  restart();
  CHECK(put(delivered("second", 1)).existing == "first");
}

TEST_CASE_METHOD(storage_fixture, "deliveries that another writer took are known") {
  put(delivered("zero", 9));
  const auto other = backend->open_writer();
  const auto theirs = delivered("first", 1);
  other->append_batch({&theirs, 1});
  CHECK(put(delivered("second", 1)).existing == "first");
  CHECK(put(delivered("second", 9)).existing == "zero");
}

TEST_CASE_METHOD(storage_fixture, "a delivery whose time is over makes a job again") {
  put(delivered("first", 1, at(0), at(100)));

  CHECK(put(delivered("second", 1, at(99))).outcome == append_outcome::duplicate);
  CHECK(put(delivered("third", 1, at(100), at(200))).outcome == append_outcome::stored);
  CHECK(put(delivered("fourth", 1, at(150))).existing == "third");
}

TEST_CASE_METHOD(storage_fixture, "a job that conflicts doesn't use its delivery up") {
  put(accepted(job_of("acme", "taken")));

  CHECK(put(delivered("taken", 1)).outcome == append_outcome::conflict);

  CHECK(put(delivered("free", 1)).outcome == append_outcome::stored);
}

TEST_CASE_METHOD(storage_fixture, "a delivery counts only with the transaction that brought it") {
  auto broken = next(job_of("acme", "x"), 1, {});
  const std::vector batch{delivered("first", 1), broken};
  REQUIRE(fault_of_call([&] { writer->append_batch(batch); }) == fault::refused);

  CHECK(put(delivered("second", 1)).outcome == append_outcome::stored);
  CHECK(put(delivered("third", 1)).existing == "second");
}

TEST_CASE_METHOD(storage_fixture, "expired deliveries are forgotten, the others are not") {
  put(delivered("first", 1, at(0), at(100)));
  put(delivered("second", 2, at(0), at(100)));
  put(accepted(job_of("acme", "without")));
  put(delivered("third", 3, at(0), at(900)));

  CHECK(writer->expire(at(99), std::chrono::hours{1}) == 0);
  CHECK(writer->expire(at(500), std::chrono::hours{1}) == 2);
  CHECK(writer->expire(at(500), std::chrono::hours{1}) == 0);

  CHECK(put(delivered("fourth", 3)).existing == "third");
  CHECK(put(delivered("fifth", 1)).outcome == append_outcome::stored);
  restart();
  CHECK(put(delivered("sixth", 3)).existing == "third");
  CHECK(put(delivered("seventh", 1)).existing == "fifth");
  CHECK(put(delivered("eighth", 2)).outcome == append_outcome::stored);
}

} // namespace troupe::storage::testing
