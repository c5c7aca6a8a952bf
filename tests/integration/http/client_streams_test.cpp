#include <atomic>
#include <future>
#include <mutex>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "client_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe::net::http;
using namespace troupe::testing;

namespace {

const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string end_of_body = "0\r\n\r\n";

std::string chunk(std::string_view data) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", data.size());
  return size + std::string{data} + "\r\n";
}

/// Takes pieces and tells the test when enough of them are there.
class pieces {
public:
  uptake take(std::string_view piece) {
    std::lock_guard guard{mutex_};
    text_ += piece;
    arrived_.notify_all();
    return verdict;
  }

  /// Waits until so many bytes are there.
  std::string wait_for(std::size_t size) {
    std::unique_lock guard{mutex_};
    if (!arrived_.wait_for(guard, 10s, [&] { return text_.size() >= size; }))
      FAIL("only " << text_.size() << " bytes came");
    return text_;
  }

  std::string text() {
    return wait_for(0);
  }

  std::atomic<uptake> verdict = uptake::progress;
  std::atomic<int> begun = 0;

private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::string text_;
};

struct fixture : client_fixture {
  pieces taken; ///< outlives the calls: tests wait for their end, or end the client first

  call streamed(std::string body = "x") {
    auto result = post(std::move(body));
    auto& stream = result.stream.emplace();
    stream.begin = [this](const call_response& response) -> body_stream::taker {
      taken.begun += response.status == 200 ? 1 : 100;
      return [this](std::string_view piece) { return taken.take(piece); };
    };
    return result;
  }
};

/// Answers with a stream that stops behind its first piece, and waits until the client closes.
scripted_server::part one_piece_then_silence(std::promise<void>* closed = nullptr) {
  return [closed](peer& p) {
    p.request();
    p.send(head + chunk("one"));
    p.receive_all();
    if (closed)
      closed->set_value();
  };
}

} // namespace

TEST_CASE_METHOD(fixture, "a body's pieces are handed over as they come") {
  std::promise<void> go_on;
  scripted_server server{{[&](peer& p) {
    p.request();
    p.send(head + chunk("one"));
    go_on.get_future().wait();
    p.send(chunk(" two") + end_of_body);
  }}};
  client to_server{io, to(server.url())};
  auto begun = begin(to_server, streamed());
  CHECK(taken.wait_for(3) == "one");
  go_on.set_value();
  const auto whole = response(wait(begun));
  CHECK(taken.text() == "one two");
  CHECK(taken.begun == 1);
  CHECK(whole.get("content-type") == "text/event-stream");
  CHECK(whole.body.empty());
}

TEST_CASE_METHOD(fixture, "a connection serves further calls after a streamed body") {
  scripted_server server{{[](peer& p) {
    p.request();
    p.send(head + chunk(std::string(200'000, 'a')) + end_of_body);
    p.request();
    p.send(answer("second"));
  }}};
  client to_server{io, to(server.url())};
  response(ask(to_server, streamed()));
  CHECK(taken.text().size() == 200'000);
  CHECK(response(ask(to_server, post("y"))).body == "second");
  CHECK(server.accepted() == 1);
}

TEST_CASE_METHOD(fixture, "bodies of a length and up to the connection's end come in pieces, too") {
  scripted_server server{{[](peer& p) {
                            p.request();
                            p.send(answer("counted"));
                            p.receive_all();
                          },
                          [](peer& p) {
                            p.request();
                            p.send("HTTP/1.0 200 OK\r\n\r\n, to the end");
                          }}};
  client to_server{io, to(server.url())};
  response(ask(to_server, streamed()));
  client again{io, to(server.url())};
  response(ask(again, streamed()));
  CHECK(taken.text() == "counted, to the end");
}

TEST_CASE_METHOD(fixture, "who doesn't want a body in pieces gets it whole, within the limit for that") {
  scripted_server server{{[](peer& p) {
    while (!p.request().empty())
      p.send(answer("a whole body"));
  }}};
  auto settings = to(server.url());
  settings.max_response = 12;
  auto what = streamed();
  what.stream->begin = [](const call_response&) { return body_stream::taker{}; };
  client to_server{io, settings};
  CHECK(response(ask(to_server, what)).body == "a whole body");
  settings.max_response = 11;
  client impatient{io, settings};
  CHECK(failure(ask(impatient, what)).fault == call_fault::bad_response);
}

TEST_CASE_METHOD(fixture, "an interim response isn't taken for the stream") {
  scripted_server server{{[](peer& p) {
    p.request();
    p.send("HTTP/1.1 103 Early Hints\r\n\r\n" + head + chunk("text") + end_of_body);
  }}};
  client to_server{io, to(server.url())};
  response(ask(to_server, streamed()));
  CHECK(taken.text() == "text");
  CHECK(taken.begun == 1);
}

TEST_CASE_METHOD(fixture, "a stream that doesn't begin within its limit is given up") {
  scripted_server server{{[](peer& p) {
    p.request();
    p.send(head); // a header is no progress
    p.receive_all();
  }}};
  client to_server{io, to(server.url())};
  auto what = streamed();
  what.stream->first_timeout = 30ms;
  CHECK(failure(ask(to_server, what)).fault == call_fault::unknown_outcome);
}

TEST_CASE_METHOD(fixture, "a stream that falls silent is given up and its connection closed") {
  std::promise<void> closed;
  scripted_server server{{one_piece_then_silence(&closed)}};
  client to_server{io, to(server.url())};
  auto what = streamed();
  what.stream->silence_timeout = 30ms;
  const auto fault = failure(ask(to_server, what));
  CHECK(fault.fault == call_fault::unknown_outcome);
  CHECK(fault.detail.find("nothing more") != std::string::npos);
  CHECK(taken.text() == "one");
  CHECK(closed.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE_METHOD(fixture, "signs of life that tell nothing don't count as progress") {
  taken.verdict = uptake::none;
  scripted_server server{{[](peer& p) {
    p.request();
    p.send(head);
    while (p.send(chunk(": alive\n")))
      std::this_thread::yield();
  }}};
  client to_server{io, to(server.url())};
  auto what = streamed();
  what.stream->first_timeout = 50ms;
  CHECK(failure(ask(to_server, what)).fault == call_fault::unknown_outcome);
}

TEST_CASE_METHOD(fixture, "the time limit of the whole call holds for streams") {
  scripted_server server{{one_piece_then_silence()}};
  client to_server{io, to(server.url())};
  auto what = streamed();
  what.timeout = 50ms;
  CHECK(failure(ask(to_server, what)).fault == call_fault::unknown_outcome);
}

TEST_CASE_METHOD(fixture, "who has had enough of a stream closes its connection at once") {
  taken.verdict = uptake::enough;
  std::promise<void> closed;
  scripted_server server{{one_piece_then_silence(&closed)}};
  client to_server{io, to(server.url())};
  CHECK(failure(ask(to_server, streamed())).fault == call_fault::cancelled);
  CHECK(closed.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE_METHOD(fixture, "who fails over a piece ends the call, not the network thread") {
  scripted_server server{{one_piece_then_silence(), [](peer& p) {
                            p.request();
                            p.send(answer("second"));
                          }}};
  client to_server{io, to(server.url())};
  auto what = streamed();
  what.stream->begin = [](const call_response&) -> body_stream::taker {
    return [](std::string_view) -> uptake { throw std::runtime_error{"out of paper"}; };
  };
  CHECK(failure(ask(to_server, what)).fault == call_fault::cancelled);
  CHECK(response(ask(to_server, post("y"))).body == "second");
}

TEST_CASE_METHOD(fixture, "a stream that is taken back closes its connection at once") {
  std::promise<void> closed;
  scripted_server server{{one_piece_then_silence(&closed)}};
  client to_server{io, to(server.url())};
  std::stop_source caller;
  auto what = streamed();
  what.stop = caller.get_token();
  auto begun = begin(to_server, what);
  taken.wait_for(3);
  caller.request_stop();
  CHECK(failure(wait(begun)).fault == call_fault::cancelled);
  CHECK(closed.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE_METHOD(fixture, "a stream that is larger than allowed, cut off or no HTTP fails after what came of it") {
  scripted_server server{{[](peer& p) {
                            p.request();
                            p.send(head + chunk("one"));
                            p.send(chunk("much more"));
                            p.receive_all();
                          },
                          [](peer& p) {
                            p.request();
                            p.send(head + chunk("one") + "5\r\ntw");
                          },
                          [](peer& p) {
                            p.request();
                            p.send(head + chunk("one"));
                            p.send("nonsense\r\n");
                            p.receive_all();
                          }}};
  client to_server{io, to(server.url())};
  auto what = streamed();
  what.stream->max_body = 10;
  CHECK(failure(ask(to_server, what)).fault == call_fault::bad_response);
  CHECK(failure(ask(to_server, streamed())).fault == call_fault::unknown_outcome);
  CHECK(failure(ask(to_server, streamed())).fault == call_fault::bad_response);
}

TEST_CASE_METHOD(fixture, "nothing of a stream is handed over once its client is gone") {
  scripted_server server{{one_piece_then_silence()}};
  auto to_server = std::make_unique<client>(io, to(server.url()));
  auto begun = begin(*to_server, streamed());
  taken.wait_for(3);
  to_server.reset();
  CHECK(failure(wait(begun)).fault == call_fault::unknown_outcome);
}
