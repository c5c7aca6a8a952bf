#include "session_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <utility>

namespace troupe::testing {

using namespace std::chrono_literals;
using net::http::reply;
using net::http::request;
namespace websocket = net::websocket;

void journal::note(std::string what) {
  std::lock_guard guard{mutex_};
  notes_.push_back(std::move(what));
  came_.notify_all();
}

bool journal::has(std::string_view what) {
  std::unique_lock lock{mutex_};
  return came_.wait_for(lock, 10s, [&] { return std::find(notes_.begin(), notes_.end(), what) != notes_.end(); });
}

std::size_t journal::count(std::string_view what) {
  std::lock_guard guard{mutex_};
  return static_cast<std::size_t>(std::count(notes_.begin(), notes_.end(), what));
}

void journal::keep(websocket::session s) {
  std::lock_guard guard{mutex_};
  session_ = std::move(s);
  came_.notify_all();
}

websocket::session journal::session() {
  std::unique_lock lock{mutex_};
  came_.wait_for(lock, 10s, [&] { return session_.has_value(); });
  return session_.value_or(websocket::session{});
}

namespace {

class echo final : public websocket::listener {
public:
  using message = std::function<void(websocket::session&, std::string_view)>;

  echo(journal& into, message m) : seen_{into}, message_{std::move(m)} {}
  ~echo() override {
    seen_.note("gone");
  }

  void on_open(const websocket::session& s) override {
    session_ = s;
    seen_.keep(s);
    seen_.note("open");
  }
  void on_message(std::string_view text) override {
    message_(session_, text);
  }
  void on_writable() override {
    seen_.note("writable");
  }
  void on_closed(std::uint16_t number, std::string_view reason) override {
    seen_.note("closed " + std::to_string(number) + " " + std::string{reason});
  }

private:
  journal& seen_;
  message message_;
  websocket::session session_;
};

void send_back(websocket::session& s, std::string_view text) {
  if (text == "let me in")
    s.admit();
  s.send(text);
}

} // namespace

session_fixture::session_fixture(websocket::settings s, config::server_settings http, unsigned threads) : io{threads} {
  http.port = 0;
  auto sessions = std::make_shared<websocket::endpoint>(std::move(s), metrics);
  auto listen = [this](echo::message m) { return std::make_unique<echo>(seen, std::move(m)); };
  net::http::router routes;
  routes.add("GET", "/echo", [=](const request& r, reply done) { done(sessions->accept(r, listen(send_back))); });
  routes.add("GET", "/early",
             [=](const request& r, reply done) { done(sessions->accept(r, listen(send_back), false)); });
  routes.add("GET", "/throws", [=](const request& r, reply done) {
    done(sessions->accept(r, listen([](websocket::session&, std::string_view) { throw std::runtime_error{"x"}; })));
  });
  routes.add("GET", "/later", [=](const request& r, reply done) {
    std::thread{[&r, done, sessions, listen] { done(sessions->accept(r, listen(send_back))); }}.detach();
  });
  routes.add("GET", "/hello", [](const request&, reply done) { done({200, "text/plain", {}, "hello"}); });
  server = std::make_unique<net::http::server>(io, http, std::move(routes), metrics);
  server->start();
}

double session_fixture::metric(std::string_view name_and_labels) {
  const auto text = metrics.render();
  const auto line = "\n" + std::string{name_and_labels} + " ";
  const auto at = text.find(line);
  return at == text.npos ? -1 : std::strtod(text.c_str() + at + line.size(), nullptr);
}

websocket::settings hasty() {
  websocket::settings result;
  result.keep_alive = 200ms;
  result.close_timeout = 60ms;
  result.early_timeout = 60ms;
  return result;
}

} // namespace troupe::testing
