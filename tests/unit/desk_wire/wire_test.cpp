#include "net/desk/servicedesk_plus_wire.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace std::chrono_literals;
using namespace troupe::net;
using namespace troupe::net::desk;
using Catch::Matchers::ContainsSubstring;

namespace {

const auto now = std::chrono::system_clock::now();

http::call_result answer(unsigned status, std::string body, std::vector<http::header> headers = {}) {
  return http::call_response{status, std::move(headers), std::move(body)};
}

std::string status(unsigned code, unsigned inner = 0) {
  std::string result = R"({"response_status":{"status_code":)" + std::to_string(code) + R"(,"status":"failed")";
  if (inner != 0)
    result += R"(,"messages":[{"status_code":)" + std::to_string(inner) + R"(,"type":"failed","message":"words"}])";
  return result + "}}";
}

desk_failure write_failure(const http::call_result& result) {
  const auto read = read_written(result, now);
  REQUIRE(std::holds_alternative<desk_failure>(read));
  return std::get<desk_failure>(read);
}

desk_failure list_failure(const http::call_result& result) {
  const auto read = read_notes(result, "ref: 1", now);
  REQUIRE(std::holds_alternative<desk_failure>(read));
  return std::get<desk_failure>(read);
}

note_page page_of(std::string body) {
  return std::get<note_page>(read_notes(answer(200, std::move(body)), "ref: 1", now));
}

constexpr std::string_view listed = R"({"response_status":[{"status_code":2000,"status":"success"}],)";

} // namespace

TEST_CASE("a note's form is the documented one, on-premises and in the Cloud") {
  CHECK(note_form("<p>Host is up</p>", false, false)
        == "input_data=%7B%22note%22%3A%7B%22description%22%3A%22%3Cp%3EHost+is+up%3C%2Fp%3E%22%2C%22show_to_requester%"
           "22%3Afalse%7D%7D");
  CHECK(note_form("x", true, true)
        == "input_data=%7B%22request_note%22%3A%7B%22description%22%3A%22x%22%2C%22show_to_requester%22%3Atrue%7D%7D");
}

TEST_CASE("a page of a list is asked for with input_data") {
  CHECK(page_query(101, 100)
        == "?input_data=%7B%22list_info%22%3A%7B%22row_count%22%3A100%2C%22start_index%22%3A101%7D%7D");
}

TEST_CASE("a written note is told with its id, whichever build answers") {
  const auto id = [](unsigned http_status, std::string body) {
    return std::get<note_written>(read_written(answer(http_status, std::move(body)), now)).note_id;
  };
  const std::string good = R"("response_status":{"status_code":2000,"status":"success"})";
  CHECK(id(201, "{" + good + R"(,"note":{"id":"12","description":"x","request":{"id":"860"}}})") == "12");
  CHECK(id(200, R"({"request_note":{"added_by":{"id":"9"},"id":"13"},)" + good + "}") == "13");
  CHECK(id(200, R"({"response_status":[{"status_code":2000,"status":"success"}],"note":{"id":14}})") == "14");
  CHECK(id(200, R"({"response_status":{"status_code":"2000"},"note":null})").empty());
  CHECK(id(200, "{" + good + "}").empty());
}

TEST_CASE("200 with a failure inside is a failure") {
  CHECK(write_failure(answer(200, status(4000, 4012))).fault == desk_fault::refused);
  CHECK(write_failure(answer(201, status(4000))).fault == desk_fault::refused);
  CHECK(write_failure(answer(200, status(4022))).fault == desk_fault::unauthorized);
}

TEST_CASE("a refused key is unauthorized, however the desk says it") {
  for (const auto& result :
       {answer(400, status(401)), answer(400, status(4000, 401)), answer(401, status(4022)), answer(401, ""),
        answer(403, status(4002)), answer(403, "<html>"), answer(400, status(4002))})
    CHECK(write_failure(result).fault == desk_fault::unauthorized);
  CHECK(write_failure(answer(400, status(401))).detail == "the desk answered HTTP 400, code 401 (invalid API key)");
}

TEST_CASE("a ticket that isn't there is not found") {
  CHECK(write_failure(answer(404, status(4007))).fault == desk_fault::not_found);
  CHECK(write_failure(answer(404, "")).fault == desk_fault::not_found);
  CHECK(write_failure(answer(400, status(4000, 4007))).fault == desk_fault::not_found);
}

TEST_CASE("a rate limit waits as long as it says, or a minute") {
  const auto limited = write_failure(answer(429, status(4015)));
  CHECK(limited.fault == desk_fault::rate_limited);
  CHECK(limited.retry_after == 60'000ms);
  CHECK(write_failure(answer(429, "", {{"Retry-After", "90"}})).retry_after == 90'000ms);
  CHECK(write_failure(answer(429, "", {{"Retry-After", "0"}})).retry_after == 1'000ms);
  CHECK(write_failure(answer(400, status(4000, 4015))).fault == desk_fault::rate_limited);
  CHECK(list_failure(answer(429, "")).fault == desk_fault::rate_limited);
}

TEST_CASE("an internal error leaves a write open, but not a read") {
  for (const auto& result : {answer(500, status(4004)), answer(200, status(4004)), answer(502, "<html>"),
                             answer(503, ""), answer(500, status(4000))}) {
    CHECK(write_failure(result).fault == desk_fault::unknown_outcome);
    CHECK(list_failure(result).fault == desk_fault::unavailable);
  }
  CHECK(list_failure(answer(503, "", {{"Retry-After", "7"}})).retry_after == 7'000ms);
}

TEST_CASE("a success that can't be read leaves a write open, but not a read") {
  for (const std::string body : {"", "<html>", "{}", "[]", "null", "{\"response_status\":", "{\"note\":{\"id\":\"1\"}}",
                                 R"({"response_status":null})", R"({"response_status":{}})"}) {
    const auto written = read_written(answer(200, body), now);
    INFO(body);
    if (body.find("response_status\":") != body.npos && body.back() == '}')
      CHECK(std::get<desk_failure>(written).fault == desk_fault::refused);
    else
      CHECK(std::get<desk_failure>(written).fault == desk_fault::unknown_outcome);
  }
  CHECK(list_failure(answer(200, "<html>")).fault == desk_fault::unavailable);
  CHECK_THAT(list_failure(answer(200, " <html>")).detail, ContainsSubstring("a web page: check the desk's address"));
}

TEST_CASE("what won't get better is refused") {
  for (const auto& result : {answer(400, status(4000, 4012)), answer(400, status(4001)), answer(400, status(7001)),
                             answer(400, ""), answer(405, ""), answer(413, ""), answer(415, "")})
    CHECK(write_failure(result).fault == desk_fault::refused);
  const auto redirect = write_failure(answer(302, ""));
  CHECK(redirect.fault == desk_fault::refused);
  CHECK_THAT(redirect.detail, ContainsSubstring("a redirect: check the desk's address"));
  CHECK(write_failure(answer(408, "")).fault == desk_fault::unavailable);
}

TEST_CASE("details never quote the desk's words") {
  CHECK(write_failure(answer(400, status(4000, 4012))).detail.find("words") == std::string::npos);
}

TEST_CASE("a call without an answer is open only where something was sent that writes") {
  const auto lost = [](http::call_fault fault) { return http::call_result{http::call_failure{fault, "why"}}; };
  CHECK(write_failure(lost(http::call_fault::unreachable)).fault == desk_fault::unavailable);
  CHECK(write_failure(lost(http::call_fault::not_sent_in_time)).fault == desk_fault::unavailable);
  CHECK(write_failure(lost(http::call_fault::unknown_outcome)).fault == desk_fault::unknown_outcome);
  CHECK(write_failure(lost(http::call_fault::bad_response)).fault == desk_fault::unknown_outcome);
  CHECK(write_failure(lost(http::call_fault::cancelled)).fault == desk_fault::unknown_outcome);
  for (const auto fault : {http::call_fault::unreachable, http::call_fault::not_sent_in_time,
                           http::call_fault::unknown_outcome, http::call_fault::bad_response}) {
    CHECK(list_failure(lost(fault)).fault == desk_fault::unavailable);
    CHECK(list_failure(lost(fault)).detail == "why");
  }
}

TEST_CASE("a marker is looked for in every listed note") {
  const auto page =
      page_of(std::string{listed} + R"("notes":[{"id":"1","description":"<p>ref: 11</p>","show_to_requester":false},
    {"description":"<div>x</div><p>ref:&nbsp;1</p>","id":"2"},{"id":"3","description":"ref: 1"}],
    "list_info":{"has_more_rows":true,"row_count":3,"start_index":1}})");
  CHECK(page.found == "2");
  CHECK(page.rows == 3);
  CHECK(page.more);
  CHECK(page.more_known);
  CHECK_FALSE(page.without_text);
}

TEST_CASE("a ticket without notes has no marker") {
  const auto page = page_of(std::string{listed} + R"("notes":[],"list_info":{"has_more_rows":false}})");
  CHECK_FALSE(page.found);
  CHECK(page.rows == 0);
  CHECK_FALSE(page.more);
}

TEST_CASE("notes without text are noticed") {
  CHECK(page_of(std::string{listed} + R"("notes":[{"id":"1"}]})").without_text);
  CHECK(page_of(std::string{listed} + R"("notes":[{"id":"1","description":null}]})").without_text);
  CHECK_FALSE(page_of(std::string{listed} + R"("request_notes":[{"id":"1","description":""}]})").without_text);
  CHECK_FALSE(page_of(std::string{listed} + R"("notes":[{"id":"1","description":""}]})").more_known);
}

TEST_CASE("an answer that lists nothing says nothing about a note") {
  CHECK(list_failure(answer(200, std::string{listed} + R"("requests":[]})")).fault == desk_fault::unavailable);
}

TEST_CASE("a check is good when the desk says success") {
  CHECK_FALSE(read_check(answer(200, std::string{listed} + R"("requests":[]})"), now));
  CHECK(read_check(answer(400, status(401)), now)->fault == desk_fault::unauthorized);
  CHECK(read_check(answer(200, "<html>"), now)->fault == desk_fault::unavailable);
  CHECK(read_check(http::call_failure{http::call_fault::unreachable, "why"}, now)->detail == "why");
}

TEST_CASE("a refused key and a refused query are told apart") {
  CHECK(refuses_key(answer(401, "")));
  CHECK(refuses_key(answer(400, status(401))));
  CHECK(refuses_key(answer(200, status(4022))));
  CHECK_FALSE(refuses_key(answer(403, status(4002))));
  CHECK_FALSE(refuses_key(answer(200, status(2000))));
  CHECK_FALSE(refuses_key(http::call_failure{}));
  CHECK(refuses_query(answer(400, status(4000))));
  CHECK_FALSE(refuses_query(answer(400, status(401))));
  CHECK_FALSE(refuses_query(answer(404, status(4007))));
  CHECK_FALSE(refuses_query(http::call_failure{}));
}
