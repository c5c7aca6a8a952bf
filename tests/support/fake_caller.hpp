#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/http/client.hpp"

namespace troupe::testing {

/// Calls that were made and wait for their answer. Not thread-safe.
struct fake_peer {
  struct waiting_call {
    net::http::call what;
    std::function<void(net::http::call_result)> done;
  };

  std::vector<waiting_call> calls; ///< unanswered
  std::size_t made = 0;

  /// Reaches this peer, whatever the address.
  net::http::dialer dialer() {
    return net::http::dialer{[this](const net::http::endpoint_settings&) { return std::make_unique<caller>(*this); }};
  }

  /// Answers the oldest call.
  void answer(unsigned status, std::string body, std::vector<net::http::header> headers = {}) {
    finish(net::http::call_response{status, std::move(headers), std::move(body)});
  }

  void finish(net::http::call_result result) {
    auto oldest = std::move(calls.at(0));
    calls.erase(calls.begin());
    oldest.done(std::move(result));
  }

private:
  struct caller final : net::http::caller {
    explicit caller(fake_peer& peer) : to{peer} {}
    ~caller() override {
      while (!to.calls.empty())
        to.finish(net::http::call_failure{net::http::call_fault::cancelled, "broken off"});
    }
    void send(net::http::call what, std::function<void(net::http::call_result)> done) override {
      ++to.made;
      to.calls.push_back({std::move(what), std::move(done)});
    }
    fake_peer& to;
  };
};

} // namespace troupe::testing
