// Providers that answer something else than a reply: what a caller hears of it.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "protocols.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::testing;
using net::llm::chat_fault;

namespace {

struct fixture {
  const protocol speaks = GENERATE(from_range(protocols()));
  const bool is_streamed = GENERATE(false, true);

  call_outcome said(const std::string& bytes, bool as_stream) const {
    scripted_server server{{answering(bytes)}};
    return call(settings_for(speaks, server.url()), as_stream);
  }
  call_outcome said(const std::string& bytes) const {
    return said(bytes, is_streamed);
  }
};

struct stream_fixture {
  const protocol speaks = GENERATE(from_range(protocols()));

  call_outcome said(const std::string& bytes) const {
    scripted_server server{{answering(bytes)}};
    return call(settings_for(speaks, server.url()), true);
  }
};

std::string date_in(std::chrono::seconds from_now) {
  const auto at = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + from_now);
  char text[40];
  std::tm parts{};
  ::gmtime_r(&at, &parts);
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

} // namespace

TEST_CASE_METHOD(fixture, "200 with an error is what the error says") {
  const auto overloaded = said(answer(speaks.error("overloaded_error"), "Content-Type: application/json\r\n"));
  CHECK(overloaded.failure().fault == chat_fault::unavailable);
  CHECK(overloaded.failure().detail == "an error instead of a reply: HTTP 200 (overloaded_error)");
  CHECK(said(answer(speaks.error("invalid_request_error"))).failure().fault == chat_fault::refused);
}

TEST_CASE_METHOD(fixture, "429 is a limit, with and without a time to wait") {
  const auto limited = [&](const std::string& fields) {
    const auto outcome = said(answer(speaks.error("rate_limit_error"), fields, "429 Too Many Requests"));
    CHECK(outcome.failure().fault == chat_fault::rate_limited);
    CHECK(outcome.failure().retriable());
    return outcome.failure().retry_after;
  };
  CHECK(limited("") == std::nullopt);
  CHECK(limited("Retry-After: 7\r\n") == 7s);
  const auto until = limited("Retry-After: " + date_in(100s) + "\r\n");
  REQUIRE(until);
  CHECK(*until > 60s);
  CHECK(*until <= 101s);
}

TEST_CASE_METHOD(fixture, "529 is an overload that may pass") {
  const auto outcome = said(answer(speaks.error("overloaded_error"), "Retry-After: 3\r\n", "529 Overloaded"));
  CHECK(outcome.failure().fault == chat_fault::unavailable);
  CHECK(outcome.failure().retry_after == 3s);
  CHECK(outcome.failure().retriable());
}

TEST_CASE_METHOD(fixture, "a compressed answer that nobody asked for is named") {
  for (const auto* type : {"application/json", "text/event-stream"}) {
    const auto outcome = said(
        answer("\x1f\x8b\x08\x01\x02\x03", "Content-Encoding: gzip\r\nContent-Type: " + std::string{type} + "\r\n"));
    CHECK(outcome.failure().fault == chat_fault::malformed);
    CHECK(outcome.failure().detail == "the answer is compressed, which nobody asked for");
  }
}

TEST_CASE_METHOD(fixture, "an answer of 20 MB is cut off") {
  const auto outcome = said(answer(R"({"x":")" + std::string(20 << 20, 'a') + "\"}"));
  CHECK(outcome.failure().fault == chat_fault::unavailable);
  CHECK(outcome.failure().detail.find("larger than allowed") != std::string::npos);
}

TEST_CASE_METHOD(stream_fixture, "a line of 20 MB ends a stream after what was said") {
  const auto outcome = said(streamed(speaks.hello + "data: " + std::string(20 << 20, 'a')));
  CHECK(outcome.text == "Hello");
  CHECK(outcome.failure().fault == chat_fault::malformed);
  CHECK(outcome.failure().detail == "an event of the stream is larger than allowed");
}

TEST_CASE_METHOD(stream_fixture, "events that make no sense end a stream after what was said") {
  for (const std::string bad : {"data: {\"half\n\n", "data: [1]\n\n", "data: \xff\n\n"}) {
    const auto outcome = said(streamed(speaks.hello + bad + speaks.ending));
    CHECK(outcome.text == "Hello");
    CHECK(outcome.failure().fault == chat_fault::malformed);
  }
}

TEST_CASE_METHOD(stream_fixture, "an error in mid-stream is what it says, after what was said") {
  const auto outcome = said(streamed(speaks.hello + speaks.error_event("overloaded_error")));
  CHECK(outcome.text == "Hello");
  CHECK(outcome.failure().fault == chat_fault::unavailable);
  CHECK_FALSE(outcome.failure().retriable());
  CHECK(outcome.failure().detail == "an error instead of a reply: HTTP 200 (overloaded_error)");
}

TEST_CASE_METHOD(stream_fixture, "a stream may be chopped in any way, its lines may end in any way") {
  const auto odd = GENERATE(as<std::string>{}, "\n", "\r\n", "\r");
  std::string events;
  for (const auto c : ": comment\n" + speaks.hello + "event: sparkle\ndata: {\"type\":\"sparkle\"}\n\n" + speaks.ending)
    c == '\n' ? events += odd : events += c;
  scripted_server server{{[&](peer& p) {
    p.request();
    p.send("HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const auto c : events)
      p.send("1\r\n" + std::string{c} + "\r\n");
    p.send("0\r\n\r\n");
  }}};
  const auto outcome = call(settings_for(speaks, server.url()), true);
  CHECK(outcome.reply().text == "Hello");
  CHECK(outcome.text == "Hello");
}
