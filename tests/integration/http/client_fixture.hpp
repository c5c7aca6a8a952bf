#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>

#include <catch2/catch_test_macros.hpp>

#include "net/http/client.hpp"
#include "net/io_threads.hpp"
#include "scripted_server.hpp"

namespace troupe::testing {

/// Network threads and ways to call and to look at what came of it.
struct client_fixture {
  net::io_threads io{1};

  static net::http::endpoint_settings to(const std::string& url) {
    net::http::endpoint_settings result;
    result.url = url;
    return result;
  }

  static net::http::call get(std::string target = "/") {
    net::http::call result;
    result.target = std::move(target);
    return result;
  }

  static net::http::call post(std::string body, std::string target = "/") {
    net::http::call result;
    result.method = "POST";
    result.target = std::move(target);
    result.body = std::move(body);
    return result;
  }

  static std::future<net::http::call_result> begin(net::http::client& client, net::http::call what) {
    auto done = std::make_shared<std::promise<net::http::call_result>>();
    auto result = done->get_future();
    client.send(std::move(what), [done](net::http::call_result r) { done->set_value(std::move(r)); });
    return result;
  }

  static net::http::call_result wait(std::future<net::http::call_result>& begun) {
    if (begun.wait_for(std::chrono::seconds{10}) != std::future_status::ready)
      throw std::runtime_error{"a call was never done"};
    return begun.get();
  }

  static net::http::call_result ask(net::http::client& client, net::http::call what) {
    auto begun = begin(client, std::move(what));
    return wait(begun);
  }

  /// The response; fails the test when there is none.
  static net::http::call_response response(net::http::call_result result) {
    if (auto* failure = std::get_if<net::http::call_failure>(&result))
      FAIL("no response: " << failure->detail);
    return std::get<net::http::call_response>(std::move(result));
  }

  static net::http::call_failure failure(net::http::call_result result) {
    REQUIRE(std::holds_alternative<net::http::call_failure>(result));
    auto found = std::get<net::http::call_failure>(std::move(result));
    CHECK_FALSE(found.detail.empty());
    return found;
  }
};

} // namespace troupe::testing
