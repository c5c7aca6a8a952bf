#include "net/key_set.hpp"

#include <stdexcept>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "config/base64.hpp"
#include "tests/support/token_issuer.hpp"

using namespace troupe;
using net::jwt::algorithm;
using net::jwt::key_set;
using troupe::testing::token_issuer;

namespace {

key_set set_of(const std::string& keys) {
  return key_set{R"({"keys":[)" + keys + "]}"};
}

/// Why the only key of a set isn't used.
std::string reason(const std::string& key) {
  const auto set = set_of(key);
  CHECK(set.size() == 0);
  return set.left_out().size() == 1 ? set.left_out().front().reason : "";
}

/// Whether the set's only key of the algorithm made the token's signature.
bool verifies(const key_set& set, algorithm how, const std::string& token) {
  const auto* key = set.find(how, std::nullopt);
  REQUIRE(key);
  const auto dot = token.rfind('.');
  return key->verifies(token.substr(0, dot), *config::decode_base64url(token.substr(dot + 1)));
}

const std::string rfc7515_payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

} // namespace

TEST_CASE("the RS256 example of RFC 7515 verifies, and not when a byte is changed") {
  const auto set = set_of(
      R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})");
  const std::string signature =
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t"
      "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12j"
      "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ"
      "Ge77Rw";
  CHECK(verifies(set, algorithm::rs256, "eyJhbGciOiJSUzI1NiJ9." + rfc7515_payload + "." + signature));
  CHECK_FALSE(verifies(set, algorithm::rs256, "eyJhbGciOiJSUzI1NiK9." + rfc7515_payload + "." + signature));
}

TEST_CASE("the ES256 example of RFC 7515 verifies, and not when a byte is changed") {
  const auto set = set_of(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                          R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
  const std::string signature =
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
  CHECK(verifies(set, algorithm::es256, "eyJhbGciOiJFUzI1NiJ9." + rfc7515_payload + "." + signature));
  CHECK_FALSE(verifies(set, algorithm::es256, "eyJhbGciOiJFUzI1NiK9." + rfc7515_payload + "." + signature));
}

TEST_CASE("the Ed25519 example of RFC 8037 verifies, and not when a byte is changed") {
  const auto set = set_of(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  const std::string signature =
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
  const std::string text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  CHECK(verifies(set, algorithm::ed25519, text + "." + signature));
  CHECK_FALSE(verifies(set, algorithm::ed25519, text + "x." + signature));
}

TEST_CASE("signatures of the wrong length, or all zeros, verify nothing") {
  const auto set =
      set_of(token_issuer::rsa().jwk() + "," + token_issuer::elliptic().jwk() + "," + token_issuer::ed25519().jwk());
  REQUIRE(set.size() == 3);
  for (const auto how : {algorithm::rs256, algorithm::es256, algorithm::ed25519})
    for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 71U, 256U, 257U, 1024U})
      CHECK_FALSE(set.find(how, std::nullopt)->verifies("text", std::string(size, '\0')));
}

TEST_CASE("weak keys, other curves, other algorithms and other uses are left out, with the reason") {
  CHECK(reason(token_issuer::rsa(1'024).jwk()) == "the RSA modulus has less than 2048 bits");
  CHECK(reason(R"({"kty":"RSA","n":")" + config::encode_base64url(std::string(1'100, '\x7f')) + R"(","e":"AQAB"})")
        == "the RSA modulus has more than 8192 bits");
  const auto modulus = config::encode_base64url(std::string(256, '\xff'));
  for (const auto* even : {"AA", "AQ", "BA"})
    CHECK(reason(R"({"kty":"RSA","n":")" + modulus + R"(","e":")" + even + R"("})")
          == "the RSA exponent isn't an odd number above 1");
  CHECK(reason(R"({"kty":"RSA","n":")" + modulus + R"(","e":"AQABAQABAQAB"})")
        == "the RSA exponent has more than 32 bits");
  CHECK(reason(R"({"kty":"RSA","e":"AQAB"})") == "n is missing or not base64url");
  CHECK(reason(R"({"kty":"RSA","n":"a+b/","e":"AQAB"})") == "n is missing or not base64url");
  CHECK(reason(token_issuer::elliptic("P-384").jwk()) == "types are RSA, EC with P-256 and OKP with Ed25519");
  CHECK(reason(R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})")
        == "types are RSA, EC with P-256 and OKP with Ed25519");
  CHECK(reason(R"({"crv":"P-256"})") == "types are RSA, EC with P-256 and OKP with Ed25519");
  CHECK(reason(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKx"})") == "the key doesn't have 32 bytes");
  CHECK(reason(token_issuer::rsa().jwk(R"("alg":"PS256")")) == "of RSA only the algorithm RS256 is used");
  CHECK(reason(token_issuer::elliptic().jwk(R"("alg":"RS256")")) == "on P-256 only the algorithm ES256 is used");
  CHECK(reason(token_issuer::ed25519().jwk(R"("alg":"ES256")"))
        == "on Ed25519 only the algorithms EdDSA and Ed25519 are used");
  CHECK(reason(token_issuer::rsa().jwk(R"("use":"enc")")) == "use isn't sig");
  CHECK(reason(token_issuer::rsa().jwk(R"("key_ops":["encrypt"])")) == "key_ops doesn't allow to verify");
  CHECK(reason(token_issuer::rsa().jwk(R"("key_ops":"verify")")) == "a member has the wrong type");
  CHECK(reason(token_issuer::rsa().jwk(R"("alg":7)")) == "a member has the wrong type");
  CHECK(reason("7") == "a member has the wrong type");
  CHECK(reason(token_issuer::rsa().jwk(R"("kid":")" + std::string(257, 'k') + '"')) == "kid has more than 256 bytes");
}

TEST_CASE("a point that isn't on the curve is left out") {
  CHECK(reason(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
               R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"})")
        == "y is missing or not base64url"); // a spare bit
  CHECK(reason(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
               R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4"})")
        == "the point isn't on the curve P-256");
}

TEST_CASE("private and symmetric keys in a set are never used") {
  const std::string reason_given = "a private or symmetric key was published: it must be withdrawn";
  CHECK(reason(R"({"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA","alg":"HS256"})") == reason_given);
  CHECK(reason(token_issuer::rsa().jwk(R"("d":"AQAB")")) == reason_given);
  CHECK(reason(token_issuer::elliptic().jwk(R"("d":"AQAB")")) == reason_given);
  CHECK(reason(token_issuer::ed25519().jwk(R"("d":"AQAB")")) == reason_given);
  CHECK(reason(token_issuer::rsa().jwk(R"("oth":[])")) == reason_given);
}

TEST_CASE("what is left out takes nothing from the others, and says which it is") {
  const auto good = token_issuer::ed25519();
  const auto set = set_of(R"({"kty":"oct","k":"AQAB","kid":"shared"},{"kty":"RSA"},)" + good.jwk(R"("kid":"good")"));
  CHECK(set.size() == 1);
  REQUIRE(set.left_out().size() == 2);
  CHECK(set.left_out()[0].name == "shared");
  CHECK(set.left_out()[1].name == "#2");
}

TEST_CASE("a key is found by its kid and only for its own algorithm") {
  const auto rsa = token_issuer::rsa();
  const auto elliptic = token_issuer::elliptic();
  const auto set = set_of(rsa.jwk(R"("kid":"one","alg":"RS256","use":"sig","key_ops":["sign","verify"])") + ","
                          + elliptic.jwk(R"("kid":"one")") + "," + elliptic.jwk(R"("kid":"two")"));
  REQUIRE(set.size() == 3);
  CHECK(set.find(algorithm::rs256, "one")->algorithm() == algorithm::rs256);
  CHECK(set.find(algorithm::es256, "one")->algorithm() == algorithm::es256);
  CHECK(set.find(algorithm::rs256, "two") == nullptr);
  CHECK(set.find(algorithm::ed25519, "one") == nullptr);
  CHECK(set.find(algorithm::rs256, "One") == nullptr);
  CHECK(set.find(algorithm::rs256, "") == nullptr);
  // Without a name only what can be meant by it.
  CHECK(set.find(algorithm::rs256, std::nullopt) != nullptr);
  CHECK(set.find(algorithm::es256, std::nullopt) == nullptr);
}

TEST_CASE("of two keys with one name and one algorithm the first is used") {
  const auto first = token_issuer::ed25519();
  const auto second = token_issuer::ed25519();
  const auto set = set_of(first.jwk(R"("kid":"a")") + "," + second.jwk(R"("kid":"a")"));
  CHECK(set.size() == 1);
  CHECK(set.left_out().front().reason == "another key has the same kid");
  CHECK(verifies(set, algorithm::ed25519, first.sign("{}", "{}")));
  CHECK_FALSE(verifies(set, algorithm::ed25519, second.sign("{}", "{}")));
}

TEST_CASE("only the first 64 keys of a set are used") {
  const auto key = token_issuer::ed25519();
  std::string keys = key.jwk(R"("kid":"0")");
  for (int i = 1; i < 80; ++i)
    keys += "," + key.jwk(R"("kid":")" + std::to_string(i) + '"');
  const auto set = set_of(keys);
  CHECK(set.size() == 64);
  CHECK(set.left_out().size() == 16);
  CHECK(set.find(algorithm::ed25519, "63") != nullptr);
  CHECK(set.find(algorithm::ed25519, "64") == nullptr);
}

TEST_CASE("what isn't a key set is refused as a whole") {
  using Catch::Matchers::StartsWith;
  for (const auto* text : {"", "<html><body>Sign in</body></html>", "[]", "{}", R"({"keys":{}})", R"({"keys":[})",
                           R"({"keys":[]} more)", R"({"keys":[],"keys":[]})", "null", "\xff"})
    CHECK_THROWS_WITH(key_set{text}, StartsWith("it is no JSON Web Key Set"));
  CHECK(key_set{R"({"keys":[],"more":{"a":[1]}})"}.size() == 0);
}
