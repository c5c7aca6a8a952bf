#include "server_fixture.hpp"

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace troupe::testing {

using namespace std::chrono_literals;
using net::http::reply;
using net::http::request;
using net::http::response;

void kept_replies::keep(reply r) {
  std::lock_guard guard{mutex_};
  kept_.push_back(std::move(r));
  came_.notify_one();
}

reply kept_replies::take() {
  std::unique_lock lock{mutex_};
  if (!came_.wait_for(lock, 10s, [this] { return !kept_.empty(); }))
    return {};
  auto first = std::move(kept_.front());
  kept_.erase(kept_.begin());
  return first;
}

server_fixture::server_fixture(config::server_settings s, unsigned threads) : settings{std::move(s)}, io{threads} {
  settings.port = 0;
  net::http::router routes;
  routes.add("GET", "/hello", [this](const request& r, reply done) {
    last_remote_address = r.remote_address;
    done({200, "text/plain", {}, "hello"});
  });
  routes.add("POST", "/echo", [](const request& r, reply done) { done({200, "text/plain", {}, r.body}); });
  routes.add(
      "POST", "/json",
      [](const request& r, reply done) {
        done({202, "application/json", {}, r.body});
      },
      "application/json");
  routes.add("GET", "/kept", [this](const request&, reply done) { kept.keep(std::move(done)); });
  routes.add(
      "GET", "/watched",
      [this](const request& r, reply done) {
        gone = r.gone;
        kept.keep(std::move(done));
      },
      {}, net::http::leaving::told);
  routes.add("GET", "/dropped", [](const request&, reply) {});
  routes.add("GET", "/throws", [](const request&, reply) { throw std::runtime_error{"password=hunter2"}; });
  routes.add("GET", "/large", [](const request&, reply done) {
    done({200, "text/plain", {}, std::string(8 << 20, 'x')});
  });
  routes.add("GET", "/jobs/{id}", [](const request& r, reply done) {
    done({200, "text/plain", {}, std::string{r.parameter("id")} + "|" + r.query_parameter("q")});
  });
  routes.add("GET", "/broken", [](const request&, reply done) { done({200, "text/plain", {{"X", "a\r\nY: b"}}, ""}); });
  server = std::make_unique<net::http::server>(io, settings, std::move(routes), metrics);
  server->start();
}

double server_fixture::metric(std::string_view name_and_labels) {
  auto text = metrics.render();
  auto line = "\n" + std::string{name_and_labels} + " ";
  auto at = text.find(line);
  return at == text.npos ? -1 : std::strtod(text.c_str() + at + line.size(), nullptr);
}

config::server_settings impatient() {
  config::server_settings result;
  result.header_timeout = 50ms;
  result.body_timeout = 50ms;
  result.idle_timeout = 50ms;
  return result;
}

std::string get(std::string_view path, std::string_view fields) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\n" + std::string{fields} + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view fields) {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size())
         + "\r\n" + std::string{fields} + "\r\n" + std::string{body};
}

} // namespace troupe::testing
