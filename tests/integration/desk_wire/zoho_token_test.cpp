#include "net/desk/zoho_token.hpp"

#include "desk_fixture.hpp"

using namespace troupe;
using namespace troupe::net::desk;
using namespace troupe::testing;

namespace {

struct accounts {
  explicit accounts(scripted_server::script script)
      : server{std::move(script)}, io{1}, token{io,
                                                {server.url(), "", "id", config::secret{"secret"},
                                                 config::secret{"refresh"}},
                                                [this] { return now; }} {}

  std::future<zoho_token::answer> ask() {
    auto promise = std::make_shared<std::promise<zoho_token::answer>>();
    token.get(10s, [promise](zoho_token::answer result) { promise->set_value(std::move(result)); });
    return promise->get_future();
  }

  std::string value() {
    return std::get<config::secret>(wait(ask())).reveal();
  }

  std::size_t fetches() {
    return server.requests().size();
  }

  zoho_token::steady_moment now{1h};
  scripted_server server;
  net::io_threads io;
  zoho_token token;
};

scripted_server::script numbered_tokens() {
  return [n = 0](const received&) mutable {
    return respond(200, R"({"access_token":"t)" + std::to_string(++n) + R"(","expires_in":3600})");
  };
}

} // namespace

TEST_CASE("a token is kept until a minute before it expires") {
  accounts f{numbered_tokens()};
  CHECK(f.value() == "t1");
  f.now += 3539s;
  CHECK(f.value() == "t1");
  f.now += 1s;
  CHECK(f.value() == "t2");
  CHECK(f.fetches() == 2);
}

TEST_CASE("all who ask while a token is fetched get that one") {
  accounts f{numbered_tokens()};
  std::vector<std::future<zoho_token::answer>> asked;
  for (int i = 0; i < 50; ++i)
    asked.push_back(f.ask());
  for (auto& one : asked)
    CHECK(std::get<config::secret>(wait(std::move(one))).reveal() == "t1");
  CHECK(f.fetches() == 1);
}

TEST_CASE("a dropped token is fetched anew, an older one's drop changes nothing") {
  accounts f{numbered_tokens()};
  f.value();
  f.token.drop(config::secret{"t1"});
  CHECK(f.value() == "t2");
  f.token.drop(config::secret{"t1"});
  CHECK(f.value() == "t2");
  CHECK(f.fetches() == 2);
}

TEST_CASE("a failed fetch is the answer for 15 seconds") {
  accounts f{[n = 0](const received&) mutable {
    return ++n == 1 ? respond(500, "") : respond(200, R"({"access_token":"good","expires_in":3600})");
  }};
  CHECK(fault_of(wait(f.ask())) == desk_fault::unavailable);
  f.now += 14s;
  CHECK(fault_of(wait(f.ask())) == desk_fault::unavailable);
  CHECK(f.fetches() == 1);
  f.now += 1s;
  CHECK(f.value() == "good");
}

TEST_CASE("a token that lives only seconds serves those who wait for it") {
  accounts f{[](const received&) { return respond(200, R"({"access_token":"short","expires_in":5})"); }};
  CHECK(f.value() == "short");
  CHECK(f.value() == "short");
  f.now += 1s;
  CHECK(f.value() == "short");
  CHECK(f.fetches() == 2);
}
