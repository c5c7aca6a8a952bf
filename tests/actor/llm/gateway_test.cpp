#include "actors/llm/gateway.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/actor_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

/// A provider that answers at once, or fails with its name.
provider_actor::behavior_type stand_in(provider_actor::pointer, std::string name, bool works) {
  return {
      [=](atom::complete, const provider_call_ptr& what) {
        if (works)
          what->done(model_reply{"from " + name, "stop", name, "m", 1, 1, 0, {}}, what->deadline);
        else
          what->done(model_failure{name + ": down"}, what->deadline.value_or(7s));
      },
      [](atom::answered, const client_answer_ptr&) {},
      [](atom::retry_call, std::uint64_t) {},
      [](atom::expire, std::uint64_t) {},
  };
}

struct fixture : testing::actor_fixture {
  std::optional<model_outcome> outcome;
  std::shared_ptr<reply_cache> cache;

  handle_ref<provider_actor> working(const std::string& name) {
    handle_ref<provider_actor> result;
    result.set(spawn(stand_in, name, true));
    return result;
  }

  handle_ref<provider_actor> broken(const std::string& name) {
    handle_ref<provider_actor> result;
    result.set(spawn(stand_in, name, false));
    return result;
  }

  /// Fails after its caller has lost interest.
  handle_ref<provider_actor> outlasting(std::stop_source caller) {
    handle_ref<provider_actor> result;
    result.set(spawn([caller](provider_actor::pointer) -> provider_actor::behavior_type {
      return {
          [caller](atom::complete, const provider_call_ptr& what) mutable {
            caller.request_stop();
            what->done(model_failure{"one: down"}, what->deadline);
          },
          [](atom::answered, const client_answer_ptr&) {},
          [](atom::retry_call, std::uint64_t) {},
          [](atom::expire, std::uint64_t) {},
      };
    }));
    return result;
  }

  /// Keeps the deadline that it is given.
  handle_ref<provider_actor> noting(call_deadline& deadline, bool* last = nullptr) {
    handle_ref<provider_actor> result;
    result.set(spawn([&deadline, last](provider_actor::pointer) -> provider_actor::behavior_type {
      return {
          [&deadline, last](atom::complete, const provider_call_ptr& what) {
            deadline = what->deadline;
            if (last)
              *last = what->last;
            what->done(model_failure{"noted"}, what->deadline);
          },
          [](atom::answered, const client_answer_ptr&) {},
          [](atom::retry_call, std::uint64_t) {},
          [](atom::expire, std::uint64_t) {},
      };
    }));
    return result;
  }

  /// The chain's providers are called "1", "2", …
  /// @param first the one that the call wants first
  void ask(const std::vector<handle_ref<provider_actor>>& chain, std::stop_token stop = {}, std::string first = {}) {
    std::vector<named_provider> named;
    for (const auto& each : chain)
      named.push_back({std::to_string(named.size() + 1), each});
    auto call = std::make_shared<model_call>();
    call->stop = std::move(stop);
    call->provider = std::move(first);
    call->done = [this](model_outcome what) { outcome = std::move(what); };
    caf::anon_send(spawn(gateway, std::move(named), cache), atom::complete_v, model_call_ptr{std::move(call)});
    run();
  }

  std::string text() const {
    return std::get<model_reply>(outcome.value()).text;
  }

  /// Breaks off after its first token.
  handle_ref<provider_actor> breaking() {
    handle_ref<provider_actor> result;
    result.set(spawn([](provider_actor::pointer) -> provider_actor::behavior_type {
      return {
          [](atom::complete, const provider_call_ptr& what) {
            what->done(model_failure{"one: cut off", "Once upon"}, what->deadline);
          },
          [](atom::answered, const client_answer_ptr&) {},
          [](atom::retry_call, std::uint64_t) {},
          [](atom::expire, std::uint64_t) {},
      };
    }));
    return result;
  }

  std::string failure() const {
    return std::get<model_failure>(outcome.value()).detail;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "the first provider of the chain is asked first") {
  ask({working("one"), working("two")});
  CHECK(text() == "from one");
}

TEST_CASE_METHOD(fixture, "when a provider gives up the next one is asked") {
  ask({broken("one"), broken("two"), working("three")});
  CHECK(text() == "from three");
}

TEST_CASE_METHOD(fixture, "when all give up the failure says what each of them said") {
  ask({broken("one"), broken("two")});
  CHECK(failure() == "one: down; two: down");
}

TEST_CASE_METHOD(fixture, "without any provider a call fails at once") {
  ask({});
  CHECK(failure() == "no provider is configured");
}

TEST_CASE_METHOD(fixture, "a provider that is being restarted is passed over") {
  ask({handle_ref<provider_actor>{}, working("two")});
  CHECK(text() == "from two");
}

TEST_CASE_METHOD(fixture, "the deadline that the first provider began holds for the next ones") {
  call_deadline first = 99s, second;
  ask({noting(first), broken("two"), noting(second)});
  CHECK_FALSE(first);
  CHECK(second == 7s);
}

TEST_CASE_METHOD(fixture, "each provider knows whether others follow it") {
  call_deadline any;
  bool first = true, second = false;
  ask({noting(any, &first), noting(any, &second)});
  CHECK_FALSE(first);
  CHECK(second);
}

TEST_CASE_METHOD(fixture, "once its caller has taken a call back, no further provider is asked") {
  std::stop_source caller;
  ask({outlasting(caller), working("two")}, caller.get_token());
  CHECK(failure() == "the call was taken back");
}

TEST_CASE_METHOD(fixture, "a reply that breaks after its first token comes back as it is, without another provider") {
  ask({broken("zero"), breaking(), working("two")});
  CHECK(failure() == "one: cut off");
  CHECK(std::get<model_failure>(*outcome).sent == "Once upon");
}

TEST_CASE_METHOD(fixture, "the provider that a call names is asked first, the others in their order") {
  ask({working("one"), working("two"), working("three")}, {}, "2");
  CHECK(text() == "from two");
  ask({broken("one"), working("two"), broken("three")}, {}, "3");
  CHECK(text() == "from two");
  ask({broken("one"), broken("two"), broken("three")}, {}, "2");
  CHECK(failure() == "two: down; one: down; three: down");
  ask({working("one"), working("two")}, {}, "none of these");
  CHECK(text() == "from one");
}
