#include "actors/cli/tenant_rules.hpp"

#include "actors/cli/command.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors::cli;
using troupe::config::secret;

namespace {

troupe::storage::tenant good() {
  troupe::storage::tenant t;
  t.id = "acme";
  t.desk_kind = "servicedesk_plus";
  t.desk_url = "https://desk.example";
  t.desk_key = secret{"k"};
  t.signing_secrets = {secret{"0123456789abcdef"}};
  return t;
}

std::string fault_of(const troupe::storage::tenant& t) {
  const auto faults = faults_of(t);
  REQUIRE(faults.size() == 1);
  return faults.front();
}

} // namespace

TEST_CASE("a tenant's id is a short word") {
  for (const auto* id : {"a", "acme", "0", "a-b_c9"})
    CHECK(is_tenant_id(id));
  for (const auto* id : {"", "-a", "_a", "A", "a b", "ä", "a.b", "a/b"})
    CHECK_FALSE(is_tenant_id(id));
  CHECK(is_tenant_id(std::string(64, 'a')));
  CHECK_FALSE(is_tenant_id(std::string(65, 'a')));
}

TEST_CASE("a signing secret that is made serves both forms of signatures and isn't made twice") {
  const auto made = make_signing_secret().reveal();
  CHECK(made.starts_with("whsec_"));
  CHECK(made.size() == 6 + 44);
  CHECK(is_signing_secret(made));
  CHECK(made != make_signing_secret().reveal());
}

TEST_CASE("a signing secret is any text, but base64 behind whsec_") {
  CHECK(is_signing_secret("s3cret"));
  CHECK(is_signing_secret("whsec_MDEyMzQ1Njc4OWFiY2RlZg=="));
  CHECK_FALSE(is_signing_secret(""));
  CHECK_FALSE(is_signing_secret("whsec_"));
  CHECK_FALSE(is_signing_secret("whsec_not base64"));
  CHECK_FALSE(is_signing_secret(std::string(1025, 'x')));
}

TEST_CASE("a good tenant has no faults") {
  CHECK(faults_of(good()).empty());
  auto own = good();
  own.desk_kind = "local";
  own.desk_url.clear();
  own.desk_key = {};
  CHECK(faults_of(own).empty());
}

TEST_CASE("each fault of a tenant is named") {
  auto t = good();
  t.id = "Acme";
  CHECK(fault_of(t).find("must be 1 to 64 of a-z") != std::string::npos);
  t = good();
  t.name = "a\nb";
  CHECK(fault_of(t).find("--name") != std::string::npos);
  t = good();
  t.desk_url.clear();
  CHECK(fault_of(t).find("--desk-url is missing") != std::string::npos);
  t = good();
  t.desk_url = "https://user:hunter2@desk.example";
  CHECK(fault_of(t).find("--desk-url must be") != std::string::npos);
  CHECK(fault_of(t).find("hunter2") == std::string::npos);
  t = good();
  t.desk_key = {};
  CHECK(fault_of(t).find("--desk-key") != std::string::npos);
  t = good();
  t.desk_kind = "jira";
  CHECK(fault_of(t).find("jira") != std::string::npos);
  t = good();
  t.desk_ca = "no PEM";
  CHECK_FALSE(fault_of(t).empty());
  t = good();
  t.desk_options = R"({"colour":"red"})";
  CHECK(fault_of(t).find("colour") != std::string::npos);
  t = good();
  t.desk_kind = "local";
  CHECK(fault_of(t).find("'local' is troupe's own") != std::string::npos);
}

TEST_CASE("all faults of a tenant are named at once") {
  auto t = good();
  t.id = "";
  t.desk_url = "ftp://x";
  t.desk_key = {};
  CHECK(faults_of(t).size() == 3);
}

TEST_CASE("connector options are text or truth, and an empty one is taken away") {
  CHECK(with_option("", "portal_id=2") == R"({"portal_id":"2"})");
  CHECK(with_option(R"({"portal_id":"2"})", "cloud=true") == R"({"cloud":true,"portal_id":"2"})");
  CHECK(with_option(R"({"portal_id":"2"})", "portal_id=a=b") == R"({"portal_id":"a=b"})");
  CHECK(with_option(R"({"portal_id":"2"})", "portal_id=").empty());
  CHECK_THROWS_AS(with_option("", "portal_id"), wrong_usage);
  CHECK_THROWS_AS(with_option("", "=2"), wrong_usage);
  CHECK_THROWS_AS(with_option("", "a=\xff"), wrong_usage);
}
