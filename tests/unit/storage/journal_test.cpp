#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

const auto job = job_of("acme", "0190-job");

std::vector<std::string> types_of(const std::vector<stored_event>& events) {
  std::vector<std::string> result;
  for (const auto& event : events)
    result.push_back(event.type);
  return result;
}

} // namespace

TEST_CASE_METHOD(storage_fixture, "a new journal begins with its first events") {
  auto value = accepted(job, R"({"subject":"printer"})");
  value.events.push_back({"claimed", R"({"attempt":1})"});

  const auto result = put(value);

  CHECK(result.outcome == append_outcome::stored);
  CHECK(result.number == 2);
  const auto events = reader->load(job);
  REQUIRE(events.size() == 2);
  CHECK(events[0].number == 1);
  CHECK(events[0].type == "accepted");
  CHECK(events[0].at == at(0));
  CHECK(events[0].payload == R"({"subject":"printer"})");
  CHECK(events[1].number == 2);
  CHECK(events[1].payload == R"({"attempt":1})");
}

TEST_CASE_METHOD(storage_fixture, "a journal that nobody wrote is empty") {
  CHECK(reader->load(job).empty());
  CHECK(reader->load(job_of("nobody", "x")).empty());
  CHECK_FALSE(reader->find_job("acme", job.id));
}

TEST_CASE_METHOD(storage_fixture, "events are numbered without gaps over several appends") {
  put(accepted(job));
  CHECK(put(next(job, 1, {"claimed", "gathered"})).number == 3);
  CHECK(put(next(job, 3, {"synthesized"})).number == 4);

  const auto events = reader->load(job);
  CHECK(types_of(events) == std::vector<std::string>{"accepted", "claimed", "gathered", "synthesized"});
  for (std::size_t i = 0; i < events.size(); ++i)
    CHECK(events[i].number == i + 1);
}

TEST_CASE_METHOD(storage_fixture, "only the events after a number are loaded") {
  put(accepted(job));
  put(next(job, 1, {"claimed", "gathered"}));

  CHECK(types_of(reader->load(job, 1)) == std::vector<std::string>{"claimed", "gathered"});
  CHECK(types_of(reader->load(job, 2)) == std::vector<std::string>{"gathered"});
  CHECK(reader->load(job, 3).empty());
  CHECK(reader->load(job, 99).empty());
}

TEST_CASE_METHOD(storage_fixture, "an append with another number than the journal's conflicts and writes nothing") {
  put(accepted(job));
  put(next(job, 1, {"claimed"}));

  for (const std::uint64_t expected : {0, 1, 3, 1'000'000}) {
    auto value = next(job, expected, {"gathered"});
    value.job = job_row{};
    value.job->status = job_status::dead;
    CHECK(put(value).outcome == append_outcome::conflict);
  }

  CHECK(reader->load(job).size() == 2);
  CHECK(reader->find_job("acme", job.id)->row.status == job_status::pending);
}

TEST_CASE_METHOD(storage_fixture, "an append to a journal that doesn't exist conflicts") {
  CHECK(put(next(job, 1, {"claimed"})).outcome == append_outcome::conflict);
  CHECK(reader->load(job).empty());
}

TEST_CASE_METHOD(storage_fixture, "a journal of an unknown tenant conflicts and leaves the batch alone") {
  const std::vector batch{accepted(job_of("nobody", "a")), accepted(job), next(job_of("nobody", "a"), 1, {"claimed"})};

  const auto results = writer->append_batch(batch);

  CHECK(results[0].outcome == append_outcome::conflict);
  CHECK(results[1].outcome == append_outcome::stored);
  CHECK(results[2].outcome == append_outcome::conflict);
}

TEST_CASE_METHOD(storage_fixture, "an append without events is refused with its batch") {
  auto empty = next(job, 1, {});
  const std::vector batch{accepted(job), empty};

  CHECK(fault_of_call([&] { writer->append_batch(batch); }) == fault::refused);

  CHECK(reader->load(job).empty());
  CHECK(put(accepted(job)).outcome == append_outcome::stored);
}

TEST_CASE_METHOD(storage_fixture, "earlier appends of a batch are seen by later ones") {
  const std::vector batch{accepted(job), next(job, 1, {"claimed"}), next(job, 1, {"claimed"}), accepted(job),
                          next(job, 2, {"gathered"})};

  const auto results = writer->append_batch(batch);

  CHECK(results[0].outcome == append_outcome::stored);
  CHECK(results[1].outcome == append_outcome::stored);
  CHECK(results[2].outcome == append_outcome::conflict);
  CHECK(results[3].outcome == append_outcome::conflict);
  CHECK(results[4].outcome == append_outcome::stored);
  CHECK(types_of(reader->load(job)) == std::vector<std::string>{"accepted", "claimed", "gathered"});
}

TEST_CASE_METHOD(storage_fixture, "a batch of many journals stores each") {
  std::vector<append> batch;
  for (int i = 0; i < 300; ++i)
    batch.push_back(accepted(job_of(i % 2 == 0 ? "acme" : "globex", "job-" + std::to_string(i)), std::to_string(i)));

  for (const auto& result : writer->append_batch(batch))
    CHECK(result.outcome == append_outcome::stored);

  for (const int i : {0, 1, 150, 299})
    CHECK(reader->load(batch[static_cast<std::size_t>(i)].entity).at(0).payload == std::to_string(i));
}

TEST_CASE_METHOD(storage_fixture, "an empty batch is no work") {
  CHECK(writer->append_batch({}).empty());
}

TEST_CASE_METHOD(storage_fixture, "journals of one id but of different kinds or tenants are different journals") {
  const auto conversation = talk_of("acme", job.id);
  const auto elsewhere = job_of("globex", job.id);

  CHECK(put(accepted(job, "one")).outcome == append_outcome::stored);
  CHECK(put(opened(conversation, "mia")).outcome == append_outcome::stored);
  CHECK(put(accepted(elsewhere, "three")).outcome == append_outcome::stored);

  CHECK(reader->load(job).at(0).payload == "one");
  CHECK(reader->load(conversation).at(0).type == "opened");
  CHECK(reader->load(elsewhere).at(0).payload == "three");
}

TEST_CASE_METHOD(storage_fixture, "a conversation has no job") {
  const auto conversation = talk_of("acme", "talk");
  put(opened(conversation, "mia"));
  put(next(conversation, 1, {"closed"}));

  CHECK(types_of(reader->load(conversation)) == std::vector<std::string>{"opened", "closed"});
  CHECK_FALSE(reader->find_job("acme", "talk"));
  CHECK(reader->list_jobs({}).empty());
  CHECK(reader->depth().pending == 0);
}

TEST_CASE_METHOD(storage_fixture, "journals go on after a restart") {
  put(accepted(job, "first"));
  restart();

  CHECK(put(next(job, 1, {"claimed"})).outcome == append_outcome::stored);
  CHECK(put(accepted(job_of("acme", "another"))).outcome == append_outcome::stored);

  CHECK(types_of(reader->load(job)) == std::vector<std::string>{"accepted", "claimed"});
  CHECK(reader->load(job).at(0).payload == "first");
}

TEST_CASE_METHOD(storage_fixture, "a second writer fences the first one off") {
  put(accepted(job));
  put(next(job, 1, {"claimed"}));
  const auto other = backend->open_writer();
  const auto theirs = next(job, 2, {"gathered"});
  REQUIRE(other->append_batch({&theirs, 1}).at(0).outcome == append_outcome::stored);

  CHECK(put(next(job, 2, {"synthesized"})).outcome == append_outcome::conflict);
  CHECK(put(next(job, 3, {"synthesized"})).outcome == append_outcome::stored);

  CHECK(types_of(reader->load(job)) == std::vector<std::string>{"accepted", "claimed", "gathered", "synthesized"});
}

TEST_CASE_METHOD(storage_fixture, "two writers take turns without disturbing each other") {
  const auto other = backend->open_writer();
  for (int i = 0; i < 20; ++i) {
    const auto value = accepted(job_of("acme", "job-" + std::to_string(i)), std::to_string(i));
    auto& one = i % 2 == 0 ? *writer : *other;
    REQUIRE(one.append_batch({&value, 1}).at(0).outcome == append_outcome::stored);
  }
  for (int i = 0; i < 20; ++i)
    CHECK(reader->load(job_of("acme", "job-" + std::to_string(i))).at(0).payload == std::to_string(i));
}

TEST_CASE_METHOD(storage_fixture, "a payload comes back byte by byte") {
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes.push_back(static_cast<char>(i));
  put(accepted(job, bytes));
  auto large = next(job, 1, {"gathered"});
  large.events[0].payload = std::string(3'000'000, 'x');
  put(large);
  auto empty = next(job, 2, {"completed"});
  empty.events[0].payload.clear();
  put(empty);

  const auto events = reader->load(job);
  REQUIRE(events.size() == 3);
  CHECK(events[0].payload == bytes);
  CHECK(events[1].payload == large.events[0].payload);
  CHECK(events[2].payload.empty());
}

TEST_CASE_METHOD(storage_fixture, "any text can name a journal or its ticket") {
  for (const auto& text : hostile_texts()) {
    const auto entity = job_of("acme", "id " + text);
    auto value = accepted(entity, text);
    value.job->ticket_id = text;
    value.job->error = text;
    value.events[0].type = text;
    REQUIRE(put(value).outcome == append_outcome::stored);

    const auto events = reader->load(entity);
    REQUIRE(events.size() == 1);
    CHECK(events[0].type == text);
    CHECK(events[0].payload == text);
    const auto found = reader->find_job("acme", entity.id);
    REQUIRE(found);
    CHECK(found->row.ticket_id == text);
    CHECK(found->row.error == text);
  }
}

TEST_CASE_METHOD(storage_fixture, "more journals than are kept in memory go on") {
  std::vector<append> batch;
  for (int i = 0; i < 10'000; ++i)
    batch.push_back(accepted(job_of("acme", "job-" + std::to_string(i))));
  writer->append_batch(batch);

  for (const int i : {0, 1'000, 5'000, 9'999}) {
    const auto entity = job_of("acme", "job-" + std::to_string(i));
    CHECK(put(next(entity, 1, {"claimed"})).outcome == append_outcome::stored);
    CHECK(reader->load(entity).size() == 2);
  }
}

} // namespace troupe::storage::testing
