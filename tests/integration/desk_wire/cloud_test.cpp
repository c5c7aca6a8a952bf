#include <catch2/matchers/catch_matchers_string.hpp>

#include "desk_fixture.hpp"

using namespace troupe;
using namespace troupe::net::desk;
using namespace troupe::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A Cloud desk and its accounts server in one: what tells them apart is the path.
struct cloud {
  explicit cloud(scripted_server::script desk_script)
      : server{[this, desk_script = std::move(desk_script)](const received& request) {
          if (request.target != "/accounts/oauth/v2/token")
            return desk_script(request);
          ++fetches;
          return token_answer
                     ? *token_answer
                     : respond(200, R"({"access_token":"token-)" + std::to_string(fetches) + R"(","expires_in":3600})");
        }},
        io{1}, desk{make_connector(io,
                                   {"servicedesk_plus", server.url() + "/app/itdesk", config::secret{"refresh&me"}, "",
                                    R"({"cloud":true,"client_id":"id","client_secret":"s+s","accounts_url":")"
                                        + server.url() + R"(/accounts"})"})} {}

  std::optional<answer> token_answer;
  int fetches = 0;
  scripted_server server;
  net::io_threads io;
  std::unique_ptr<connector> desk;
};

constexpr std::string_view refused_token =
    R"({"response_status":{"status_code":4000,"messages":[{"status_code":4022}]}})";

} // namespace

TEST_CASE("a Cloud desk is called with a token that is fetched once") {
  cloud f{[](const received&) {
    return respond(201, R"({"response_status":{"status_code":2000},"request_note":{"id":"13"}})");
  }};
  CHECK(std::get<note_written>(write(*f.desk)).note_id == "13");
  CHECK(std::get<note_written>(write(*f.desk)).note_id == "13");
  const auto requests = f.server.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].method == "POST");
  CHECK(requests[0].body == "grant_type=refresh_token&refresh_token=refresh%26me&client_id=id&client_secret=s%2Bs");
  CHECK(requests[1].target == "/app/itdesk/api/v3/requests/4711/notes");
  CHECK(requests[1].headers.at("authorization") == "Zoho-oauthtoken token-1");
  CHECK_FALSE(requests[1].headers.contains("authtoken"));
  CHECK_THAT(requests[1].body, ContainsSubstring("request_note"));
  CHECK(requests[2].headers.at("authorization") == "Zoho-oauthtoken token-1");
}

TEST_CASE("a token that the desk refuses is fetched anew, once") {
  cloud f{[](const received& request) {
    return request.headers.at("authorization") == "Zoho-oauthtoken token-1" ? respond(401, refused_token)
                                                                            : respond(201, note_created);
  }};
  CHECK(std::holds_alternative<note_written>(write(*f.desk)));
  CHECK(f.server.requests().size() == 4);
}

TEST_CASE("a desk that refuses every token is unauthorized after the second") {
  cloud f{[](const received&) { return respond(401, refused_token); }};
  CHECK(fault_of(write(*f.desk)) == desk_fault::unauthorized);
  CHECK(f.fetches == 2);
  CHECK(f.server.requests().size() == 4);
}

TEST_CASE("without a token nothing is sent to the desk") {
  cloud f{[](const received&) { return respond(201, note_created); }};
  f.token_answer = respond(200, R"({"error":"invalid_code"})");
  CHECK(fault_of(write(*f.desk)) == desk_fault::unauthorized);
  CHECK(fault_of(find(*f.desk)) == desk_fault::unauthorized);
  CHECK(check(*f.desk)->fault == desk_fault::unauthorized);
  // The failed fetch is the answer for a while.
  CHECK(f.server.requests().size() == 1);
}

TEST_CASE("a Cloud connector that ends while it fetches a token answers who waits") {
  cloud f{[](const received&) { return respond(201, note_created); }};
  f.token_answer = answer{"", false, true};
  std::promise<written> promise;
  f.desk->write_note(a_note(), [&](written result) { promise.set_value(std::move(result)); });
  f.desk.reset();
  auto asked = promise.get_future();
  REQUIRE(asked.wait_for(0s) == std::future_status::ready);
  CHECK(fault_of(asked.get()) == desk_fault::unavailable);
}
