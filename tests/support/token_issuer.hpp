#pragma once

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "config/base64.hpp"

namespace troupe::testing {

/// Somebody who signs tokens with a private key of its own and publishes the public one.
class token_issuer {
public:
  static token_issuer rsa(std::size_t bits = 2'048) {
    return token_issuer{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits)};
  }
  static token_issuer elliptic(const char* curve = "P-256") {
    return token_issuer{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve)};
  }
  static token_issuer ed25519() {
    return token_issuer{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
  }

  /// The public key as JWK.
  /// @param more further members, such as `"kid":"a","use":"sig"`
  std::string jwk(std::string_view more = {}) const {
    std::string out = "{";
    if (EVP_PKEY_is_a(key_.get(), "RSA") == 1)
      out += R"("kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" + number(OSSL_PKEY_PARAM_RSA_E);
    else if (EVP_PKEY_is_a(key_.get(), "EC") == 1)
      out += R"("kty":"EC","crv":")" + curve() + R"(","x":")" + number(OSSL_PKEY_PARAM_EC_PUB_X, 32) + R"(","y":")"
             + number(OSSL_PKEY_PARAM_EC_PUB_Y, 32);
    else
      out += R"("kty":"OKP","crv":"Ed25519","x":")" + raw();
    return out + '"' + (more.empty() ? "" : "," + std::string{more}) + '}';
  }

  /// A compact token with any header and payload.
  std::string sign(std::string_view header, std::string_view payload) const {
    auto token = config::encode_base64url(header) + '.' + config::encode_base64url(payload);
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    const bool is_ec = EVP_PKEY_is_a(key_.get(), "EC") == 1;
    const auto* digest = is_ec || EVP_PKEY_is_a(key_.get(), "RSA") == 1 ? EVP_sha256() : nullptr;
    std::string signature(1'024, '\0');
    auto size = signature.size();
    demand(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1
           && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                             reinterpret_cast<const unsigned char*>(token.data()), token.size())
                  == 1);
    signature.resize(size);
    return token + '.' + config::encode_base64url(is_ec ? side_by_side(signature) : signature);
  }

private:
  explicit token_issuer(EVP_PKEY* key) : key_{key, EVP_PKEY_free} {
    demand(key != nullptr);
  }

  static void demand(bool ok) {
    if (!ok)
      throw std::runtime_error{"OpenSSL can't do that"};
  }

  std::string number(const char* name, int width = 0) const {
    BIGNUM* value = nullptr;
    demand(EVP_PKEY_get_bn_param(key_.get(), name, &value) == 1);
    std::vector<unsigned char> out(
        static_cast<std::size_t>(width > 0 ? std::max(width, BN_num_bytes(value)) : BN_num_bytes(value)));
    demand(BN_bn2binpad(value, out.data(), static_cast<int>(out.size())) >= 0);
    BN_free(value);
    return config::encode_base64url({reinterpret_cast<const char*>(out.data()), out.size()});
  }

  std::string raw() const {
    std::array<unsigned char, 32> out{};
    auto size = out.size();
    demand(EVP_PKEY_get_raw_public_key(key_.get(), out.data(), &size) == 1);
    return config::encode_base64url({reinterpret_cast<const char*>(out.data()), size});
  }

  std::string curve() const {
    std::array<char, 64> name{};
    demand(EVP_PKEY_get_group_name(key_.get(), name.data(), name.size(), nullptr) == 1);
    return std::string_view{name.data()} == "prime256v1" ? "P-256" : "P-384";
  }

  static std::string side_by_side(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> signature{
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free};
    demand(signature != nullptr);
    std::string out(64, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes + 32, 32);
    return out;
  }

  std::shared_ptr<EVP_PKEY> key_;
};

} // namespace troupe::testing
