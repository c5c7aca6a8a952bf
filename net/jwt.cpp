#include "net/jwt.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "config/base64.hpp"
#include "net/digest.hpp"
#include "net/json/reader.hpp"
#include "net/json/writer.hpp"

namespace troupe::net::jwt {

namespace {

struct segments {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_part;
};

std::optional<segments> split(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos)
    return std::nullopt;
  return segments{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                  token.substr(0, second)};
}

std::optional<std::string> decode_part(std::string_view text) {
  return text.empty() ? std::nullopt : config::decode_base64url(text);
}

/// How a token says that it is signed.
enum class signing : std::uint8_t { unknown, hs256, rs256, es256, ed25519 };

signing signing_of(std::string_view alg) {
  constexpr std::array<std::pair<std::string_view, signing>, 5> names{{{"HS256", signing::hs256},
                                                                       {"RS256", signing::rs256},
                                                                       {"ES256", signing::es256},
                                                                       {"EdDSA", signing::ed25519},
                                                                       {"Ed25519", signing::ed25519}}};
  for (const auto& [name, value] : names)
    if (name == alg)
      return value;
  return signing::unknown;
}

algorithm algorithm_of(signing how) {
  return how == signing::rs256 ? algorithm::rs256 : how == signing::es256 ? algorithm::es256 : algorithm::ed25519;
}

/// What a token's header says. Whatever else it holds is an attacker's to choose and is not looked at.
struct header {
  signing alg = signing::unknown;
  std::optional<std::string> typ;
  std::optional<std::string> kid;
  bool malformed = false;
  bool critical = false;
};

std::optional<header> read_header(std::string_view json) {
  header out;
  json::reader in{json, json::strictness::strict, 4};
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (name == "alg") {
        out.alg = signing_of(in.string_or_skip().value_or(""));
      } else if (name == "typ" || name == "kid") {
        const auto value = in.string_or_skip();
        out.malformed |= !value || value->size() > claim_limit;
        (name == "typ" ? out.typ : out.kid) = value.value_or("");
      } else {
        out.critical |= name == "crit";
        in.skip();
      }
    }
  return in.finish() ? std::optional{std::move(out)} : std::nullopt;
}

/// Whether tokens of this type are taken: JWT, and from an issuer of its own also access tokens (RFC 9068).
bool is_taken(const std::optional<std::string>& typ, bool ours) {
  if (!typ)
    return true;
  std::string lower{*typ};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return lower == "jwt" || (!ours && (lower == "at+jwt" || lower == "application/at+jwt"));
}

/// Empty, or why a token with this header is refused.
std::string fault_of_header(const header& what, const config::jwt_settings& settings) {
  if (what.malformed)
    return "a member of the header has the wrong type or length";
  const bool ours = what.alg == signing::hs256;
  // Which kind of key there is decides which algorithms are allowed, never the header.
  if (what.alg == signing::unknown || (ours ? settings.secret.empty() : settings.jwks_url.empty()))
    return "the algorithm isn't allowed";
  if (!is_taken(what.typ, ours))
    return "the type isn't JWT";
  return what.critical ? "the header demands an extension (crit)" : "";
}

bool is_signed_with(const config::secret& secret, std::string_view text, std::string_view signature) {
  digest256 given{};
  if (signature.size() != given.size())
    return false;
  std::copy(signature.begin(), signature.end(), given.begin());
  return same_digest(given, hmac_sha256(secret.reveal(), {text}));
}

/// A NumericDate: seconds, perhaps with a fraction. Nothing for what isn't one between the years 1970 and 9999.
std::optional<unix_seconds> read_date(json::reader& in) {
  if (in.peek() != json::type::number) {
    in.skip();
    return std::nullopt;
  }
  const auto text = in.number();
  double value = -1;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !(value >= 0 && value < 253'402'300'800.0))
    return std::nullopt;
  return unix_seconds{std::chrono::seconds{static_cast<std::int64_t>(std::floor(value))}};
}

/// What a payload says, and what is wrong with it.
struct payload {
  jwt::claims claims;
  bool has_exp = false;
  std::string malformed; ///< the first claim that has another type than it must, and which it must have
  std::vector<std::string> audiences;
};

void mark(payload& out, std::string_view name, std::string_view rule) {
  if (out.malformed.empty())
    out.malformed.append("the claim ").append(name).append(" must be ").append(rule);
}

const std::string text_rule = "a text of at most " + std::to_string(claim_limit) + " bytes";

/// False when it isn't a text, or too long.
bool read_text(json::reader& in, std::string& text) {
  const auto value = in.string_or_skip();
  const bool good = value && value->size() <= claim_limit;
  if (good)
    text = *value;
  return good;
}

bool read_audience(json::reader& in, payload& out) {
  if (in.peek() != json::type::array)
    return read_text(in, out.audiences.emplace_back());
  bool good = true;
  if (in.enter_array())
    while (in.next_element())
      good = read_text(in, out.audiences.emplace_back()) && good;
  return good;
}

void read_claim(json::reader& in, std::string_view name, payload& out) {
  const auto date = [&]() -> std::optional<unix_seconds> {
    const auto value = read_date(in);
    if (!value)
      mark(out, name, "a time in seconds");
    return value;
  };
  const auto text = [&](std::string& into) {
    if (!read_text(in, into))
      mark(out, name, text_rule);
  };
  auto& claims = out.claims;
  if (name == "sub") {
    text(claims.sub);
  } else if (name == "tenant") {
    text(claims.tenant);
  } else if (name == "role") {
    text(claims.role);
  } else if (name == "iss") {
    text(claims.iss);
  } else if (name == "aud") {
    if (!read_audience(in, out))
      mark(out, name, text_rule + ", or several");
  } else if (name == "exp") {
    const auto value = date();
    out.has_exp = value.has_value();
    claims.exp = value.value_or(unix_seconds{});
  } else if (name == "nbf") {
    claims.nbf = date();
  } else if (name == "iat") {
    claims.iat = date();
  } else {
    in.skip();
  }
}

/// Empty, or why these claims aren't good enough.
std::string fault_of(payload& what, const config::jwt_settings& settings, unix_seconds now) {
  auto& claims = what.claims;
  if (!what.malformed.empty())
    return what.malformed;
  if (const auto fault = fault_of_user(claims.sub); !fault.empty())
    return "the claim sub " + std::string{fault};
  if (claims.tenant.empty())
    return "the claim tenant is missing";
  if (!what.has_exp)
    return "the claim exp is missing";
  if (now >= claims.exp + leeway)
    return "the token has expired";
  if (claims.nbf && now < *claims.nbf - leeway)
    return "the token isn't valid yet";
  if (claims.iat && now < *claims.iat - leeway)
    return "the token was issued in the future";
  if (!settings.issuer.empty() && claims.iss != settings.issuer)
    return "the issuer isn't ours";
  const auto& names = what.audiences;
  const auto wanted =
      settings.audience.empty() ? names.begin() : std::find(names.begin(), names.end(), settings.audience);
  if (wanted != names.end())
    claims.aud = *wanted;
  else if (!settings.audience.empty())
    return "the audience isn't us";
  return {};
}

std::variant<claims, refusal> read_claims(std::string_view json, const config::jwt_settings& settings,
                                          unix_seconds now) {
  payload what;
  json::reader in{json};
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name))
      read_claim(in, name, what);
  if (!in.finish())
    return refusal{"the claims aren't a JSON object", false, true};
  if (auto fault = fault_of(what, settings, now); !fault.empty())
    return refusal{std::move(fault), false, true};
  return std::move(what.claims);
}

} // namespace

std::string_view fault_of_user(std::string_view sub) {
  if (sub.empty())
    return "is missing";
  if (sub.size() > claim_limit)
    return "is too long";
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return std::any_of(sub.begin(), sub.end(), is_control) ? "holds a control character" : "";
}

std::variant<claims, refusal> verify(std::string_view token, const config::jwt_settings& settings, unix_seconds now,
                                     const key_set* keys) {
  if (settings.secret.empty() && settings.jwks_url.empty())
    return refusal{"no secret is set to verify tokens with"};
  if (token.size() > token_limit)
    return refusal{"the token is too long"};
  const auto parts = split(token);
  if (!parts)
    return refusal{"the token doesn't have three parts"};
  const auto head = decode_part(parts->header);
  const auto body = decode_part(parts->payload);
  const auto signature = decode_part(parts->signature);
  if (!head || !body || !signature)
    return refusal{"a part of the token isn't base64url"};
  const auto what = read_header(*head);
  if (!what)
    return refusal{"the header isn't a JSON object"};
  if (auto fault = fault_of_header(*what, settings); !fault.empty())
    return refusal{std::move(fault)};
  if (what->alg == signing::hs256) {
    if (!is_signed_with(settings.secret, parts->signed_part, *signature))
      return refusal{"the signature is wrong"};
  } else {
    const auto* key = keys ? keys->find(algorithm_of(what->alg), what->kid) : nullptr;
    if (!key)
      return refusal{"no key of the set is the token's", true};
    if (!key->verifies(parts->signed_part, *signature))
      return refusal{"the signature is wrong"};
  }
  return read_claims(*body, settings, now);
}

std::string mint(const claims& what, const config::secret& key) {
  if (key.empty())
    throw std::invalid_argument{"a token can't be signed without a secret"};
  if (const auto fault = fault_of_user(what.sub); !fault.empty())
    throw std::invalid_argument{"the user " + std::string{fault}};
  if (what.tenant.empty())
    throw std::invalid_argument{"a token needs a tenant"};
  std::string body = "{\"sub\":" + json::literal(what.sub) + ",\"tenant\":" + json::literal(what.tenant);
  const auto text = [&body](std::string_view name, const std::string& value) {
    if (!value.empty())
      body += ",\"" + std::string{name} + "\":" + json::literal(value);
  };
  const auto date = [&body](std::string_view name, const std::optional<unix_seconds>& value) {
    if (value)
      body += ",\"" + std::string{name} + "\":" + std::to_string(value->time_since_epoch().count());
  };
  text("role", what.role);
  text("iss", what.iss);
  text("aud", what.aud);
  date("iat", what.iat);
  date("nbf", what.nbf);
  date("exp", what.exp);
  body += '}';
  auto token = config::encode_base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + config::encode_base64url(body);
  token += "." + config::encode_base64url(bytes_of(hmac_sha256(key.reveal(), {token})));
  return token;
}

} // namespace troupe::net::jwt
