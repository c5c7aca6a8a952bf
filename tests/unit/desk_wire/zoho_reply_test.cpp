#include "net/desk/zoho_reply.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using namespace troupe::net;
using namespace troupe::net::desk;

namespace {

std::variant<access_token, desk_failure> read(unsigned status, std::string body,
                                              std::vector<http::header> headers = {}) {
  return read_token(http::call_response{status, std::move(headers), std::move(body)}, std::chrono::system_clock::now());
}

desk_failure failure(unsigned status, std::string body, std::vector<http::header> headers = {}) {
  const auto result = read(status, std::move(body), std::move(headers));
  REQUIRE(std::holds_alternative<desk_failure>(result));
  return std::get<desk_failure>(result);
}

} // namespace

TEST_CASE("a token is read with its lifetime") {
  const auto token = std::get<access_token>(read(
      200,
      R"({"access_token":"1000.abc","expires_in":1800,"api_domain":"https://www.zohoapis.com","token_type":"Bearer"})"));
  CHECK(token.value.reveal() == "1000.abc");
  CHECK(token.lifetime == 1800s);
  CHECK(std::get<access_token>(read(200, R"({"access_token":"a"})")).lifetime == 3600s);
  CHECK(std::get<access_token>(read(200, R"({"access_token":"a","expires_in":0})")).lifetime == 1s);
}

TEST_CASE("errors that wear a 200 are errors") {
  const auto wrong = failure(200, R"({"error":"invalid_code"})");
  CHECK(wrong.fault == desk_fault::unauthorized);
  CHECK(wrong.detail.ends_with("invalid_code"));
  CHECK(failure(200, R"({"error":"text with <b>anything</b>"})").detail.ends_with("an error"));
}

TEST_CASE("too many fetches are rate limited") {
  const auto limited = failure(
      400,
      R"({"error_description":"You have made too many requests continuously.","error":"Access Denied","status":"failure"})");
  CHECK(limited.fault == desk_fault::rate_limited);
  CHECK(limited.retry_after == 60'000ms);
  CHECK(failure(429, "", {{"Retry-After", "7"}}).retry_after == 7'000ms);
}

TEST_CASE("a refused client is unauthorized") {
  for (const auto status : {400U, 401U, 403U})
    CHECK(failure(status, "").fault == desk_fault::unauthorized);
}

TEST_CASE("an accounts server that makes no sense is unavailable") {
  CHECK(failure(500, "").fault == desk_fault::unavailable);
  CHECK(failure(200, "<html>").fault == desk_fault::unavailable);
  CHECK(failure(200, "{}").fault == desk_fault::unavailable);
  CHECK(failure(302, "").fault == desk_fault::unavailable);
  CHECK(failure(200, R"({"access_token":""})").fault == desk_fault::unavailable);
  CHECK(failure(200, R"({"access_token":"a\r\nX: y"})").fault == desk_fault::unavailable);
  const auto lost = read_token(http::call_failure{http::call_fault::unknown_outcome, "broken off"}, {});
  CHECK(std::get<desk_failure>(lost).fault == desk_fault::unavailable);
}
