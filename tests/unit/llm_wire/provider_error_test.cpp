#include "net/llm/provider_error.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::net::llm;

TEST_CASE("errors are read in the forms that providers use") {
  const auto full = read_error(
      R"({"error":{"message":"no such model","type":"invalid_request_error","param":"model","code":"model_not_found"}})");
  CHECK(full.message == "no such model");
  CHECK(full.type == "invalid_request_error");
  CHECK(full.param == "model");
  CHECK(full.code == "model_not_found");
  CHECK(read_error(R"({"error":"model 'x' not found"})").message == "model 'x' not found");
  CHECK(read_error(R"({"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400})").code
        == "400");
  CHECK(read_error(R"({"error":{"message":"m","code":429,"param":null}})").code == "429");
}

TEST_CASE("a body that is no error gives an empty one") {
  for (const auto* body :
       {"", "<html>", "[]", "null", R"({"error":null})", R"({"error":[1]})", R"({"error":{"code":[]}})"}) {
    const auto error = read_error(body);
    CHECK(error.message.empty());
    CHECK(error.code.empty());
  }
}

TEST_CASE("the line for logs names status, code, type and member") {
  CHECK(describe(400, {"secret text", "invalid_request_error", "unsupported_value", "temperature"}, config::secret{})
        == "HTTP 400 unsupported_value (invalid_request_error) for temperature");
  CHECK(describe(500, {}, config::secret{}) == "HTTP 500");
  CHECK(describe(429, {"", "requests", "requests", ""}, config::secret{}) == "HTTP 429 requests");
}

TEST_CASE("a provider's words are shown only where they can't quote the prompt") {
  const provider_error error{"words of the provider", "", "", ""};
  for (const auto status : {400U, 408U, 413U, 422U, 429U, 500U, 503U})
    CHECK(describe(status, error, config::secret{}).find("words") == std::string::npos);
  for (const auto status : {401U, 403U, 404U})
    CHECK(describe(status, error, config::secret{}).ends_with(": words of the provider"));
}

TEST_CASE("names that are sentences aren't shown") {
  CHECK(describe(400, {"", "you said: my printer burns", std::string(65, 'a'), "a\nb"}, config::secret{})
        == "HTTP 400");
}

TEST_CASE("the key is never shown, and long words are cut") {
  const auto line = describe(401, {"the key sk-123 is wrong, sk-123!\n" + std::string(500, 'x'), "", "", ""},
                             config::secret{"sk-123"});
  CHECK(line.find("sk-123") == std::string::npos);
  CHECK(line.find("[key]") != std::string::npos);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.size() < 200);
}
