#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

local_note note(const std::string& id, const std::string& ticket) {
  return {id, ticket, "**" + id + "**", "<b>" + id + "</b>", at(7)};
}

} // namespace

TEST_CASE_METHOD(storage_fixture, "a note is found on its ticket") {
  CHECK(writer->put_local_note("acme", note("n1", "T-1"), "ref: 1") == "n1");

  const auto found = reader->local_notes("acme", "T-1");

  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "n1");
  CHECK(found[0].ticket_id == "T-1");
  CHECK(found[0].markdown == "**n1**");
  CHECK(found[0].html == "<b>n1</b>");
  CHECK(found[0].created_at == at(7));
  CHECK(reader->local_notes("acme", "T-2").empty());
}

TEST_CASE_METHOD(storage_fixture, "a ticket gets one note per marker") {
  writer->put_local_note("acme", note("n1", "T-1"), "ref: 1");

  CHECK(writer->put_local_note("acme", note("n2", "T-1"), "ref: 1") == "n1");
  CHECK(writer->put_local_note("acme", note("n3", "T-1"), "ref: 2") == "n3");
  CHECK(writer->put_local_note("acme", note("n4", "T-2"), "ref: 1") == "n4");
  CHECK(writer->put_local_note("globex", note("n5", "T-1"), "ref: 1") == "n5");

  CHECK(ids_of(reader->local_notes("acme", "T-1")) == ids{"n1", "n3"});
}

TEST_CASE_METHOD(storage_fixture, "notes without a marker are all kept") {
  writer->put_local_note("acme", note("n1", "T-1"), "");
  writer->put_local_note("acme", note("n2", "T-1"), "");
  CHECK(ids_of(reader->local_notes("acme", "T-1")) == ids{"n1", "n2"});
}

TEST_CASE_METHOD(storage_fixture, "the latest notes of a tenant come first") {
  for (const auto* id : {"n1", "n2", "n3"})
    writer->put_local_note("acme", note(id, std::string{"T-"} + id), id);
  writer->put_local_note("globex", note("g", "T-1"), "g");

  CHECK(ids_of(reader->recent_local_notes("acme", 2)) == ids{"n3", "n2"});
  CHECK(ids_of(reader->recent_local_notes("acme", 99)) == ids{"n3", "n2", "n1"});
  CHECK(reader->recent_local_notes("nobody", 9).empty());
}

TEST_CASE_METHOD(storage_fixture, "a note for an unknown tenant is refused") {
  CHECK(fault_of_call([&] { writer->put_local_note("nobody", note("n", "T"), "m"); }) == fault::refused);
}

TEST_CASE_METHOD(storage_fixture, "any text can be a note, a ticket or a marker") {
  for (const auto& text : hostile_texts()) {
    auto value = note("n", "T" + text);
    value.markdown = text;
    writer->put_local_note("acme", value, "m" + text);
    CHECK(writer->put_local_note("acme", value, "m" + text) == "n");
    const auto found = reader->local_notes("acme", value.ticket_id);
    REQUIRE(found.size() == 1);
    CHECK(found[0].markdown == text);
  }
}

} // namespace troupe::storage::testing
