#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

struct evp_pkey_st;

namespace troupe::net::jwt {

/// Algorithms that are verified with a public key (RFC 7518, 8037, 9864).
enum class algorithm : std::uint8_t {
  rs256,   ///< RSASSA-PKCS1-v1_5 with SHA-256
  es256,   ///< ECDSA on P-256 with SHA-256
  ed25519, ///< EdDSA on edwards25519; also called `EdDSA`
};

/// A public key that verifies signatures of its one algorithm. Copies share it. Any thread.
class public_key {
public:
  /// From big-endian numbers or octets as they stand in a JWK. Each throws `std::invalid_argument` that says what is
  /// wrong: an RSA modulus below 2048 or above 8192 bits, a point off the curve, a wrong length.
  static public_key rsa(std::string_view modulus, std::string_view exponent);
  static public_key p256(std::string_view x, std::string_view y);
  static public_key ed25519(std::string_view x);

  jwt::algorithm algorithm() const noexcept {
    return algorithm_;
  }

  /// Whether the signature, in the form that JWS gives it, is the key's own of this message.
  bool verifies(std::string_view message, std::string_view signature) const;

private:
  public_key(jwt::algorithm algorithm, std::shared_ptr<evp_pkey_st> key)
      : algorithm_{algorithm}, key_{std::move(key)} {}

  jwt::algorithm algorithm_;
  std::shared_ptr<evp_pkey_st> key_;
};

} // namespace troupe::net::jwt
