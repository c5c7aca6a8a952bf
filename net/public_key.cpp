#include "net/public_key.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

namespace troupe::net::jwt {

namespace {

constexpr int least_rsa_bits = 2'048;
constexpr int most_rsa_bits = 8'192; ///< what a larger one takes to verify serves an attacker only
constexpr std::size_t coordinate = 32;

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* x) const noexcept {
    Free(x);
  }
};

using number = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using shared_key = std::shared_ptr<EVP_PKEY>;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

number to_number(std::string_view big_endian) {
  number out{BN_bin2bn(octets(big_endian), static_cast<int>(big_endian.size()), nullptr)};
  if (!out)
    throw std::bad_alloc{};
  return out;
}

/// Takes the place of whatever OpenSSL has noted about a refused input.
[[noreturn]] void refuse(const char* why) {
  ERR_clear_error();
  throw std::invalid_argument{why};
}

shared_key made(const char* type, OSSL_PARAM* parameters, const char* fault) {
  const std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>> context{
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
  EVP_PKEY* raw = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1
      || EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    refuse(fault);
  return shared_key{raw, EVP_PKEY_free};
}

bool is_point_of_group(EVP_PKEY* key) {
  const std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>> context{
      EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
  return context && EVP_PKEY_public_check(context.get()) == 1;
}

/// An ECDSA signature of JWS, r and s side by side, in the DER that OpenSSL wants. Empty when it can't be one.
std::string to_der(std::string_view raw) {
  if (raw.size() != 2 * coordinate)
    return {};
  const std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>> signature{ECDSA_SIG_new()};
  auto r = to_number(raw.substr(0, coordinate));
  auto s = to_number(raw.substr(coordinate));
  if (!signature || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1)
    throw std::bad_alloc{};
  (void)r.release();
  (void)s.release();
  std::array<unsigned char, 80> out{};
  auto* end = out.data();
  const auto size = i2d_ECDSA_SIG(signature.get(), &end);
  return {reinterpret_cast<const char*>(out.data()), size > 0 ? static_cast<std::size_t>(size) : 0};
}

} // namespace

public_key public_key::rsa(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > most_rsa_bits / 8 + 1)
    refuse("the RSA modulus has more than 8192 bits");
  if (exponent.size() > 4)
    refuse("the RSA exponent has more than 32 bits");
  const auto n = to_number(modulus);
  const auto e = to_number(exponent);
  if (BN_num_bits(n.get()) < least_rsa_bits)
    refuse("the RSA modulus has less than 2048 bits");
  if (BN_num_bits(n.get()) > most_rsa_bits)
    refuse("the RSA modulus has more than 8192 bits");
  if (BN_is_odd(e.get()) != 1 || BN_is_one(e.get()) == 1)
    refuse("the RSA exponent isn't an odd number above 1");
  const std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>> build{OSSL_PARAM_BLD_new()};
  if (!build || OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1
      || OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    throw std::bad_alloc{};
  const std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>> parameters{OSSL_PARAM_BLD_to_param(build.get())};
  return {algorithm::rs256, made("RSA", parameters.get(), "the numbers aren't an RSA key")};
}

public_key public_key::p256(std::string_view x, std::string_view y) {
  if (x.size() != coordinate || y.size() != coordinate)
    refuse("a coordinate doesn't have 32 bytes");
  std::string point{"\x04"};
  point.append(x).append(y);
  char group[] = "P-256";
  std::array<OSSL_PARAM, 3> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  constexpr auto fault = "the point isn't on the curve P-256";
  auto key = made("EC", parameters.data(), fault);
  if (!is_point_of_group(key.get()))
    refuse(fault);
  return {algorithm::es256, std::move(key)};
}

public_key public_key::ed25519(std::string_view x) {
  if (x.size() != coordinate)
    refuse("the key doesn't have 32 bytes");
  auto* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(x), x.size());
  if (!key)
    refuse("the key isn't one of Ed25519");
  return {algorithm::ed25519, shared_key{key, EVP_PKEY_free}};
}

bool public_key::verifies(std::string_view message, std::string_view signature) const {
  std::string der;
  if (algorithm_ == algorithm::es256) {
    der = to_der(signature);
    signature = der;
  }
  if (signature.empty())
    return false;
  const std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
  const auto* digest = algorithm_ == algorithm::ed25519 ? nullptr : EVP_sha256();
  const bool ok =
      context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1
      && EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message), message.size()) == 1;
  // Why it failed would otherwise stay for whoever looks at this thread's errors next.
  if (!ok)
    ERR_clear_error();
  return ok;
}

} // namespace troupe::net::jwt
