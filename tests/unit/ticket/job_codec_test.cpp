#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace troupe;
using namespace troupe::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Through JSON text and back, with the text.
template <class Event>
Event round_trip(const Event& event, std::string* text = nullptr) {
  const auto stored = job_core::encode(event);
  if (text)
    *text = stored.payload;
  const auto back = job_core::decode(stored.type, stored.payload);
  REQUIRE(std::holds_alternative<Event>(back));
  return std::get<Event>(back);
}

std::string fault_of(std::string_view type, std::string_view payload) {
  try {
    job_core::decode(type, payload);
  } catch (const storage::error& error) {
    CHECK(error.kind() == storage::fault::corrupt);
    return error.what();
  }
  return "no fault";
}

} // namespace

TEST_CASE("an accepted event survives its JSON text") {
  std::string text;
  const auto back = round_trip(printer_ticket(), &text);
  const auto ticket = printer_ticket();
  CHECK(back.ticket_id == ticket.ticket_id);
  CHECK(back.subject == ticket.subject);
  CHECK(back.description == ticket.description);
  CHECK(back.priority == ticket.priority);
  CHECK(back.requester == ticket.requester);
  CHECK(back.correlation_id == ticket.correlation_id);
  CHECK(back.traceparent == ticket.traceparent);
  CHECK_THAT(text, ContainsSubstring(R"("priority":"high")"));
}

TEST_CASE("gathered findings survive their JSON text") {
  auto found = printer_findings();
  found.tickets[0].score = 0.1 + 0.2;
  found.articles_source = {source_status::cached, 10'000ms};
  const auto back = round_trip(gathered{found}).found;
  REQUIRE(back.tickets.size() == 2);
  CHECK(back.tickets[0].ticket.id == "HD-1001");
  CHECK(back.tickets[0].ticket.subject == found.tickets[0].ticket.subject);
  CHECK(back.tickets[0].ticket.description == found.tickets[0].ticket.description);
  CHECK(back.tickets[0].ticket.resolution == found.tickets[0].ticket.resolution);
  CHECK(back.tickets[0].ticket.resolved_at == found.tickets[0].ticket.resolved_at);
  CHECK(back.tickets[0].score == 0.1 + 0.2);
  REQUIRE(back.articles.size() == 1);
  CHECK(back.articles[0].article.url == found.articles[0].article.url);
  CHECK(back.articles[0].article.title == found.articles[0].article.title);
  CHECK(back.articles[0].article.summary == found.articles[0].article.summary);
  REQUIRE(back.systems.size() == 1);
  CHECK(back.systems[0].address == "10.1.2.3");
  CHECK(back.systems[0].asset.hostname == "print01");
  CHECK(back.systems[0].asset.role == "print server");
  CHECK(back.systems[0].asset.client == "Acme");
  CHECK(back.systems[0].asset.location == "Berlin");
  CHECK(back.unknown_addresses == found.unknown_addresses);
  CHECK(back.tickets_source.status == source_status::ok);
  CHECK(back.tickets_source.took == 3ms);
  CHECK(back.articles_source.status == source_status::cached);
  CHECK(back.articles_source.took == 10s);
}

TEST_CASE("the other events survive their JSON text") {
  const auto claim = round_trip(claimed{3, 0xFFFF'FFFF'FFFF'FFFF, "v1"});
  CHECK(claim.attempt == 3);
  CHECK(claim.epoch == 0xFFFF'FFFF'FFFF'FFFF);
  CHECK(claim.workflow == "v1");

  const auto note =
      round_trip(synthesized{"## Similar Tickets\n\n\"x\"", "openai", "m", 900, 60, 0.0123, 1'500ms, "cut"});
  CHECK(note.note == "## Similar Tickets\n\n\"x\"");
  CHECK(note.provider == "openai");
  CHECK(note.model == "m");
  CHECK(note.input_tokens == 900);
  CHECK(note.output_tokens == 60);
  CHECK(note.cost == 0.0123);
  CHECK(note.took == 1'500ms);
  CHECK(note.fallback == "cut");

  const auto write = round_trip(write_started{2, start_time});
  CHECK(write.write == 2);
  CHECK(write.deadline == start_time);
  CHECK(round_trip(write_unknown{"broken off"}).error == "broken off");
  CHECK(round_trip(write_refused{"busy", 60s}).retry_after == 60s);
  CHECK_FALSE(round_trip(write_refused{"busy", {}}).retry_after.has_value());
  CHECK(round_trip(note_written{"n1", true}).found);
  CHECK(round_trip(note_written{"n1", false}).note_id == "n1");
  round_trip(completed{});
  round_trip(parked{});
  const auto end = round_trip(failed{"gather", 2, "no answer", start_time});
  CHECK(end.step == "gather");
  CHECK(end.attempt == 2);
  CHECK(end.error == "no answer");
  CHECK(end.retry_at == start_time);
  CHECK(round_trip(dead_lettered{"write_note", "401"}).error == "401");
  CHECK(round_trip(retried{"cli"}).by == "cli");
  CHECK(round_trip(discarded{"user:ann"}).by == "user:ann");
}

TEST_CASE("type names are those that are stored") {
  const std::vector<std::pair<job_event, std::string>> names{{accepted{}, "accepted"},
                                                             {claimed{}, "claimed"},
                                                             {gathered{}, "gathered"},
                                                             {synthesized{}, "synthesized"},
                                                             {write_started{}, "write_started"},
                                                             {write_unknown{}, "write_unknown"},
                                                             {write_refused{}, "write_refused"},
                                                             {note_written{}, "note_written"},
                                                             {completed{}, "completed"},
                                                             {failed{}, "failed"},
                                                             {dead_lettered{}, "dead_lettered"},
                                                             {parked{}, "parked"},
                                                             {retried{}, "retried"},
                                                             {discarded{}, "discarded"}};
  for (const auto& [event, name] : names)
    CHECK(job_core::encode(event).type == name);
}

TEST_CASE("any bytes can be written, and what was written can be read") {
  accepted ticket;
  ticket.ticket_id = "\"\\/\b\f\n\r\t\x01\x7F";
  ticket.subject = "Grüße, 日本語, 🖨️";
  ticket.description = std::string{"a\0b", 3} + "\xFF\xC0\x80\xED\xA0\x80\xF5z";
  const auto back = round_trip(ticket);
  CHECK(back.ticket_id == ticket.ticket_id);
  CHECK(back.subject == ticket.subject);
  CHECK(back.description.starts_with(std::string_view{"a\0b", 3}));
  CHECK(back.description.ends_with("\xEF\xBF\xBDz"));
}

TEST_CASE("numbers that JSON doesn't know are written as 0") {
  synthesized note;
  note.cost = std::numeric_limits<double>::quiet_NaN();
  CHECK(round_trip(note).cost == 0);
}

TEST_CASE("unknown fields are skipped, missing optional ones are empty") {
  const auto event =
      job_core::decode("accepted", R"({"ticket_id":"1","priority":"low","future":{"x":[1]},"subject":null})");
  const auto& ticket = std::get<accepted>(event);
  CHECK(ticket.ticket_id == "1");
  CHECK(ticket.subject.empty());
  CHECK(ticket.priority == storage::priority::low);
}

TEST_CASE("a malformed event names its type and field") {
  CHECK(fault_of("accepted", "") == "event accepted: payload is not a JSON object");
  CHECK(fault_of("accepted", "[]") == "event accepted: payload is not a JSON object");
  CHECK(fault_of("accepted", R"({"ticket_id":)") == "event accepted: payload is not a JSON object");
  CHECK(fault_of("accepted", R"({"priority":"low"})") == "event accepted: ticket_id is missing");
  CHECK(fault_of("accepted", R"({"ticket_id":7,"priority":"low"})") == "event accepted: ticket_id is not a text");
  CHECK(fault_of("accepted", R"({"ticket_id":"1","priority":"soon"})")
        == "event accepted: priority is none of the known names");
  CHECK(fault_of("claimed", R"({"attempt":-1,"epoch":1})") == "event claimed: attempt is not a number in range");
  CHECK(fault_of("claimed", R"({"attempt":4294967296,"epoch":1})")
        == "event claimed: attempt is not a number in range");
  CHECK(fault_of("claimed", R"({"attempt":1.5,"epoch":1})") == "event claimed: attempt is not a number in range");
  CHECK(fault_of("note_written", R"({"note_id":"1","found":1})")
        == "event note_written: found is neither true nor false");
  CHECK(fault_of("synthesized", R"({"note":"","provider":"","input_tokens":1,"output_tokens":1,"cost":"1","ms":1})")
        == "event synthesized: cost is not a number");
  CHECK(fault_of("write_started", R"({"write":1,"deadline":"now"})")
        == "event write_started: deadline is not a number in range");
  CHECK(fault_of("exploded", "{}") == "event exploded: type is not an event of a ticket job");
}

TEST_CASE("a malformed part of an event is named by its path") {
  const std::string sources =
      R"("sources":{"tickets":{"status":"ok","ms":1},"articles":{"status":"ok","ms":1},"assets":{"status":"ok","ms":1}})";
  CHECK(fault_of("gathered", "{}") == "event gathered: sources is missing");
  CHECK(fault_of("gathered", R"({"sources":[]})") == "event gathered: sources is not an object");
  CHECK(fault_of("gathered", R"({"sources":{"tickets":{"status":"odd","ms":1}}})")
        == "event gathered: sources/tickets/status is none of the known names");
  CHECK(fault_of("gathered", R"({"tickets":{},)" + sources + "}") == "event gathered: tickets is not a list");
  CHECK(fault_of("gathered", R"({"tickets":[7],)" + sources + "}") == "event gathered: tickets/0 is not an object");
  CHECK(fault_of("gathered", R"({"tickets":[{"id":"1"},{}],)" + sources + "}")
        == "event gathered: tickets/1/id is missing");
  CHECK(fault_of("gathered", R"({"unknown_addresses":["a",7],)" + sources + "}")
        == "event gathered: unknown_addresses/1 is not a text");
  CHECK(fault_of("gathered", "{" + sources + "}") == "no fault");
}

TEST_CASE("times before 1970 are kept") {
  CHECK(round_trip(write_started{1, timestamp{-1ms}}).deadline == timestamp{-1ms});
}
