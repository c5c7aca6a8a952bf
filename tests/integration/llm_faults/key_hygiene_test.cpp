// Where a provider's key goes, and where it doesn't.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "protocols.hpp"

using namespace troupe;
using namespace troupe::testing;
using net::llm::chat_fault;

TEST_CASE("a key goes to its provider, and not where that redirects to") {
  const auto speaks = GENERATE(from_range(protocols()));
  const auto is_streamed = GENERATE(false, true);
  const auto* status =
      GENERATE("301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect");
  scripted_server other{{answering(answer(speaks.reply))}};
  std::string asked;
  std::promise<void> heard;
  scripted_server server{{[&](peer& p) {
    asked = p.request();
    heard.set_value();
    p.send(answer("", "Location: " + other.url(speaks.target) + "\r\n", status));
  }}};
  const auto outcome = call(settings_for(speaks, server.url()), is_streamed);
  heard.get_future().wait();
  CHECK(asked.starts_with("POST " + speaks.target + " "));
  CHECK(asked.find("sk-secret") != std::string::npos);
  CHECK(other.accepted() == 0);
  CHECK(outcome.failure().fault == chat_fault::refused);
  CHECK(outcome.failure().detail.ends_with("a redirect, which isn't followed; base_url has to be the last address"));
}

TEST_CASE("a key that a provider echoes isn't told") {
  const auto speaks = GENERATE(from_range(protocols()));
  const auto* status = GENERATE("200 OK", "400 Bad Request", "401 Unauthorized", "404 Not Found", "500 Oops");
  scripted_server server{{answering(answer(
      R"({"error":{"message":"the key sk-secret is wrong","type":"sk-secret x","code":"sk secret"}})", "", status))}};
  const auto outcome = call(settings_for(speaks, server.url()), false);
  CHECK(outcome.failure().detail.find("sk-secret") == std::string::npos);
}
