// Tokens of an issuer of its own, verified by its key set.

#include <memory>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "net/digest.hpp"
#include "net/jwt.hpp"
#include "tests/support/token_issuer.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using net::jwt::claims;
using net::jwt::key_set;
using net::jwt::refusal;
using troupe::testing::token_issuer;

namespace {

const net::jwt::unix_seconds now{1'700'000'000s};
constexpr std::string_view payload = R"({"sub":"alice","tenant":"acme","exp":1700003600})";

struct issuers {
  token_issuer rsa = token_issuer::rsa();
  token_issuer elliptic = token_issuer::elliptic();
  token_issuer ed25519 = token_issuer::ed25519();
  key_set keys{R"({"keys":[)" + rsa.jwk(R"("kid":"r")") + "," + elliptic.jwk(R"("kid":"e")") + ","
               + ed25519.jwk(R"("kid":"d")") + "]}"};
  config::jwt_settings settings;

  issuers() {
    settings.jwks_url = "https://issuer.example.com/keys";
  }

  /// Why a token is refused; empty when it isn't.
  std::string refusal_of(const std::string& token) const {
    const auto result = net::jwt::verify(token, settings, now, &keys);
    const auto* why = std::get_if<refusal>(&result);
    return why ? why->reason : "";
  }
};

} // namespace

TEST_CASE_METHOD(issuers, "tokens of each algorithm verify with the key they name") {
  const auto who = [&](const std::string& token) {
    return std::get<claims>(net::jwt::verify(token, settings, now, &keys)).sub;
  };
  CHECK(who(rsa.sign(R"({"alg":"RS256","kid":"r"})", payload)) == "alice");
  CHECK(who(elliptic.sign(R"({"alg":"ES256","kid":"e"})", payload)) == "alice");
  CHECK(who(ed25519.sign(R"({"alg":"EdDSA","kid":"d"})", payload)) == "alice");
  CHECK(who(ed25519.sign(R"({"alg":"Ed25519","kid":"d","typ":"JWT"})", payload)) == "alice");
  CHECK(who(ed25519.sign(R"({"alg":"EdDSA"})", payload)) == "alice");
}

TEST_CASE_METHOD(issuers, "a token that names another algorithm than its key's is refused") {
  const std::string unknown = "no key of the set is the token's";
  CHECK(refusal_of(rsa.sign(R"({"alg":"ES256","kid":"r"})", payload)) == unknown);
  CHECK(refusal_of(elliptic.sign(R"({"alg":"RS256","kid":"e"})", payload)) == unknown);
  CHECK(refusal_of(ed25519.sign(R"({"alg":"RS256","kid":"d"})", payload)) == unknown);
  CHECK(refusal_of(rsa.sign(R"({"alg":"RS256","kid":"x"})", payload)) == unknown);
  CHECK(refusal_of(elliptic.sign(R"({"alg":"EdDSA","kid":"d"})", payload)) == "the signature is wrong");
}

TEST_CASE_METHOD(issuers, "with a key set only its algorithms are accepted") {
  for (const auto* alg : {"none", "HS256", "RS512", "PS256", "ES384", "ES256K", "rs256", "eddsa", "Ed448", ""})
    CHECK(refusal_of(rsa.sign(R"({"alg":")" + std::string{alg} + R"(","kid":"r"})", payload))
          == "the algorithm isn't allowed");
  CHECK(refusal_of(rsa.sign(R"({"kid":"r"})", payload)) == "the algorithm isn't allowed");
}

TEST_CASE_METHOD(issuers, "a public key is never taken for a shared secret") {
  const auto jwk = rsa.jwk();
  auto forged = config::encode_base64url(R"({"alg":"HS256","kid":"r"})") + '.' + config::encode_base64url(payload);
  forged += '.' + config::encode_base64url(net::bytes_of(net::hmac_sha256(jwk, {forged})));
  CHECK(refusal_of(forged) == "the algorithm isn't allowed");
  settings.secret = config::secret{"a-secret-of-at-least-thirty-two-bytes"};
  CHECK(refusal_of(forged) == "the signature is wrong");
}

TEST_CASE_METHOD(issuers, "with a secret alone no token of an issuer is accepted") {
  settings.jwks_url.clear();
  settings.secret = config::secret{"a-secret-of-at-least-thirty-two-bytes"};
  CHECK(refusal_of(rsa.sign(R"({"alg":"RS256","kid":"r"})", payload)) == "the algorithm isn't allowed");
}

TEST_CASE_METHOD(issuers, "with a secret and a key set each verifies tokens of its own kind") {
  settings.secret = config::secret{"a-secret-of-at-least-thirty-two-bytes"};
  claims what;
  what.sub = "bob";
  what.tenant = "acme";
  what.exp = now + 1h;
  CHECK(refusal_of(net::jwt::mint(what, settings.secret)).empty());
  CHECK(refusal_of(rsa.sign(R"({"alg":"RS256","kid":"r"})", payload)).empty());
}

TEST_CASE_METHOD(issuers, "access tokens are taken from an issuer, other kinds of tokens aren't") {
  for (const auto* typ : {"JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"})
    CHECK(refusal_of(rsa.sign(R"({"alg":"RS256","kid":"r","typ":")" + std::string{typ} + R"("})", payload)).empty());
  for (const auto* typ : {"", "logout+jwt", "secevent+jwt", "dpop+jwt"})
    CHECK(refusal_of(rsa.sign(R"({"alg":"RS256","kid":"r","typ":")" + std::string{typ} + R"("})", payload))
          == "the type isn't JWT");
}

TEST_CASE_METHOD(issuers, "keys and addresses in a token's own header are not looked at") {
  const auto stranger = token_issuer::ed25519();
  CHECK(refusal_of(stranger.sign(R"({"alg":"EdDSA","kid":"d","jwk":)" + stranger.jwk() + "}", payload))
        == "the signature is wrong");
  CHECK(refusal_of(stranger.sign(R"({"alg":"EdDSA","kid":"d","jku":"https://evil.example.com/keys"})", payload))
        == "the signature is wrong");
  CHECK(refusal_of(rsa.sign(R"({"alg":"RS256","kid":"r","crit":["b64"],"b64":false})", payload))
        == "the header demands an extension (crit)");
  CHECK(refusal_of(rsa.sign(R"({"alg":"RS256","kid":7})", payload))
        == "a member of the header has the wrong type or length");
  CHECK(refusal_of(rsa.sign(R"({"alg":"RS256","kid":")" + std::string(257, 'k') + R"("})", payload))
        == "a member of the header has the wrong type or length");
}

TEST_CASE_METHOD(issuers, "an issuer's tokens need the same claims as ours") {
  const std::string header = R"({"alg":"EdDSA","kid":"d"})";
  CHECK(refusal_of(ed25519.sign(header, R"({"sub":"alice","tenant":"acme","exp":1600000000})"))
        == "the token has expired");
  CHECK(refusal_of(ed25519.sign(header, R"({"sub":"alice","exp":1700003600})")) == "the claim tenant is missing");
  settings.issuer = "https://issuer.example.com";
  CHECK(refusal_of(ed25519.sign(header, payload)) == "the issuer isn't ours");
}

TEST_CASE_METHOD(issuers, "only a token whose key isn't known asks for newer keys") {
  const auto asks = [&](const std::string& token, const key_set* with) {
    return std::get<refusal>(net::jwt::verify(token, settings, now, with)).key_unknown;
  };
  CHECK(asks(rsa.sign(R"({"alg":"RS256","kid":"new"})", payload), &keys));
  CHECK(asks(rsa.sign(R"({"alg":"RS256","kid":"r"})", payload), nullptr));
  CHECK_FALSE(asks(rsa.sign(R"({"alg":"HS256","kid":"new"})", payload), &keys));
  CHECK_FALSE(asks(elliptic.sign(R"({"alg":"EdDSA","kid":"d"})", payload), &keys));
  CHECK_FALSE(asks(rsa.sign(R"({"alg":"RS256","kid":"new","crit":["x"]})", payload), &keys));
}
