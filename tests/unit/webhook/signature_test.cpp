#include "net/webhook/signature.hpp"

#include <catch2/catch_test_macros.hpp>

#include "config/base64.hpp"
#include "net/digest.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::net::webhook;

namespace {

using config::secret;

const unix_seconds now{1'700'000'000s};
constexpr std::string_view body = R"({"tenant_id":"acme"})";
const std::vector<secret> secrets{secret{"first secret"}};

std::string hex(const net::digest256& digest) {
  std::string result;
  for (const auto byte : digest) {
    result += "0123456789abcdef"[byte >> 4];
    result += "0123456789abcdef"[byte & 15];
  }
  return result;
}

std::string body_signature(const secret& key, std::string_view text = body) {
  return "sha256=" + hex(net::hmac_sha256(key.reveal(), {text}));
}

signature_headers timed(std::string_view signature, std::string_view timestamp) {
  signature_headers result;
  result.signature = signature;
  result.timestamp = timestamp;
  result.timestamp_present = true;
  return result;
}

signature_headers untimed(std::string_view signature) {
  signature_headers result;
  result.signature = signature;
  return result;
}

signature_headers standard(std::string_view id, std::string_view timestamp, std::string_view signature) {
  signature_headers result;
  result.webhook_id = id;
  result.webhook_timestamp = timestamp;
  result.webhook_signature = signature;
  return result;
}

verdict judged(const signature_headers& headers, std::optional<unix_seconds> in_body = std::nullopt,
               const std::vector<secret>& keys = secrets, std::string_view text = body) {
  return verify(headers, text, keys, in_body, now).verdict;
}

// The vector of Standard Webhooks' reference library.
const std::vector<secret> standard_secrets{secret{"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}};
constexpr std::string_view standard_body = R"({"type":"ticket.created","data":{"id":42}})";
constexpr std::string_view standard_signature = "v1,YvRKc8bf9V63qPi9Mx1K1S/XoOl/QnMn02CEUTq3ILQ=";

verdict judged_standard(const signature_headers& headers, unix_seconds at = now,
                        const std::vector<secret>& keys = standard_secrets, std::string_view text = standard_body) {
  return verify(headers, text, keys, std::nullopt, at).verdict;
}

} // namespace

TEST_CASE("a signature over timestamp and body holds") {
  const auto signature = sign(secrets[0], now, body);
  // printf '1700000000.{"tenant_id":"acme"}' | openssl dgst -sha256 -hmac 'first secret'
  CHECK(signature == "sha256=" + hex(net::hmac_sha256("first secret", {"1700000000.", body})));
  const auto result = verify(timed(signature, "1700000000"), body, secrets, std::nullopt, now);
  CHECK(result.verdict == verdict::valid);
  CHECK(result.form == signature_form::timestamp_and_body);
  CHECK(result.signed_at == now);
  CHECK(result.webhook_id.empty());
}

TEST_CASE("the known HMAC of RFC 4231 comes out") {
  CHECK(hex(net::hmac_sha256("Jefe", {"what do ya ", "", "want for nothing?"}))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(net::hmac_sha256("", {})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(hex(net::sha256({"a", "bc"})) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("hexadecimal digits may be upper case") {
  auto signature = sign(secrets[0], now, body);
  for (auto i = std::size_t{7}; i < signature.size(); ++i)
    signature[i] = static_cast<char>(std::toupper(signature[i]));
  CHECK(judged(timed(signature, "1700000000")) == verdict::valid);
}

TEST_CASE("an altered body, timestamp, signature or secret is wrong") {
  const auto signature = sign(secrets[0], now, body);
  CHECK(judged(timed(signature, "1700000000"), {}, secrets, "{\"tenant_id\":\"acme\" }") == verdict::wrong);
  CHECK(judged(timed(signature, "1700000001")) == verdict::wrong);
  CHECK(judged(timed(signature, "1700000000"), {}, {secret{"other"}}) == verdict::wrong);
  auto altered = signature;
  altered.back() = altered.back() == '0' ? '1' : '0';
  CHECK(judged(timed(altered, "1700000000")) == verdict::wrong);
}

TEST_CASE("a tenant without secrets, or with an empty one, accepts nothing") {
  const auto signature = sign(secrets[0], now, body);
  CHECK(judged(timed(signature, "1700000000"), {}, {}) == verdict::wrong);
  CHECK(judged(timed(sign(secret{}, now, body), "1700000000"), {}, {secret{}}) == verdict::wrong);
  CHECK(judged(timed(sign(secret{"there is no secret here"}, now, body), "1700000000"), {}, {}) == verdict::wrong);
}

TEST_CASE("of two secrets either one signs") {
  const std::vector<secret> both{secret{"new"}, secret{"old"}};
  CHECK(judged(timed(sign(both[0], now, body), "1700000000"), {}, both) == verdict::valid);
  CHECK(judged(timed(sign(both[1], now, body), "1700000000"), {}, both) == verdict::valid);
}

TEST_CASE("a third secret is never tried") {
  const std::vector<secret> three{secret{"a"}, secret{"b"}, secret{"c"}};
  CHECK(judged(timed(sign(three[2], now, body), "1700000000"), {}, three) == verdict::wrong);
}

TEST_CASE("one header may hold several signatures") {
  const auto good = sign(secrets[0], now, body);
  const auto bad = sign(secret{"other"}, now, body);
  CHECK(judged(timed(bad + "," + good, "1700000000")) == verdict::valid);
  CHECK(judged(timed(bad + ", " + good, "1700000000")) == verdict::valid);
  CHECK(judged(timed("sha1=abc," + good, "1700000000")) == verdict::valid);
  std::string many = good;
  for (int i = 0; i < 8; ++i)
    many += "," + bad;
  CHECK(judged(timed(many, "1700000000")) == verdict::malformed);
}

TEST_CASE("the window is five minutes both ways, to the second") {
  const auto at = [](unix_seconds when) {
    return judged(timed(sign(secrets[0], when, body), std::to_string(when.time_since_epoch().count())));
  };
  CHECK(at(now - 300s) == verdict::valid);
  CHECK(at(now - 301s) == verdict::stale);
  CHECK(at(now + 300s) == verdict::valid);
  CHECK(at(now + 301s) == verdict::early);
}

TEST_CASE("a stale timestamp with a wrong signature is wrong before it is stale") {
  CHECK(judged(timed(sign(secret{"other"}, now - 1h, body), "1699996400")) == verdict::wrong);
}

TEST_CASE("a signature over the body alone needs the body's own timestamp") {
  const auto signature = body_signature(secrets[0]);
  CHECK(judged(untimed(signature), now) == verdict::valid);
  CHECK(judged(untimed(signature), now - 301s) == verdict::stale);
  CHECK(judged(untimed(signature), now + 301s) == verdict::early);
  CHECK(judged(untimed(signature)) == verdict::untimed);
  CHECK(judged(untimed(body_signature(secret{"other"})), now) == verdict::wrong);
  CHECK(verify(untimed(signature), body, secrets, now, now).form == signature_form::body);
}

TEST_CASE("a captured body-signed request doesn't pass with a timestamp header added") {
  const auto signature = body_signature(secrets[0]);
  CHECK(judged(timed(signature, "1700000000"), now) == verdict::wrong);
  CHECK(judged(timed(signature, ""), now) == verdict::malformed);
  CHECK(judged(timed(signature, "soon"), now) == verdict::malformed);
}

TEST_CASE("timestamp headers that are no Unix seconds are malformed") {
  for (const std::string timestamp :
       {"", "x", "-1", "+1700000000", "1700000000.0", " 1700000000", "1700000000000000", "99999999999999999999999"}) {
    const auto signature = "sha256=" + hex(net::hmac_sha256("first secret", {timestamp, ".", body}));
    CHECK(judged(timed(signature, timestamp)) == verdict::malformed);
  }
}

TEST_CASE("signature headers that hold no signature are malformed") {
  for (const std::string signature : {"x", "sha256=", "sha256=zz", "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709", ",",
                                      "sha256", "md5=d41d8cd98f00b204e9800998ecf8427e"})
    CHECK(judged(timed(signature, "1700000000")) == verdict::malformed);
  const auto good = sign(secrets[0], now, body);
  CHECK(judged(timed(good.substr(0, good.size() - 1), "1700000000")) == verdict::malformed);
  CHECK(judged(timed(good + "0", "1700000000")) == verdict::malformed);
  CHECK(judged(timed(good.substr(7), "1700000000")) == verdict::malformed);
  CHECK(judged(timed(std::string(3000, ','), "1700000000")) == verdict::malformed);
}

TEST_CASE("whether tenant, secret and time are right doesn't change how much is computed") {
  const auto good = sign(secrets[0], now, body);
  const auto second = std::vector{secret{"other"}, secrets[0]};
  const auto rotating = std::vector{secrets[0], secret{"other"}};
  const auto work = [](const signature_headers& headers, const std::vector<secret>& keys, unix_seconds at = now) {
    return verify(headers, body, keys, std::nullopt, at).hmacs;
  };
  for (const auto& keys :
       {std::vector<secret>{}, std::vector{secret{""}}, std::vector{secret{"wrong"}}, secrets, second, rotating}) {
    CHECK(work(timed(good, "1700000000"), keys) == 2);
    CHECK(work(timed(good, "1700000000"), keys, now + 1h) == 2); // stale
    CHECK(work(timed(good, "1700000000"), keys, now - 1h) == 2); // early
    CHECK(work(untimed(body_signature(secrets[0])), keys) == 2);
    CHECK(work(standard("msg_1", "1700000000", standard_signature), keys) == 2);
  }
  for (const auto& keys : {std::vector<secret>{}, secrets}) {
    CHECK(work({}, keys) == 0); // missing
    CHECK(work(timed("sha256=zz", "1700000000"), keys) == 0);
  }
}

TEST_CASE("without any signature header nothing is verified") {
  CHECK(judged({}) == verdict::missing);
  CHECK(judged(timed("", "1700000000"), now) == verdict::missing);
  CHECK(judged(standard("msg_1", "1700000000", "")) == verdict::missing);
}

TEST_CASE("the vector of Standard Webhooks holds") {
  const auto headers = standard("msg_test_1", "1700000000", standard_signature);
  const auto result = verify(headers, standard_body, standard_secrets, std::nullopt, now);
  CHECK(result.verdict == verdict::valid);
  CHECK(result.form == signature_form::standard);
  CHECK(result.webhook_id == "msg_test_1");
  CHECK(result.signed_at == now);
}

TEST_CASE("what a Standard Webhooks receiver must refuse is refused") {
  const auto good = std::string{standard_signature};
  const std::string with_space = std::string{standard_body} + " ";
  CHECK(judged_standard(standard("msg_test_1", "1700000000", good), now, standard_secrets, with_space)
        == verdict::wrong);
  CHECK(judged_standard(standard("msg_test_1", "1700000000", good), now + 301s) == verdict::stale);
  CHECK(judged_standard(standard("msg_test_1", "1700000000", good), now - 301s) == verdict::early);
  CHECK(judged_standard(standard("msg_test_2", "1700000000", good)) == verdict::wrong);
  CHECK(judged_standard(standard("msg_test_1", "1700000001", good)) == verdict::wrong);
  CHECK(judged_standard(standard("msg_test_1", "1700000000", "v2," + good.substr(3))) == verdict::malformed);
  CHECK(judged_standard(standard("msg_test_1", "1700000000", good), now, {secret{"whsec_AAAA"}}) == verdict::wrong);
  CHECK(judged_standard(standard("", "1700000000", good)) == verdict::malformed);
  CHECK(judged_standard(standard("msg_test_1", "", good)) == verdict::malformed);
  CHECK(judged_standard(standard("msg test", "1700000000", good)) == verdict::malformed);
  CHECK(judged_standard(standard(std::string(257, 'a'), "1700000000", good)) == verdict::malformed);
  CHECK(judged_standard(standard("msg_test_1", "1700000000", good.substr(0, good.size() - 2))) == verdict::malformed);
  CHECK(judged_standard(standard("msg_test_1", "1700000000", good), now, {secret{"whsec_not base64"}})
        == verdict::wrong);
  CHECK(judged_standard(standard("msg_test_1", "1700000000", good), now, {secret{"whsec_"}}) == verdict::wrong);
}

TEST_CASE("of several Standard Webhooks signatures one has to be right") {
  const std::string other = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  const std::string good{standard_signature};
  CHECK(judged_standard(standard("msg_test_1", "1700000000", other + " " + good)) == verdict::valid);
  CHECK(judged_standard(standard("msg_test_1", "1700000000", "v1a,whatever " + good)) == verdict::valid);
  CHECK(judged_standard(standard("msg_test_1", "1700000000", other)) == verdict::wrong);
  const std::vector<secret> rotated{secret{"whsec_AAAA"}, standard_secrets[0]};
  CHECK(judged_standard(standard("msg_test_1", "1700000000", good), now, rotated) == verdict::valid);
}

TEST_CASE("a secret without whsec_ signs Standard Webhooks with its text") {
  const auto digest = net::hmac_sha256("first secret", {"m1.1700000000.", body});
  const auto signature = "v1," + config::encode_base64(net::bytes_of(digest));
  CHECK(judged(standard("m1", "1700000000", signature)) == verdict::valid);
}

TEST_CASE("the service desk's own signature goes before that of Standard Webhooks") {
  auto headers = standard("m1", "1700000000", standard_signature);
  headers.signature = "sha256=00";
  CHECK(judged_standard(headers) == verdict::malformed);
}

TEST_CASE("headers are found without regard to case") {
  const std::vector<net::http::header> headers{
      {"Host", "x"},       {"x-servicedesk-SIGNATURE", "s"}, {"X-ServiceDesk-Timestamp", "t"},
      {"Webhook-Id", "i"}, {"webhook-timestamp", "wt"},      {"WEBHOOK-SIGNATURE", "ws"}};
  const auto found = find_signature(headers);
  CHECK(found.signature == "s");
  CHECK(found.timestamp == "t");
  CHECK(found.timestamp_present);
  CHECK(found.webhook_id == "i");
  CHECK(found.webhook_timestamp == "wt");
  CHECK(found.webhook_signature == "ws");
  CHECK_FALSE(found.repeated);
}

TEST_CASE("svix headers are taken before webhook headers and never mixed with them") {
  const std::vector<net::http::header> headers{
      {"webhook-id", "w"}, {"webhook-timestamp", "1"}, {"svix-id", "s"}, {"svix-signature", "v"}};
  const auto found = find_signature(headers);
  CHECK(found.webhook_id == "s");
  CHECK(found.webhook_timestamp.empty());
  CHECK(found.webhook_signature == "v");
}

TEST_CASE("an empty timestamp header is there all the same") {
  const std::vector<net::http::header> headers{{"X-ServiceDesk-Signature", "s"}, {"X-ServiceDesk-Timestamp", ""}};
  const auto found = find_signature(headers);
  CHECK(found.timestamp_present);
}

TEST_CASE("a signature header that comes twice is malformed") {
  const auto good = sign(secrets[0], now, body);
  const std::vector<net::http::header> headers{{"X-ServiceDesk-Signature", good},
                                               {"X-ServiceDesk-Timestamp", "1700000000"},
                                               {"x-servicedesk-timestamp", "1700000000"}};
  const auto found = find_signature(headers);
  CHECK(found.repeated);
  CHECK(judged(found) == verdict::malformed);
}

TEST_CASE("every verdict has its name") {
  CHECK(name_of(verdict::valid) == "valid");
  CHECK(name_of(verdict::missing) == "missing");
  CHECK(name_of(verdict::malformed) == "malformed");
  CHECK(name_of(verdict::wrong) == "wrong");
  CHECK(name_of(verdict::untimed) == "untimed");
  CHECK(name_of(verdict::stale) == "stale");
  CHECK(name_of(verdict::early) == "early");
}
