#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/public_key.hpp"

namespace troupe::net::jwt {

/// A JSON Web Key Set (RFC 7517): the public keys that an issuer signs with. Unchanged once made. Any thread.
class key_set {
public:
  /// Keys taken from one document.
  static constexpr std::size_t limit = 64;

  /// A key that isn't used.
  struct refused {
    std::string name;   ///< its `kid`, or its place as `#2`
    std::string reason; ///< a sentence without its full stop
  };

  /// Reads `{"keys": […]}`. Keys that can't or mustn't be used are left out, with a reason: unknown types and curves,
  /// weak keys, private and symmetric ones, those for encryption. Throws `std::invalid_argument` when it is no key set.
  explicit key_set(std::string_view json);

  /// The key that a token names. The algorithm is the key's own: a key of another one is never found.
  /// @param kid none: the only key of the algorithm, if there is but one
  const public_key* find(algorithm wanted, std::optional<std::string_view> kid) const noexcept;

  std::size_t size() const noexcept {
    return keys_.size();
  }
  const std::vector<refused>& left_out() const noexcept {
    return left_out_;
  }

private:
  struct named_key {
    std::optional<std::string> kid;
    public_key key;
  };

  std::vector<named_key> keys_;
  std::vector<refused> left_out_;
};

} // namespace troupe::net::jwt
