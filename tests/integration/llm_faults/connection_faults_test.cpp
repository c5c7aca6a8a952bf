// Providers that can't be reached, or whose connections break: what a caller hears of it.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "certificate.hpp"
#include "deaf_port.hpp"
#include "net/http/name_resolver.hpp"
#include "protocols.hpp"
#include "tls_peer.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::testing;
using net::llm::chat_fault;

namespace {

struct fixture {
  const protocol speaks = GENERATE(from_range(protocols()));
  const bool is_streamed = GENERATE(false, true);

  std::string good() const {
    return is_streamed ? streamed(speaks.hello + speaks.ending) + "0\r\n\r\n"
                       : answer(speaks.reply, "Content-Type: application/json\r\n");
  }

  /// Nothing was handed over, and the same may well succeed a little later.
  void check_unreached(const call_outcome& outcome, std::string_view why) const {
    CHECK(outcome.failure().fault == chat_fault::unavailable);
    CHECK(outcome.failure().retriable());
    CHECK(outcome.failure().detail.find(why) != std::string::npos);
    CHECK(outcome.text.empty());
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a provider that is down refuses connections") {
  std::string url;
  {
    scripted_server gone{{answering("")}};
    url = gone.url();
  }
  check_unreached(call(settings_for(speaks, url), is_streamed), "refused");
}

TEST_CASE_METHOD(fixture, "a provider to whom no connection comes about is given up in time") {
  deaf_port deaf;
  auto settings = settings_for(speaks, "http://127.0.0.1:" + std::to_string(deaf.port));
  settings.connect_timeout = 50ms;
  check_unreached(call(settings, is_streamed), "no connection within the time limit");
}

TEST_CASE_METHOD(fixture, "a provider that takes a call and never answers is given up in time") {
  scripted_server black_hole{{[](peer& p) { p.receive_all(); }}};
  auto settings = settings_for(speaks, black_hole.url());
  (is_streamed ? settings.first_token_timeout : settings.timeout) = 100ms;
  check_unreached(call(settings, is_streamed), is_streamed ? "nothing of the response" : "no response within");
}

TEST_CASE_METHOD(fixture, "a name that can't be resolved is named") {
  net::io_threads io{1,
                     std::make_unique<net::http::name_resolver>(net::http::resolver_settings{}, [](const std::string&) {
                       return net::http::name_answer{{}, "the name isn't known"};
                     })};
  const auto client = net::llm::make_client(io, settings_for(speaks, "http://provider.test"));
  const auto outcome = ask(*client, is_streamed);
  check_unreached(outcome, "the name isn't known");
  CHECK(outcome.failure().detail.find("provider.test") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "a provider whose certificate has expired is sent nothing") {
  certificate expired{"DNS:localhost", -60s};
  std::atomic<bool> told{false};
  scripted_server server{{[&](peer& p) {
    auto secured = tls_peer::server(std::move(p), expired.file, expired.key);
    told = secured.is_open() && !secured.receive().empty();
  }}};
  auto settings = settings_for(speaks, "https://localhost:" + std::to_string(server.port()));
  settings.ca_file = expired.file;
  check_unreached(call(settings, is_streamed), "certificate has expired");
  CHECK_FALSE(told);
}

TEST_CASE_METHOD(fixture, "a connection that is reset in mid-reply fails the call, after what was said") {
  scripted_server server{{[&](peer& p) {
    p.request();
    p.send(is_streamed ? streamed(speaks.hello) : good().substr(0, good().size() - 5));
    if (is_streamed)
      p.receive(1); // until the call is over, or never
    p.reset();
  }}};
  auto settings = settings_for(speaks, server.url());
  settings.silence_timeout = 100ms;
  const auto outcome = call(settings, is_streamed);
  CHECK(outcome.failure().fault == chat_fault::unavailable);
  CHECK(outcome.text == (is_streamed ? "Hello" : ""));
  CHECK(outcome.failure().retriable() == !is_streamed);
}

TEST_CASE_METHOD(fixture, "a stream that is cut fails after what was said") {
  scripted_server server{{answering(streamed(speaks.hello))}};
  const auto outcome = call(settings_for(speaks, server.url()), true);
  CHECK(outcome.text == "Hello");
  CHECK(outcome.failure().fault == chat_fault::unavailable);
  CHECK_FALSE(outcome.failure().retriable());
}

TEST_CASE_METHOD(fixture, "nobody notices that a pooled connection was closed") {
  const auto notices = GENERATE(true, false);
  std::promise<void> closed;
  scripted_server server{{[&](peer& p) {
                            p.request();
                            p.send(good());
                            if (!notices)
                              p.request(); // it takes the next call with it
                            p.close();
                            closed.set_value();
                          },
                          answering(good())}};
  net::io_threads io{1};
  const auto client = net::llm::make_client(io, settings_for(speaks, server.url()));
  CHECK(ask(*client, is_streamed).reply().text == "Hello");
  if (notices)
    closed.get_future().wait();
  CHECK(ask(*client, is_streamed).reply().text == "Hello");
  CHECK(server.accepted() == 2);
}

TEST_CASE_METHOD(fixture, "a provider that speaks HTTP/1.0 is understood") {
  const auto head = std::string{"HTTP/1.0 200 OK\r\nContent-Type: "}
                    + (is_streamed ? "text/event-stream\r\n\r\n" : "application/json\r\n\r\n");
  scripted_server server{{answering(head + (is_streamed ? speaks.hello + speaks.ending : speaks.reply))}};
  CHECK(call(settings_for(speaks, server.url()), is_streamed).reply().text == "Hello");
}
