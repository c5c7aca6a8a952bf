#include "actors/llm/reply_cache.hpp"

#include <catch2/catch_test_macros.hpp>

#include "actors/llm/gateway.hpp"
#include "tests/support/actor_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

/// A gateway with a cache, before a provider that says how often it was asked.
struct fixture : testing::actor_fixture {
  config::metrics metrics;
  std::shared_ptr<reply_cache> cache = std::make_shared<reply_cache>(
      std::size_t{1} << 20, 1h, "p=m\n", std::shared_ptr<const actors::clock>{time}, metrics);
  int asked = 0;
  bool works = true;
  std::string finish = "stop";
  std::string streamed;
  std::optional<model_outcome> outcome;
  gateway_actor entry;

  fixture() {
    handle_ref<provider_actor> one;
    one.set(spawn([this](provider_actor::pointer) -> provider_actor::behavior_type {
      return {
          [this](atom::complete, const provider_call_ptr& what) {
            ++asked;
            if (works)
              what->done(model_reply{"reply " + std::to_string(asked), finish, "p", "m", 10, 20, 0.5, 90ms}, {});
            else
              what->done(model_failure{"p: down"}, {});
          },
          [](atom::answered, const client_answer_ptr&) {},
          [](atom::retry_call, std::uint64_t) {},
          [](atom::expire, std::uint64_t) {},
      };
    }));
    entry = spawn(gateway, std::vector{named_provider{"p", one}}, cache);
  }

  static std::shared_ptr<model_call> question(const std::string& text = "Hello") {
    auto call = std::make_shared<model_call>();
    call->tenant = "acme";
    call->messages = {{net::llm::role::user, text}};
    call->may_repeat = true;
    return call;
  }

  model_reply ask(const std::shared_ptr<model_call>& call) {
    streamed.clear();
    call->on_text = [this](std::string_view text) { streamed += text; };
    call->done = [this](model_outcome what) { outcome = std::move(what); };
    caf::anon_send(entry, atom::complete_v, model_call_ptr{call});
    run();
    const auto* reply = std::get_if<model_reply>(&outcome.value());
    return reply ? *reply : model_reply{};
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "the same question is answered from the cache, for free and streamed like any other") {
  const auto first = ask(question());
  CHECK(first.cost == 0.5);
  const auto second = ask(question());
  CHECK(asked == 1);
  CHECK(second.text == first.text);
  CHECK(streamed == first.text);
  CHECK(second.cost == 0);
  CHECK(second.input_tokens == 0);
  CHECK(second.output_tokens == 0);
  CHECK(metrics.render().find(R"(troupe_llm_cache_total{outcome="hit"} 1)") != std::string::npos);
  CHECK(metrics.render().find(R"(troupe_llm_cache_total{outcome="miss"} 1)") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "another tenant, text, setting or role is another question") {
  ask(question());
  std::vector<std::shared_ptr<model_call>> others;
  for (int i = 0; i < 6; ++i)
    others.push_back(question());
  others[0]->tenant = "beta";
  others[1]->messages[0].text = "Hello!";
  others[2]->temperature = 0.5;
  others[3]->max_tokens = 9;
  others[4]->schema = net::llm::reply_schema{"fields", "{}", false};
  others[5]->messages[0].role = net::llm::role::system;
  for (const auto& each : others)
    ask(each);
  CHECK(asked == 7);
}

TEST_CASE_METHOD(fixture, "who doesn't want a repeated reply gets a new one") {
  ask(question());
  auto fresh = question();
  fresh->may_repeat = false;
  ask(fresh);
  CHECK(asked == 2);
}

TEST_CASE_METHOD(fixture, "failures and replies that were cut off aren't kept") {
  works = false;
  ask(question());
  works = true;
  finish = "length";
  ask(question());
  finish = "stop";
  ask(question());
  CHECK(asked == 3);
  ask(question());
  CHECK(asked == 3);
}

TEST_CASE_METHOD(fixture, "a reply serves for its time only") {
  ask(question());
  time->advance(59min);
  ask(question());
  CHECK(asked == 1);
  time->advance(2min);
  ask(question());
  CHECK(asked == 2);
}

TEST_CASE_METHOD(fixture, "when memory is used up the replies go first that nobody has used for longest") {
  reply_cache small{1'000, 1h, "", time, metrics};
  const model_reply reply{std::string(200, 'x'), "stop", "p", "m", 1, 1, 0, {}};
  small.put("one", reply);
  small.put("two", reply);
  CHECK(small.find("one"));
  small.put("three", reply);
  CHECK(small.find("one"));
  CHECK_FALSE(small.find("two"));
  CHECK(small.find("three"));
  small.put("large", {std::string(2'000, 'x'), "stop", "p", "m", 1, 1, 0, {}});
  CHECK_FALSE(small.find("large"));
}
