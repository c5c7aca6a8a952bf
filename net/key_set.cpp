#include "net/key_set.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "config/base64.hpp"
#include "net/json/reader.hpp"

namespace troupe::net::jwt {

namespace {

constexpr std::size_t kid_limit = 256;

/// What is looked at of a JWK.
struct jwk {
  std::optional<std::string> kty, crv, n, e, x, y, use, alg, kid;
  bool is_private = false;
  bool malformed = false; ///< a member has another type than it must
  bool may_verify = true;
};

std::optional<std::string>* member_of(jwk& key, std::string_view name) {
  const std::array<std::pair<std::string_view, std::optional<std::string>*>, 9> members{{{"kty", &key.kty},
                                                                                         {"crv", &key.crv},
                                                                                         {"n", &key.n},
                                                                                         {"e", &key.e},
                                                                                         {"x", &key.x},
                                                                                         {"y", &key.y},
                                                                                         {"use", &key.use},
                                                                                         {"alg", &key.alg},
                                                                                         {"kid", &key.kid}}};
  const auto* at = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.first == name; });
  return at == members.end() ? nullptr : at->second;
}

bool is_private_member(std::string_view name) {
  constexpr std::array<std::string_view, 8> names{"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

void read_operations(json::reader& in, jwk& out) {
  if (in.peek() != json::type::array) {
    out.malformed = true;
    in.skip();
    return;
  }
  out.may_verify = false;
  if (in.enter_array())
    while (in.next_element())
      out.may_verify |= in.string_or_skip().value_or("") == "verify";
}

jwk read_key(json::reader& in) {
  jwk out;
  if (in.peek() != json::type::object) {
    out.malformed = true;
    in.skip();
    return out;
  }
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (auto* member = member_of(out, name)) {
        *member = in.string_or_skip();
        out.malformed |= !*member;
      } else if (name == "key_ops") {
        read_operations(in, out);
      } else {
        out.is_private |= is_private_member(name);
        in.skip();
      }
    }
  return out;
}

std::string octets_of(const std::optional<std::string>& text, const char* name) {
  auto out = text ? config::decode_base64url(*text) : std::nullopt;
  if (!out)
    throw std::invalid_argument{std::string{name} + " is missing or not base64url"};
  return std::move(*out);
}

void expect(const std::optional<std::string>& given, std::initializer_list<std::string_view> allowed,
            const char* reason) {
  if (given && std::find(allowed.begin(), allowed.end(), *given) == allowed.end())
    throw std::invalid_argument{reason};
}

/// Throws `std::invalid_argument` for a key that can't or mustn't be used.
public_key use(const jwk& key) {
  if (key.malformed)
    throw std::invalid_argument{"a member has the wrong type"};
  if (key.is_private || key.kty == "oct")
    throw std::invalid_argument{"a private or symmetric key was published: it must be withdrawn"};
  if (!key.may_verify)
    throw std::invalid_argument{"key_ops doesn't allow to verify"};
  if (key.kid && key.kid->size() > kid_limit)
    throw std::invalid_argument{"kid has more than 256 bytes"};
  expect(key.use, {"sig"}, "use isn't sig");
  if (key.kty == "RSA") {
    expect(key.alg, {"RS256"}, "of RSA only the algorithm RS256 is used");
    return public_key::rsa(octets_of(key.n, "n"), octets_of(key.e, "e"));
  }
  if (key.kty == "EC" && key.crv == "P-256") {
    expect(key.alg, {"ES256"}, "on P-256 only the algorithm ES256 is used");
    return public_key::p256(octets_of(key.x, "x"), octets_of(key.y, "y"));
  }
  if (key.kty == "OKP" && key.crv == "Ed25519") {
    expect(key.alg, {"EdDSA", "Ed25519"}, "on Ed25519 only the algorithms EdDSA and Ed25519 are used");
    return public_key::ed25519(octets_of(key.x, "x"));
  }
  throw std::invalid_argument{"types are RSA, EC with P-256 and OKP with Ed25519"};
}

} // namespace

key_set::key_set(std::string_view text) {
  json::reader in{text};
  bool found = false;
  std::size_t place = 0;
  const auto take = [&](const jwk& key) {
    try {
      if (++place > limit)
        throw std::invalid_argument{"only the first 64 keys are used"};
      auto usable = use(key);
      for (const auto& other : keys_)
        if (other.kid == key.kid && other.key.algorithm() == usable.algorithm() && key.kid)
          throw std::invalid_argument{"another key has the same kid"};
      keys_.push_back({key.kid, std::move(usable)});
    } catch (const std::invalid_argument& e) {
      if (left_out_.size() < limit)
        left_out_.push_back({key.kid ? key.kid->substr(0, kid_limit) : '#' + std::to_string(place), e.what()});
    }
  };
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (name != "keys") {
        in.skip();
      } else if (found = in.enter_array(); found) {
        while (in.next_element())
          take(read_key(in));
      }
    }
  if (!in.finish() || !found)
    throw std::invalid_argument{"it is no JSON Web Key Set" + (in.failure() ? ": " + in.failure()->message : "")};
}

const public_key* key_set::find(algorithm wanted, std::optional<std::string_view> kid) const noexcept {
  const public_key* found = nullptr;
  for (const auto& [name, key] : keys_) {
    if (key.algorithm() != wanted || (kid && name != kid))
      continue;
    if (found)
      return nullptr;
    found = &key;
  }
  return found;
}

} // namespace troupe::net::jwt
