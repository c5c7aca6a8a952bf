#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

class conversations_fixture : public storage_fixture {
public:
  std::optional<std::string> current(const std::string& user, const std::string& agent = "coach") {
    const auto found = reader->current_conversation("acme", user, agent);
    return found ? std::optional{found->id} : std::nullopt;
  }

  entity_key talk = talk_of("acme", "talk");
};

/// A further event of the conversation that changes its row.
append said(const append& opening, std::uint64_t expected, std::int64_t when) {
  auto value = next(opening.entity, expected, {"user_message"});
  value.conversation = opening.conversation;
  value.conversation->messages = expected;
  value.conversation->last_at = at(when);
  return value;
}

} // namespace

TEST_CASE_METHOD(conversations_fixture, "a conversation is found with the row of its last append") {
  auto opening = opened(talk, "mia", "first");
  CHECK(put(opening).outcome == append_outcome::stored);
  CHECK(reader->find_conversation("acme", "talk")
        == conversation_record{"acme", "talk", "first", *opening.conversation});

  auto value = next(talk, 1, {"user_message", "reply_started"});
  value.conversation = conversation_row{"mia", "coach", "v2", "limits", 2, true, true, 7, at(0), at(9'000'000)};
  CHECK(put(value).number == 3);

  CHECK(reader->find_conversation("acme", "talk") == conversation_record{"acme", "talk", "first", *value.conversation});
  CHECK(reader->load(talk).size() == 3);
  CHECK_FALSE(reader->find_conversation("globex", "talk"));
  CHECK_FALSE(reader->find_conversation("acme", "other"));
  CHECK_FALSE(reader->find_conversation("nobody", "talk"));
}

TEST_CASE_METHOD(conversations_fixture, "an append without a row leaves the row as it is") {
  const auto opening = opened(talk, "mia");
  put(opening);
  CHECK(put(next(talk, 1, {"parked"})).number == 2);
  CHECK(reader->find_conversation("acme", "talk")->row == *opening.conversation);
  CHECK(reader->load(talk).size() == 2);
}

TEST_CASE_METHOD(conversations_fixture, "a conversation's user, agent and opening stay what they were") {
  const auto opening = opened(talk, "mia");
  put(opening);
  auto value = said(opening, 1, 5);
  value.conversation->user = "eve";
  value.conversation->agent = "desk";
  value.conversation->opened_at = at(5);
  put(value);
  const auto row = reader->find_conversation("acme", "talk")->row;
  CHECK(row.user == "mia");
  CHECK(row.agent == "coach");
  CHECK(row.opened_at == at(0));
  CHECK(row.last_at == at(5));
}

TEST_CASE_METHOD(conversations_fixture, "conversations go on after a restart") {
  const auto opening = opened(talk, "mia");
  put(opening);
  restart();
  CHECK(put(said(opening, 1, 5)).outcome == append_outcome::stored);
  CHECK(put(opened(talk_of("acme", "second"), "mia", "2")).outcome == append_outcome::stored);
  CHECK(put(accepted(job_of("acme", "job"))).outcome == append_outcome::stored);
  CHECK(reader->load(talk).size() == 2);
  CHECK(reader->load(talk_of("acme", "second")).size() == 1);
  CHECK(reader->load(job_of("acme", "job")).size() == 1);
}

TEST_CASE_METHOD(conversations_fixture, "a slot is one conversation's per user and agent") {
  put(opened(talk, "mia"));

  const auto again = put(opened(talk_of("acme", "second"), "mia"));
  CHECK(again.outcome == append_outcome::duplicate);
  CHECK(again.existing == "talk");
  CHECK(reader->load(talk_of("acme", "second")).empty());

  auto of_other_agent = opened(talk_of("acme", "third"), "mia");
  of_other_agent.conversation->agent = "desk";
  CHECK(put(of_other_agent).outcome == append_outcome::stored);
  CHECK(put(opened(talk_of("acme", "fourth"), "noa")).outcome == append_outcome::stored);
  CHECK(put(opened(talk_of("acme", "fifth"), "mia", "other")).outcome == append_outcome::stored);
  CHECK(put(opened(talk_of("globex", "sixth"), "mia")).outcome == append_outcome::stored);

  CHECK(reader->conversation_in_slot("acme", "mia", "coach", "")->id == "talk");
  CHECK(reader->conversation_in_slot("acme", "mia", "desk", "")->id == "third");
  CHECK(reader->conversation_in_slot("acme", "mia", "coach", "other")->id == "fifth");
  CHECK(reader->conversation_in_slot("globex", "mia", "coach", "")->id == "sixth");
  CHECK_FALSE(reader->conversation_in_slot("acme", "mia", "coach", "none"));
  CHECK_FALSE(reader->conversation_in_slot("globex", "noa", "coach", ""));
}

TEST_CASE_METHOD(conversations_fixture, "of two that open one slot in the same batch the first gets it") {
  const std::vector<append> batch{opened(talk, "mia"), opened(talk_of("acme", "second"), "mia")};
  const auto results = writer->append_batch(batch);
  CHECK(results[0].outcome == append_outcome::stored);
  CHECK(results[1].outcome == append_outcome::duplicate);
  CHECK(results[1].existing == "talk");
}

TEST_CASE_METHOD(conversations_fixture, "an opening whose answer was lost is told that it happened") {
  put(opened(talk, "mia"));
  const auto again = put(opened(talk, "mia"));
  CHECK(again.outcome == append_outcome::duplicate);
  CHECK(again.existing == "talk");
  CHECK(put(opened(talk, "mia", "other")).outcome == append_outcome::conflict);
  CHECK(put(opened(talk, "noa")).outcome == append_outcome::conflict);
}

TEST_CASE_METHOD(conversations_fixture, "the current conversation is the one opened last, threads not counted") {
  CHECK_FALSE(current("mia"));
  put(opened(talk_of("acme", "c"), "mia"));
  CHECK(current("mia") == "c");
  put(opened(talk_of("acme", "a"), "mia", "2"));
  put(opened(talk_of("acme", "d"), "mia", "thread:1"));
  put(opened(talk_of("acme", "e"), "noa"));
  CHECK(current("mia") == "a");
  CHECK(current("noa") == "e");
  CHECK_FALSE(current("mia", "desk"));
  CHECK_FALSE(reader->current_conversation("globex", "mia", "coach"));
}

TEST_CASE_METHOD(conversations_fixture, "an append that isn't one of a conversation's is refused") {
  auto without_row = opened(talk, "mia");
  without_row.conversation.reset();
  auto with_job = opened(talk, "mia");
  with_job.job = job_row{};
  auto erased_at_once = opened(talk, "mia");
  erased_at_once.erase = true;
  auto job_with_row = accepted(job_of("acme", "job"));
  job_with_row.conversation = conversation_row{};
  for (const auto& value : {without_row, with_job, erased_at_once, job_with_row})
    CHECK(fault_of_call([&] { put(value); }) == fault::refused);
  CHECK(reader->load(talk).empty());
}

TEST_CASE_METHOD(conversations_fixture, "an erased conversation is gone, and its slot is free") {
  const auto opening = opened(talk, "mia");
  put(opening);
  put(said(opening, 1, 5));
  auto end = next(talk, 2, {"deleted"});
  end.erase = true;
  auto late = end;
  late.expected = 1;
  CHECK(put(late).outcome == append_outcome::conflict);

  const auto result = put(end);
  CHECK(result.outcome == append_outcome::stored);
  CHECK(result.number == 3);
  CHECK(reader->load(talk).empty());
  CHECK_FALSE(reader->find_conversation("acme", "talk"));
  CHECK_FALSE(current("mia"));
  CHECK(put(said(opening, 2, 6)).outcome == append_outcome::conflict);
  CHECK(put(end).outcome == append_outcome::conflict);

  CHECK(put(opened(talk_of("acme", "new"), "mia")).outcome == append_outcome::stored);
  CHECK(reader->load(talk_of("acme", "new")).size() == 1);
}

} // namespace troupe::storage::testing
