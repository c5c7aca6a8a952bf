#include "net/http/response_writer.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net::http;

namespace {

std::string write(const response& r, response_frame frame = {}) {
  frame.request_id = "the-id";
  frame.date = "Fri, 20 Nov 2026 09:25:33 GMT";
  std::string out;
  append_response(out, r, frame);
  return out;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

} // namespace

TEST_CASE("a response has its length, the correlation id and the fields that keep it safe") {
  CHECK(write({202, "application/json", {{"Location", "/x"}}, "{}"})
        == "HTTP/1.1 202 Accepted\r\n"
           "Content-Type: application/json\r\n"
           "Content-Length: 2\r\n"
           "Location: /x\r\n"
           "X-Request-Id: the-id\r\n"
           "Date: Fri, 20 Nov 2026 09:25:33 GMT\r\n"
           "Cache-Control: no-store\r\n"
           "X-Content-Type-Options: nosniff\r\n"
           "\r\n"
           "{}");
}

TEST_CASE("a handler may allow caching") {
  auto text = write({200, "text/css", {{"cache-control", "max-age=3600"}}, "x"});
  CHECK(has(text, "cache-control: max-age=3600\r\n"));
  CHECK_FALSE(has(text, "no-store"));
}

TEST_CASE("a page can't be framed") {
  CHECK(has(write({200, "text/html; charset=utf-8", {}, "x"}), "X-Frame-Options: DENY\r\n"));
  CHECK_FALSE(has(write({200, "application/json", {}, "x"}), "X-Frame-Options"));
}

TEST_CASE("the answer to HEAD has the length of the body but no body") {
  response_frame frame;
  frame.head_only = true;
  auto text = write({200, "text/plain", {}, "hello"}, frame);
  CHECK(has(text, "Content-Length: 5\r\n"));
  CHECK(text.ends_with("\r\n\r\n"));
}

TEST_CASE("a response that can't have a body has neither body nor length") {
  for (unsigned status : {204U, 304U}) {
    auto text = write({status, "text/plain", {}, "hello"});
    CHECK_FALSE(has(text, "Content-Length"));
    CHECK(text.ends_with("\r\n\r\n"));
  }
}

TEST_CASE("a response says whether the connection stays") {
  response_frame frame;
  CHECK_FALSE(has(write({}, frame), "Connection:"));
  frame.version_11 = false;
  CHECK(has(write({}, frame), "Connection: keep-alive\r\n"));
  frame.keep_alive = false;
  CHECK(has(write({}, frame), "Connection: close\r\n"));
}

TEST_CASE("a response that would break the protocol can't be sent") {
  CHECK(is_sendable({200, "text/plain", {{"X-Ok", "a\tb caf\xc3\xa9"}}, ""}));
  CHECK_FALSE(is_sendable({200, "text/plain", {{"X", "a\r\nSet-Cookie: x"}}, ""}));
  CHECK_FALSE(is_sendable({200, "text/plain\r\nX: y", {}, ""}));
  CHECK_FALSE(is_sendable({200, "text/plain", {{"X Y", "a"}}, ""}));
  CHECK_FALSE(is_sendable({200, "text/plain", {{"", "a"}}, ""}));
  CHECK_FALSE(is_sendable({200, "text/plain", {{"content-length", "1"}}, ""}));
  CHECK_FALSE(is_sendable({200, "text/plain", {{"Transfer-Encoding", "chunked"}}, ""}));
  CHECK_FALSE(is_sendable({100, "text/plain", {}, ""}));
  CHECK_FALSE(is_sendable({0, "text/plain", {}, ""}));
  CHECK_FALSE(is_sendable({600, "text/plain", {}, ""}));
}

TEST_CASE("a date is written as HTTP wants it") {
  auto date = http_date();
  CHECK(date.size() == 29);
  CHECK(date.ends_with(" GMT"));
  CHECK(date[3] == ',');
}
