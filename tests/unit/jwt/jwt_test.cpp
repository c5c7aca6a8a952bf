#include "net/jwt.hpp"

#include <stdexcept>

#include <catch2/catch_test_macros.hpp>

#include "config/base64.hpp"
#include "net/digest.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using net::jwt::claims;
using net::jwt::mint;
using net::jwt::unix_seconds;
using net::jwt::verify;

namespace {

const unix_seconds now{1'700'000'000s};
const config::secret key{"a-secret-of-at-least-thirty-two-bytes"};

config::jwt_settings settings_of(const config::secret& secret = key) {
  config::jwt_settings result;
  result.secret = secret;
  return result;
}

claims alice() {
  claims result;
  result.sub = "alice";
  result.tenant = "acme";
  result.exp = now + 1h;
  return result;
}

/// A token with any header and payload, correctly signed.
std::string signed_token(std::string_view header, std::string_view payload) {
  auto token = config::encode_base64url(header) + "." + config::encode_base64url(payload);
  return token + "." + config::encode_base64url(net::bytes_of(net::hmac_sha256(key.reveal(), {token})));
}

constexpr std::string_view header = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::string_view payload = R"({"sub":"alice","tenant":"acme","exp":1700003600})";

/// Why a token is refused; empty when it isn't.
std::string refusal(std::string_view token, const config::jwt_settings& settings = settings_of(),
                    unix_seconds at = now) {
  const auto result = verify(token, settings, at);
  const auto* why = std::get_if<net::jwt::refusal>(&result);
  return why ? why->reason : "";
}

} // namespace

TEST_CASE("a minted token verifies and gives its claims back") {
  auto what = alice();
  what.role = "operator";
  what.nbf = now - 1min;
  what.iat = now - 1min;
  what.iss = "us";
  what.aud = "troupe";
  CHECK(std::get<claims>(verify(mint(what, key), settings_of(), now)) == what);
}

TEST_CASE("the example of RFC 7515 has the signature that it must have") {
  // Appendix A.1: its claims lack what we demand, so only the signature is checked here.
  const std::string key_text =
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T+1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==";
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
      "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  CHECK(refusal(token, settings_of(config::secret{*config::decode_base64(key_text)})) == "the claim sub is missing");
}

TEST_CASE("a token that another library made verifies") {
  // PyJWT, {"sub": "alice", "tenant": "acme", "exp": 1700003600, "aud": ["other", "troupe"]}
  const auto token = signed_token(R"({"typ":"JWT","alg":"HS256"})",
                                  R"({"sub":"alice","tenant":"acme","exp":1700003600,"aud":["other","troupe"]})");
  auto settings = settings_of();
  settings.audience = "troupe";
  CHECK(std::get<claims>(verify(token, settings, now)).aud == "troupe");
}

TEST_CASE("another secret, an altered claim or an altered signature is refused") {
  const auto token = mint(alice(), key);
  CHECK(refusal(token, settings_of(config::secret{"another secret"})) == "the signature is wrong");
  auto other = alice();
  other.tenant = "evil";
  const auto forged = mint(other, config::secret{"guess"});
  const auto dot = token.rfind('.');
  CHECK(refusal(forged.substr(0, forged.rfind('.')) + token.substr(dot)) == "the signature is wrong");
  CHECK_FALSE(refusal(token.substr(0, dot + 1)).empty());
  CHECK_FALSE(refusal(token.substr(0, token.size() - 4)).empty());
  CHECK(refusal(token, settings_of(config::secret{})) == "no secret is set to verify tokens with");
}

TEST_CASE("only HS256 is accepted, whatever the header says") {
  for (const auto* alg : {R"({"alg":"none"})", R"({"alg":"HS512"})", R"({"alg":"RS256"})", R"({"alg":"hs256"})",
                          R"({"typ":"JWT"})", R"({"alg":["HS256"]})", R"({"alg":null})"})
    CHECK(refusal(signed_token(alg, payload)) == "the algorithm isn't allowed");
  const auto unsigned_token =
      config::encode_base64url(R"({"alg":"none"})") + "." + config::encode_base64url(payload) + ".";
  CHECK_FALSE(refusal(unsigned_token).empty());
}

TEST_CASE("headers that demand more than we know are refused") {
  CHECK(refusal(signed_token(R"({"alg":"HS256","crit":["exp"]})", payload))
        == "the header demands an extension (crit)");
  CHECK(refusal(signed_token(R"({"alg":"HS256","typ":"at+jwt"})", payload)) == "the type isn't JWT");
  CHECK(refusal(signed_token(R"({"alg":"HS256","typ":"jwt","kid":"1"})", payload)).empty());
  CHECK(refusal(signed_token(R"({"alg":"HS256"})", payload)).empty());
  CHECK(refusal(signed_token(R"({"alg":"none","alg":"HS256"})", payload)) == "the header isn't a JSON object");
  CHECK(refusal(signed_token("[]", payload)) == "the header isn't a JSON object");
}

TEST_CASE("sub, tenant and exp must be there") {
  CHECK(refusal(signed_token(header, R"({"tenant":"acme","exp":1700003600})")) == "the claim sub is missing");
  CHECK(refusal(signed_token(header, R"({"sub":"","tenant":"acme","exp":1700003600})")) == "the claim sub is missing");
  CHECK(refusal(signed_token(header, R"({"sub":"alice","exp":1700003600})")) == "the claim tenant is missing");
  CHECK(refusal(signed_token(header, R"({"sub":"alice","tenant":"acme"})")) == "the claim exp is missing");
}

TEST_CASE("claims of the wrong type are refused by their name") {
  const auto payload = [](const std::string& claims) {
    return refusal(signed_token(header, "{" + claims + R"(,"tenant":"acme","exp":1700003600})"));
  };
  CHECK(payload(R"("sub":1)") == "the claim sub must be a text of at most 256 bytes");
  CHECK(payload("\"sub\":\"" + std::string(257, 'a') + '"') == "the claim sub must be a text of at most 256 bytes");
  CHECK(payload(R"("sub":"alice","aud":[1])") == "the claim aud must be a text of at most 256 bytes, or several");
  CHECK(payload(R"("sub":"alice","role":7)") == "the claim role must be a text of at most 256 bytes");
  CHECK(payload(R"("sub":"alice","nbf":null)") == "the claim nbf must be a time in seconds");
  for (const auto* exp : {R"("1700003600")", "-1", "1e300"})
    CHECK(refusal(signed_token(header, std::string{R"({"sub":"alice","tenant":"acme","exp":)"} + exp + "}"))
          == "the claim exp must be a time in seconds");
  CHECK(refusal(signed_token(header, R"({"sub":"alice","tenant":["acme"],"exp":1700003600})"))
        == "the claim tenant must be a text of at most 256 bytes");
  CHECK(refusal(signed_token(header, "nonsense")) == "the claims aren't a JSON object");
  CHECK(refusal(signed_token(header, R"({"sub":"a","sub":"alice","tenant":"acme","exp":1700003600})"))
        == "the claims aren't a JSON object");
}

TEST_CASE("a user without control characters has a token, whatever else the name holds") {
  auto what = alice();
  for (const auto* sub : {".", "..", "/", "acme/ann", "acme\\ann", "ann@example.com", "auth0|5f7c8e", "ä b?#%2F"}) {
    what.sub = sub;
    CHECK(refusal(mint(what, key)).empty());
  }
  for (const auto* sub : {R"(\u0001)", R"(a\nb)", R"(\u007f)"}) {
    const auto claims = std::string{R"({"tenant":"acme","exp":1700003600,"sub":")"} + sub + "\"}";
    CHECK(refusal(signed_token(header, claims)) == "the claim sub holds a control character");
  }
}

TEST_CASE("only who has a token that was signed is to be told what is wrong with it") {
  const auto told = [](const std::string& token) {
    return std::get<troupe::net::jwt::refusal>(verify(token, settings_of(), now)).genuine;
  };
  CHECK(told(signed_token(header, R"({"tenant":"acme","exp":1700003600})")));
  CHECK_FALSE(told(mint(alice(), config::secret{"another secret of at least 32 bytes"})));
}

TEST_CASE("times hold with a leeway of 30 seconds") {
  auto what = alice();
  what.exp = now;
  CHECK(refusal(mint(what, key), settings_of(), now + 29s).empty());
  CHECK(refusal(mint(what, key), settings_of(), now + 30s) == "the token has expired");
  what = alice();
  what.nbf = now;
  CHECK(refusal(mint(what, key), settings_of(), now - 30s).empty());
  CHECK(refusal(mint(what, key), settings_of(), now - 31s) == "the token isn't valid yet");
  what = alice();
  what.iat = now;
  CHECK(refusal(mint(what, key), settings_of(), now - 30s).empty());
  CHECK(refusal(mint(what, key), settings_of(), now - 31s) == "the token was issued in the future");
  CHECK(refusal(signed_token(header, R"({"sub":"alice","tenant":"acme","exp":1700003600.75})")).empty());
}

TEST_CASE("issuer and audience are checked where they are set") {
  auto settings = settings_of();
  settings.issuer = "us";
  CHECK(refusal(mint(alice(), key), settings) == "the issuer isn't ours");
  settings.issuer.clear();
  settings.audience = "troupe";
  CHECK(refusal(mint(alice(), key), settings) == "the audience isn't us");
  auto what = alice();
  what.aud = "else";
  CHECK(refusal(mint(what, key), settings) == "the audience isn't us");
  what.aud = "troupe";
  CHECK(refusal(mint(what, key), settings).empty());
}

TEST_CASE("what isn't a compact token is refused") {
  const auto token = mint(alice(), key);
  for (const auto& text :
       {std::string{}, std::string{"."}, std::string{".."}, std::string{"a.b"}, std::string{"a.b.c.d.e"}, token + ".",
        token + "=", " " + token, token + "\n", "{" + token + "}"})
    CHECK_FALSE(refusal(text).empty());
  CHECK(refusal(std::string(9000, 'a')) == "the token is too long");
}

TEST_CASE("a token can't be minted without secret, user or tenant, nor for a user that none verifies for") {
  CHECK_THROWS_AS(mint(alice(), config::secret{}), std::invalid_argument);
  auto what = alice();
  for (const auto& sub : {std::string{}, std::string{"a\nb"}, std::string(257, 'a')}) {
    what.sub = sub;
    CHECK_THROWS_AS(mint(what, key), std::invalid_argument);
  }
  what = alice();
  what.tenant.clear();
  CHECK_THROWS_AS(mint(what, key), std::invalid_argument);
}

TEST_CASE("names with quotation marks survive a token") {
  auto what = alice();
  what.sub = "al\"ice\\";
  CHECK(std::get<claims>(verify(mint(what, key), settings_of(), now)).sub == what.sub);
}
