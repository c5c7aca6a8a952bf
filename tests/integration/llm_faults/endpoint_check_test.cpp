// What `troupe check` tells of a provider: whether it can be reached, takes the key and has the model.

#include "net/llm/endpoint_check.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "certificate.hpp"
#include "net/http/name_resolver.hpp"
#include "protocols.hpp"
#include "tls_peer.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::testing;
using net::llm::endpoint_fault;

namespace {

struct fixture {
  const protocol speaks = GENERATE(from_range(protocols()));
  std::vector<std::string> asked; ///< by a part of the server below

  /// Answers requests one after the other; by their target.
  scripted_server::part by_target(std::function<std::string(const std::string&)> say) {
    return [this, say](peer& p) {
      for (auto request = p.request(); !request.empty(); request = p.request()) {
        asked.push_back(request);
        p.send(say(request.substr(4, request.find(' ', 4) - 4)));
      }
    };
  }

  net::llm::endpoint_finding look(const config::provider_settings& settings) {
    net::io_threads io{1};
    return net::llm::check_endpoint(io, settings);
  }

  net::llm::endpoint_finding look(std::function<std::string(const std::string&)> say) {
    scripted_server server{{by_target(std::move(say))}};
    auto settings = settings_for(speaks, server.url());
    settings.model = "family/m 1";
    const auto found = look(settings);
    CHECK(found.detail.starts_with(settings.base_url + ' '));
    CHECK(found.detail.find("sk-secret") == std::string::npos);
    return found;
  }
};

const std::string not_found =
    answer(R"({"error":{"message":"sk-secret","type":"not_found_error"}})", "", "404 Not Found");

} // namespace

TEST_CASE_METHOD(fixture, "a provider that has the model is well, and no token is spent") {
  const auto found = look([](const std::string&) { return answer(R"({"id":"m"})"); });
  CHECK(found.fault == endpoint_fault::none);
  CHECK(found.detail.ends_with("answers and has the model \"family/m 1\""));
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].starts_with("GET /v1/models/family%2Fm%201 "));
  CHECK(asked[0].find(speaks.kind == config::provider_kind::openai ? "Authorization: Bearer sk-secret"
                                                                   : "X-Api-Key: sk-secret")
        != std::string::npos);
}

TEST_CASE_METHOD(fixture, "a provider whose list of models is all that can be asked is asked for that") {
  const auto listed = [&](const std::string& list) {
    return look([list](const std::string& target) { return target == "/v1/models" ? list : not_found; });
  };
  CHECK(listed(answer(R"({"object":"list","data":[{"id":"x"},{"id":"family/m 1:latest"}]})")).fault
        == endpoint_fault::none);
  const auto without = listed(answer(R"({"data":[{"id":"x"},null,{}]})"));
  CHECK(without.fault == endpoint_fault::wrong_model);
  CHECK(without.detail.ends_with("has no model \"family/m 1\""));
  for (const auto& odd : {answer("[]"), answer("<html>"), not_found}) {
    const auto found = listed(odd);
    CHECK(found.fault == endpoint_fault::none);
    CHECK(found.detail.find("doesn't tell which models it has") != std::string::npos);
  }
}

TEST_CASE_METHOD(fixture, "a wrong key is told apart from all else") {
  for (const auto* status : {"401 Unauthorized", "403 Forbidden"}) {
    const auto found = look([&](const std::string&) { return answer("sk-secret", "", status); });
    CHECK(found.fault == endpoint_fault::wrong_key);
    CHECK(found.detail.find("refuses the key (HTTP 40") != std::string::npos);
  }
}

TEST_CASE_METHOD(fixture, "a provider that fails or sends elsewhere is named") {
  CHECK(look([](const std::string&) { return answer("", "", "503 Oops"); }).detail.ends_with("is unwell (HTTP 503)"));
  scripted_server other{{answering(answer("{}"))}};
  const auto found =
      look([&](const std::string&) { return answer("", "Location: " + other.url() + "\r\n", "302 Found"); });
  CHECK(found.fault == endpoint_fault::unwell);
  CHECK(found.detail.ends_with("redirects, which isn't followed (HTTP 302)"));
  CHECK(other.accepted() == 0);
}

TEST_CASE_METHOD(fixture, "no route to a provider is told with its reason") {
  std::string url;
  {
    scripted_server gone{{answering("")}};
    url = gone.url();
  }
  const auto refused = look(settings_for(speaks, url));
  CHECK(refused.fault == endpoint_fault::no_route);
  CHECK(refused.detail.find("refused") != std::string::npos);

  net::io_threads io{1,
                     std::make_unique<net::http::name_resolver>(net::http::resolver_settings{}, [](const std::string&) {
                       return net::http::name_answer{{}, "the name isn't known"};
                     })};
  const auto unknown = net::llm::check_endpoint(io, settings_for(speaks, "http://provider.test"));
  CHECK(unknown.fault == endpoint_fault::no_route);
  CHECK(unknown.detail.find("the name isn't known") != std::string::npos);

  certificate stranger{"DNS:localhost"};
  scripted_server server{{[&](peer& p) { tls_peer::server(std::move(p), stranger.file, stranger.key); }}};
  const auto untrusted = look(settings_for(speaks, "https://localhost:" + std::to_string(server.port())));
  CHECK(untrusted.fault == endpoint_fault::no_route);
  CHECK(untrusted.detail.find("certificate") != std::string::npos);
}
