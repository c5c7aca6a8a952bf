#include <stdexcept>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "net/desk/servicedesk_plus.hpp"

using namespace troupe;
using namespace troupe::net::desk;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

void refused(std::string_view json, const std::string& why) {
  CHECK_THROWS_MATCHES(parse_servicedesk_plus_options(json), std::invalid_argument,
                       MessageMatches(ContainsSubstring(why)));
}

} // namespace

TEST_CASE("without options a desk is on-premises and notes are for technicians") {
  for (const auto* json : {"", " \n", "{}"}) {
    const auto options = parse_servicedesk_plus_options(json);
    CHECK_FALSE(options.cloud);
    CHECK_FALSE(options.show_to_requester);
    CHECK(options.portal_id.empty());
  }
}

TEST_CASE("every option is read") {
  const auto options = parse_servicedesk_plus_options(
      R"({"cloud":true,"portal_id":"2","show_to_requester":true,"accounts_url":"https://a","client_id":"i","client_secret":"s"})");
  CHECK(options.cloud);
  CHECK(options.portal_id == "2");
  CHECK(options.show_to_requester);
  CHECK(options.accounts_url == "https://a");
  CHECK(options.client_id == "i");
  CHECK(options.client_secret == config::secret{"s"});
  CHECK(parse_servicedesk_plus_options(R"({"portal_id":2})").portal_id == "2");
}

TEST_CASE("faulty options are refused with what is wrong") {
  refused("[]", "must be an object, found array");
  refused("{", "isn't valid JSON");
  refused(R"({"cloud":true,"cloud":true})", "/cloud occurs twice");
  refused(R"({"cluod":true})", "desk option cluod isn't known; known are cloud, portal_id");
  refused(R"({"cloud":"yes"})", "desk option cloud must be true or false, found string");
  refused(R"({"portal_id":true})", "desk option portal_id must be a string, found boolean");
  refused(R"({"client_id":7})", "desk option client_id must be a string, found number");
  refused(R"({"portal_id":"a\r\nX: y"})", "must not hold control characters");
  refused(R"({"cloud":true})", "needs the options client_id and client_secret");
  refused(R"({"client_id":"i"})", "set cloud to true");
}
