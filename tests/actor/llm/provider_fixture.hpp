#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/llm/provider.hpp"
#include "manual_client.hpp"
#include "tests/support/actor_fixture.hpp"

namespace troupe::testing {

using namespace actors;

/// A provider's actor with a model that answers when the test says so.
struct provider_fixture : actor_fixture {
  config::metrics metrics;
  std::shared_ptr<manual_client> client = std::make_shared<manual_client>();
  /// Shared: what is still open when a test ends is answered after the fixture's members are gone.
  std::shared_ptr<std::vector<model_outcome>> heard = std::make_shared<std::vector<model_outcome>>();
  std::vector<model_outcome>& outcomes = *heard;
  int started = 0;

  static config::provider_settings settings() {
    config::provider_settings result;
    result.name = "p";
    result.model = "model-1";
    result.input_price = 2;
    result.output_price = 10;
    result.max_concurrency = 1;
    result.attempts = 3;
    return result;
  }

  provider_actor make(const config::provider_settings& with = settings()) {
    return make(with, time);
  }

  provider_actor make(const config::provider_settings& with, std::shared_ptr<const actors::clock> by) {
    return spawn(provider, with, std::shared_ptr<net::llm::chat_client>{client}, std::move(by), chance,
                 std::make_shared<llm_probe>(metrics, with.name, with.model));
  }

  std::shared_ptr<std::vector<call_deadline>> deadlines = std::make_shared<std::vector<call_deadline>>();

  void call(const provider_actor& whom, const std::string& tenant, const std::string& text,
            std::chrono::milliseconds limit = std::chrono::seconds{30}, std::stop_token stop = {},
            call_deadline deadline = {}, bool last = true) {
    auto call = std::make_shared<model_call>();
    call->limit = limit;
    call->stop = std::move(stop);
    call->tenant = tenant;
    call->messages = {{net::llm::role::user, text}};
    call->started = [this] { ++started; };
    auto asked = std::make_shared<provider_call>();
    asked->call = std::move(call);
    asked->deadline = deadline;
    asked->last = last;
    asked->done = [heard = heard, deadlines = deadlines](model_outcome outcome, call_deadline until) {
      heard->push_back(std::move(outcome));
      deadlines->push_back(until);
    };
    caf::anon_send(whom, atom::complete_v, provider_call_ptr{std::move(asked)});
    run();
  }

  std::string failure(std::size_t i) const {
    return std::get<model_failure>(outcomes.at(i)).detail;
  }

  bool failed(std::size_t i) const {
    return std::holds_alternative<model_failure>(outcomes.at(i));
  }
};

} // namespace troupe::testing
