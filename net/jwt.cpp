#include "net/jwt.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "config/base64.hpp"
#include "net/digest.hpp"
#include "net/json/reader.hpp"
#include "net/json/writer.hpp"

namespace troupe::net::jwt {

namespace {

constexpr std::size_t text_limit = 256;

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

std::optional<std::string> decode_base64url(std::string_view text) {
  if (text.empty() || text.find_first_of("+/=") != text.npos)
    return std::nullopt;
  std::string padded{text};
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  return config::decode_base64(padded);
}

bool is_jwt_type(std::string_view text) {
  constexpr std::string_view wanted = "jwt";
  return std::equal(text.begin(), text.end(), wanted.begin(), wanted.end(),
                    [](char a, char b) { return (a | 0x20) == b; });
}

/// Empty, or why a token with this header is refused.
std::string fault_of_header(std::string_view json) {
  json::reader in{json, json::strictness::strict, 4};
  bool pinned = false;
  bool typed = true;
  bool critical = false;
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (name == "alg")
        pinned = in.string_or_skip().value_or("") == "HS256";
      else if (name == "typ")
        typed = is_jwt_type(in.string_or_skip().value_or(""));
      else {
        critical |= name == "crit";
        in.skip();
      }
    }
  if (!in.finish())
    return "the header isn't a JSON object";
  if (!pinned)
    return "the algorithm isn't HS256";
  if (!typed)
    return "the type isn't JWT";
  return critical ? "the header demands an extension (crit)" : "";
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
  bool malformed = false; ///< a claim has another type than it must
  std::vector<std::string> audiences;
};

void read_text(json::reader& in, payload& out, std::string& text) {
  const auto value = in.string_or_skip();
  if (value && value->size() <= text_limit)
    text = *value;
  else
    out.malformed = true;
}

void read_audience(json::reader& in, payload& out) {
  if (in.peek() != json::type::array) {
    read_text(in, out, out.audiences.emplace_back());
    return;
  }
  if (in.enter_array())
    while (in.next_element())
      read_text(in, out, out.audiences.emplace_back());
}

void read_claim(json::reader& in, std::string_view name, payload& out) {
  const auto date = [&]() -> std::optional<unix_seconds> {
    const auto value = read_date(in);
    out.malformed |= !value;
    return value;
  };
  auto& claims = out.claims;
  if (name == "sub") {
    read_text(in, out, claims.sub);
  } else if (name == "tenant") {
    read_text(in, out, claims.tenant);
  } else if (name == "role") {
    read_text(in, out, claims.role);
  } else if (name == "iss") {
    read_text(in, out, claims.iss);
  } else if (name == "aud") {
    read_audience(in, out);
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
  if (what.malformed)
    return "a claim has the wrong type or length";
  if (claims.sub.empty())
    return "the claim sub is missing";
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

} // namespace

std::variant<claims, std::string> verify(std::string_view token, const config::jwt_settings& settings,
                                         unix_seconds now) {
  if (settings.secret.empty())
    return "no secret is set to verify tokens with";
  if (token.size() > token_limit)
    return "the token is too long";
  const auto parts = split(token);
  if (!parts)
    return "the token doesn't have three parts";
  const auto header = decode_base64url(parts->header);
  const auto body = decode_base64url(parts->payload);
  const auto signature = decode_base64url(parts->signature);
  if (!header || !body || !signature)
    return "a part of the token isn't base64url";
  if (auto fault = fault_of_header(*header); !fault.empty())
    return fault;
  digest256 given{};
  if (signature->size() != given.size())
    return "the signature has the wrong length";
  std::copy(signature->begin(), signature->end(), given.begin());
  if (!same_digest(given, hmac_sha256(settings.secret.reveal(), {parts->signed_part})))
    return "the signature is wrong";
  payload what;
  json::reader in{*body};
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name))
      read_claim(in, name, what);
  if (!in.finish())
    return "the claims aren't a JSON object";
  if (auto fault = fault_of(what, settings, now); !fault.empty())
    return fault;
  return std::move(what.claims);
}

std::string mint(const claims& what, const config::secret& key) {
  if (key.empty())
    throw std::invalid_argument{"a token can't be signed without a secret"};
  if (what.sub.empty() || what.tenant.empty())
    throw std::invalid_argument{"a token needs a user and a tenant"};
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
