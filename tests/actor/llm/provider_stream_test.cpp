#include <catch2/catch_test_macros.hpp>

#include "actors/llm/provider.hpp"
#include "manual_client.hpp"
#include "tests/support/actor_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;
using net::llm::chat_fault;

namespace {

/// What a caller got. Shared: what is still open when a test ends is answered after the fixture's members are gone.
struct heard {
  std::string text;
  std::vector<model_outcome> outcomes;
};

struct fixture : testing::actor_fixture {
  config::metrics metrics;
  std::shared_ptr<testing::manual_client> client = std::make_shared<testing::manual_client>();
  std::shared_ptr<heard> got = std::make_shared<heard>();
  std::stop_source caller;

  provider_actor make() {
    config::provider_settings with;
    with.name = "p";
    with.model = "model-1";
    with.attempts = 3;
    return spawn(provider, with, std::shared_ptr<net::llm::chat_client>{client}, time, chance,
                 std::make_shared<llm_probe>(metrics, with.name, with.model));
  }

  void stream(const provider_actor& whom, bool last = true) {
    auto call = std::make_shared<model_call>();
    call->stop = caller.get_token();
    call->messages = {{net::llm::role::user, "x"}};
    call->schema = net::llm::reply_schema{"profile", "{}"};
    call->on_text = [got = got](std::string_view text) { got->text += text; };
    auto asked = std::make_shared<provider_call>();
    asked->call = std::move(call);
    asked->last = last;
    asked->done = [got = got](model_outcome outcome, call_deadline) { got->outcomes.push_back(std::move(outcome)); };
    caf::anon_send(whom, atom::complete_v, provider_call_ptr{std::move(asked)});
    run();
  }

  const model_failure& failure() const {
    return std::get<model_failure>(got->outcomes.at(0));
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a streamed reply's text reaches its caller as it comes, without a message for it") {
  auto p = make();
  stream(p);
  client->say("Hi");
  CHECK(got->text == "Hi");
  client->say(" there");
  CHECK(got->text == "Hi there");
  CHECK(got->outcomes.empty());
  client->answer("Hi there");
  run();
  CHECK(std::get<model_reply>(got->outcomes.at(0)).text == "Hi there");
}

TEST_CASE_METHOD(fixture, "a reply's schema is asked for") {
  auto p = make();
  stream(p);
  CHECK(client->schemas.at(0)->name == "profile");
  client->answer("ok");
  run();
}

TEST_CASE_METHOD(fixture, "a stream that fails before its first token is tried again without a word") {
  auto p = make();
  stream(p);
  client->fail(chat_fault::unavailable);
  advance(10s);
  REQUIRE(client->open() == 1);
  client->say("Hi");
  client->answer("Hi");
  run();
  CHECK(got->text == "Hi");
  CHECK(std::holds_alternative<model_reply>(got->outcomes.at(0)));
}

TEST_CASE_METHOD(fixture, "a stream that fails after its first token isn't tried again and tells what was sent") {
  auto p = make();
  stream(p);
  client->fail(chat_fault::unavailable);
  advance(10s);
  client->say("Once");
  client->say(" upon");
  client->fail(chat_fault::unavailable);
  advance(60s);
  CHECK(client->asked.size() == 2);
  REQUIRE(got->outcomes.size() == 1);
  CHECK(failure().sent == "Once upon");
}

TEST_CASE_METHOD(fixture, "a call that fails for good before its first token has sent nothing") {
  auto p = make();
  stream(p);
  client->fail(chat_fault::refused);
  run();
  CHECK(failure().sent.empty());
}

TEST_CASE_METHOD(fixture, "a stream that is taken back in its middle tells what was sent") {
  auto p = make();
  stream(p);
  client->say("Once");
  caller.request_stop();
  run();
  CHECK(client->open() == 0);
  CHECK(failure().sent == "Once");
}

TEST_CASE_METHOD(fixture, "nothing is handed on once the provider's actor has ended") {
  auto p = make();
  stream(p);
  client->say("Once");
  caf::anon_send_exit(p, caf::exit_reason::kill);
  p = nullptr;
  run();
  CHECK(failure().sent == "Once");
  client->on_text(" too late"); // what was on its way
  CHECK(got->text == "Once");
}

TEST_CASE_METHOD(fixture, "streams that break after their first token open the circuit like other failures") {
  auto p = make();
  for (int i = 0; i < 5; ++i) {
    stream(p);
    client->say("Once");
    client->fail(chat_fault::unavailable);
    run();
  }
  stream(p);
  CHECK(client->open() == 0);
  CHECK(std::get<model_failure>(got->outcomes.back()).detail.starts_with("p: its circuit is open after: "));
}

TEST_CASE_METHOD(fixture,
                 "a stream has all of its call's time, but its beginning leaves a third to providers that follow") {
  auto p = make();
  stream(p, false);
  CHECK(client->limits.at(0) == 30s);
  CHECK(client->first_token_limits.at(0) == 20s);
  client->answer("ok");
  run();
}
