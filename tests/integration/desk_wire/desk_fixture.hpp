#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "net/desk/factory.hpp"
#include "net/io_threads.hpp"
#include "tests/support/scripted_server.hpp"

namespace troupe::testing {

using namespace std::chrono_literals;

inline constexpr auto patience = 30s;

template <class T>
T wait(std::future<T> what) {
  REQUIRE(what.wait_for(patience) == std::future_status::ready);
  return what.get();
}

inline net::desk::note a_note(const std::string& ticket = "4711") {
  net::desk::note result;
  result.ticket_id = ticket;
  result.markdown = "## Recommendations\n\nRestart <it>.\n\nref: job-1";
  result.marker = "ref: job-1";
  result.correlation_id = "correlation-1";
  result.timeout = 10s;
  return result;
}

using written = std::variant<net::desk::note_written, net::desk::desk_failure>;
using searched = std::variant<net::desk::note_search, net::desk::desk_failure>;

inline written write(net::desk::connector& desk, const net::desk::note& what = a_note()) {
  auto promise = std::make_shared<std::promise<written>>();
  desk.write_note(what, [promise](written result) { promise->set_value(std::move(result)); });
  return wait(promise->get_future());
}

inline searched find(net::desk::connector& desk, const std::string& ticket = "4711") {
  auto promise = std::make_shared<std::promise<searched>>();
  desk.find_note(ticket, "ref: job-1", "correlation-1",
                 [promise](searched result) { promise->set_value(std::move(result)); });
  return wait(promise->get_future());
}

inline std::optional<net::desk::desk_failure> check(net::desk::connector& desk) {
  auto promise = std::make_shared<std::promise<std::optional<net::desk::desk_failure>>>();
  desk.check([promise](std::optional<net::desk::desk_failure> result) { promise->set_value(std::move(result)); });
  return wait(promise->get_future());
}

template <class Result>
net::desk::desk_fault fault_of(const Result& result) {
  REQUIRE(std::holds_alternative<net::desk::desk_failure>(result));
  return std::get<net::desk::desk_failure>(result).fault;
}

/// A connector to a scripted server.
struct desk_fixture {
  explicit desk_fixture(scripted_server::script script, std::string options = {})
      : server{std::move(script)}, io{1}, desk{net::desk::make_connector(io,
                                                                         {"servicedesk_plus", server.url(),
                                                                          config::secret{"the-key"}, "", options})} {}

  scripted_server server;
  net::io_threads io;
  std::unique_ptr<net::desk::connector> desk;
};

inline constexpr std::string_view note_created =
    R"({"response_status":{"status_code":2000,"status":"success"},"note":{"id":"12"}})";

} // namespace troupe::testing
