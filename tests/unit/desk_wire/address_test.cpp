#include "net/desk/servicedesk_plus_address.hpp"

#include <stdexcept>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net::desk;

TEST_CASE("a desk's address is completed to that of its API") {
  CHECK(servicedesk_plus_api("https://desk.example:8080") == "https://desk.example:8080/api/v3");
  CHECK(servicedesk_plus_api("https://desk.example:8080/") == "https://desk.example:8080/api/v3");
  CHECK(servicedesk_plus_api("http://desk/api/v3/") == "http://desk/api/v3");
  CHECK(servicedesk_plus_api("http://desk/api") == "http://desk/api/v3");
  CHECK(servicedesk_plus_api("https://desk.example/app/itdesk") == "https://desk.example/app/itdesk/api/v3");
  CHECK(servicedesk_plus_api("https://desk.example/app/itdesk/api/v3") == "https://desk.example/app/itdesk/api/v3");
  CHECK(servicedesk_plus_api("http://[::1]:8080") == "http://[::1]:8080/api/v3");
}

TEST_CASE("what is no address of a desk is refused") {
  for (const auto* url : {"", "desk.example", "ftp://desk", "https://", "https:///api", "https://user:key@desk",
                          "https://desk/?TECHNICIAN_KEY=x", "https://desk/#x", "https://desk /"})
    CHECK_THROWS_AS(servicedesk_plus_api(url), std::invalid_argument);
}

TEST_CASE("a Cloud desk's address tells its accounts server") {
  CHECK(zoho_accounts_of("https://sdpondemand.manageengine.com/app/itdesk") == "https://accounts.zoho.com");
  CHECK(zoho_accounts_of("https://sdpondemand.manageengine.eu") == "https://accounts.zoho.eu");
  CHECK(zoho_accounts_of("https://acme.servicedeskplus.ca:443/x") == "https://accounts.zohocloud.ca");
  CHECK(zoho_accounts_of("https://desk.example").empty());
  CHECK(zoho_accounts_of("https://sdpondemand.manageengine.com.evil.example").empty());
}

TEST_CASE("a ticket's id becomes one segment of a path") {
  CHECK(path_segment("4711") == "4711");
  CHECK(path_segment("INC 1") == "INC%201");
  CHECK(path_segment("ü&=+") == "%C3%BC%26%3D%2B");
  CHECK(path_segment("a.b") == "a.b");
}

TEST_CASE("an id that could change the path is none") {
  for (const auto* id : {"", ".", "..", "...", "1/2", "../1", "1\\2", "1?x", "1#x", "1;x", "1%2f2", "1\n2", "1\x7f"})
    CHECK_FALSE(path_segment(id));
}

TEST_CASE("values are encoded for forms") {
  CHECK(form_encoded(R"({"a":"b c"})") == "%7B%22a%22%3A%22b+c%22%7D");
  CHECK(form_encoded("a+b&c=d%\n€~*") == "a%2Bb%26c%3Dd%25%0A%E2%82%AC%7E%2A");
}
