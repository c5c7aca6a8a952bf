#include <stdexcept>

#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "desk_fixture.hpp"

using namespace troupe;
using namespace troupe::net::desk;
using namespace troupe::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

constexpr std::string_view note_form =
    "input_data=%7B%22note%22%3A%7B%22description%22%3A%22%3Ch2%3ERecommendations%3C%2Fh2%3E%5Cn%3Cp%3ERestart+%26lt%3B"
    "it%26gt%3B.%3C%2Fp%3E%5Cn%3Cp%3Eref%3A+job-1%3C%2Fp%3E%5Cn%22%2C%22show_to_requester%22%3Afalse%7D%7D";

/// A page of notes whose ids count from `first`.
std::string page(std::size_t first, std::size_t count, bool more, std::string_view text = "x") {
  std::string rows;
  for (auto i = first; i < first + count; ++i)
    rows += (rows.empty() ? R"({"id":")" : R"(,{"id":")") + std::to_string(i) + R"(","description":"<p>)"
            + std::string{text} + R"(</p>"})";
  return R"({"response_status":[{"status_code":2000,"status":"success"}],"notes":[)" + rows
         + R"(],"list_info":{"has_more_rows":)" + (more ? "true" : "false") + "}}";
}

std::string fault(unsigned code) {
  return R"({"response_status":{"status_code":)" + std::to_string(code) + R"(,"status":"failed"}})";
}

} // namespace

TEST_CASE("a note is posted as the API wants it") {
  desk_fixture f{[](const received&) { return respond(201, note_created); }, R"({"portal_id":"2"})"};
  CHECK(std::get<note_written>(write(*f.desk)).note_id == "12");
  const auto requests = f.server.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "POST");
  CHECK(requests[0].target == "/api/v3/requests/4711/notes");
  CHECK(requests[0].headers.at("authtoken") == "the-key");
  CHECK(requests[0].headers.at("accept") == "application/vnd.manageengine.sdp.v3+json");
  CHECK(requests[0].headers.at("content-type") == "application/x-www-form-urlencoded");
  CHECK(requests[0].headers.at("portalid") == "2");
  CHECK(requests[0].headers.at("x-request-id") == "correlation-1");
  CHECK(requests[0].body == note_form);
}

TEST_CASE("notes are shown to the requester only where an option says so") {
  desk_fixture f{[](const received&) { return respond(201, note_created); }, R"({"show_to_requester":true})"};
  write(*f.desk);
  CHECK_THAT(f.server.requests()[0].body, ContainsSubstring("show_to_requester%22%3Atrue"));
  CHECK_FALSE(f.server.requests()[0].headers.contains("portalid"));
}

TEST_CASE("a desk that refuses, limits or fails is told apart") {
  std::pair<unsigned, unsigned> next;
  desk_fixture f{[&](const received&) { return respond(next.first, fault(next.second)); }};
  const auto after = [&](unsigned status, unsigned code) {
    next = {status, code};
    return fault_of(write(*f.desk));
  };
  CHECK(after(400, 401) == desk_fault::unauthorized);
  CHECK(after(404, 4007) == desk_fault::not_found);
  CHECK(after(429, 4015) == desk_fault::rate_limited);
  CHECK(after(500, 4004) == desk_fault::unknown_outcome);
  CHECK(after(200, 4000) == desk_fault::refused);
}

TEST_CASE("a note whose answer is lost has an unknown outcome and isn't sent again") {
  for (const auto& lost :
       {answer{"", true, false}, answer{"HTTP/1.1 201 x\r\nContent-Length: 99\r\n\r\n{", true, false},
        answer{"nonsense\r\n\r\n", true, false}, respond(201, "<html>")}) {
    desk_fixture f{[&](const received&) { return lost; }};
    CHECK(fault_of(write(*f.desk)) == desk_fault::unknown_outcome);
    CHECK(f.server.requests().size() == 1);
  }
}

TEST_CASE("a desk that doesn't answer in time leaves the outcome unknown") {
  desk_fixture f{[](const received&) { return answer{"", false, true}; }};
  auto note = a_note();
  note.timeout = 100ms;
  CHECK(fault_of(write(*f.desk, note)) == desk_fault::unknown_outcome);
}

TEST_CASE("a desk that isn't there is unavailable") {
  net::io_threads io{1};
  std::string url;
  {
    scripted_server gone{[](const received&) { return respond(200, ""); }};
    url = gone.url();
  }
  const auto desk = make_connector(io, {"servicedesk_plus", url, config::secret{"k"}, "", ""});
  CHECK(fault_of(write(*desk)) == desk_fault::unavailable);
  CHECK(fault_of(find(*desk)) == desk_fault::unavailable);
  CHECK(check(*desk)->fault == desk_fault::unavailable);
}

TEST_CASE("an id that can't be a ticket's is refused without a call") {
  desk_fixture f{[](const received&) { return respond(201, note_created); }};
  for (const auto* id : {"", "..", "1/../2", "1?x=1"}) {
    CHECK(fault_of(write(*f.desk, a_note(id))) == desk_fault::refused);
    CHECK(fault_of(find(*f.desk, id)) == desk_fault::refused);
  }
  CHECK(f.server.requests().empty());
}

TEST_CASE("a note is found on whichever page it stands") {
  desk_fixture f{[](const received& request) {
    if (request.target.find("start_index%22%3A1%7D") != request.target.npos)
      return respond(200, page(1, 100, true));
    if (request.target.find("start_index%22%3A101%7D") != request.target.npos)
      return respond(200, page(101, 100, true));
    return respond(200, page(201, 1, false, "ref:&nbsp;job-1"));
  }};
  CHECK(std::get<note_search>(find(*f.desk)).note_id == "201");
  const auto requests = f.server.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].method == "GET");
  CHECK(requests[0].target.starts_with("/api/v3/requests/4711/notes?input_data=%7B%22list_info%22"));
  CHECK(requests[0].headers.at("authtoken") == "the-key");
}

TEST_CASE("a note that isn't there is certainly not there") {
  desk_fixture f{[](const received&) { return respond(200, page(1, 3, false)); }};
  CHECK_FALSE(std::get<note_search>(find(*f.desk)).note_id);
}

TEST_CASE("pages go on without has_more_rows as long as they are full") {
  desk_fixture f{[](const received& request) {
    auto body = page(1, request.target.find("start_index%22%3A1%7D") != request.target.npos ? 100 : 5, false);
    return respond(200, body.replace(body.find("has_more_rows"), 13, "x"));
  }};
  CHECK_FALSE(std::get<note_search>(find(*f.desk)).note_id);
  CHECK(f.server.requests().size() == 2);
}

TEST_CASE("a build that refuses input_data is asked without it") {
  desk_fixture f{[](const received& request) {
    return request.target.find('?') != request.target.npos ? respond(400, fault(4000))
                                                           : respond(200, page(7, 2, false, "ref: job-1"));
  }};
  CHECK(std::get<note_search>(find(*f.desk)).note_id == "7");
  CHECK(f.server.requests().size() == 2);
}

TEST_CASE("without an end of the notes nobody says that the note isn't there") {
  desk_fixture endless{[](const received&) { return respond(200, page(1, 100, true)); }};
  CHECK(fault_of(find(*endless.desk)) == desk_fault::refused);
  CHECK(endless.server.requests().size() == 10);
  desk_fixture unpaged{[](const received& request) {
    return request.target.find('?') != request.target.npos ? respond(400, fault(4000))
                                                           : respond(200, page(1, 10, true));
  }};
  CHECK(fault_of(find(*unpaged.desk)) == desk_fault::refused);
  desk_fixture blind{[](const received&) {
    return respond(
        200, R"({"response_status":[{"status_code":2000}],"notes":[{"id":"1"}],"list_info":{"has_more_rows":false}})");
  }};
  CHECK(fault_of(find(*blind.desk)) == desk_fault::refused);
}

TEST_CASE("a look that fails says why, and never that nothing is there") {
  std::pair<unsigned, std::string> next;
  desk_fixture f{[&](const received&) { return respond(next.first, next.second); }};
  const auto after = [&](unsigned status, std::string body) {
    next = {status, std::move(body)};
    return fault_of(find(*f.desk));
  };
  CHECK(after(500, fault(4004)) == desk_fault::unavailable);
  CHECK(after(200, "<html>") == desk_fault::unavailable);
  CHECK(after(404, fault(4007)) == desk_fault::not_found);
  CHECK(after(400, fault(401)) == desk_fault::unauthorized);
  CHECK(after(429, fault(4015)) == desk_fault::rate_limited);
}

TEST_CASE("a check reads one ticket") {
  desk_fixture f{[](const received&) {
    return respond(200, R"({"response_status":[{"status_code":2000,"status":"success"}],"requests":[]})");
  }};
  CHECK_FALSE(check(*f.desk));
  CHECK(f.server.requests()[0].target
        == "/api/v3/requests?input_data=%7B%22list_info%22%3A%7B%22row_count%22%3A1%2C%22start_index%22%3A1%7D%7D");
}

TEST_CASE("a connector that ends answers what is under way") {
  desk_fixture f{[](const received&) { return answer{"", false, true}; }};
  std::promise<written> promise;
  std::promise<searched> search;
  f.desk->write_note(a_note(), [&](written result) { promise.set_value(std::move(result)); });
  f.desk->find_note("1", "ref: job-1", "", [&](searched result) { search.set_value(std::move(result)); });
  f.desk.reset();
  auto asked = promise.get_future();
  REQUIRE(asked.wait_for(0s) == std::future_status::ready);
  CHECK(std::holds_alternative<desk_failure>(asked.get()));
  CHECK(search.get_future().wait_for(0s) == std::future_status::ready);
}

TEST_CASE("a desk that can't be is refused when it is made") {
  net::io_threads io{1};
  const auto refused = [&](desk_target target, const std::string& why) {
    CHECK_THROWS_MATCHES(make_connector(io, target), std::invalid_argument, MessageMatches(ContainsSubstring(why)));
  };
  const config::secret key{"k"};
  refused({"jira", "http://x", key, "", ""}, "unknown kind of desk 'jira'; known are local, servicedesk_plus");
  refused({"local", "", key, "", ""}, "unknown kind");
  refused({"servicedesk_plus", "desk.example", key, "", ""}, "must begin with http:// or https://");
  refused({"servicedesk_plus", "http://x", config::secret{}, "", ""}, "key is missing");
  refused({"servicedesk_plus", "http://x", config::secret{"a\r\nb"}, "", ""}, "control characters");
  refused({"servicedesk_plus", "https://x", key, "not pem", ""}, "");
  refused({"servicedesk_plus", "http://x", key, "", "{\"clod\":1}"}, "clod isn't known");
  refused({"servicedesk_plus", "http://x", key, "", R"({"cloud":true,"client_id":"i","client_secret":"s"})"},
          "set the option accounts_url");
}
