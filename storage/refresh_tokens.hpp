#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "storage/types.hpp"

namespace troupe::storage {

/// SHA-256 of a token: the token itself isn't stored.
using token_hash = std::array<std::uint8_t, 32>;

/// What lets a user have a new access token, once. The token that takes its place is of the same family: of one login.
struct refresh_token {
  token_hash hash{};
  std::string family;
  std::string tenant;
  std::string user;
  std::string role;
  timestamp expires_at;
};

enum class token_outcome : std::uint8_t {
  /// The token is used up, its successor stands.
  rotated,
  /// It was used up lately and its successor wasn't used yet: the answer may have been lost on its way.
  grace,
  /// It was used up before: somebody else has it. All tokens of its family are gone.
  reused,
  expired,
  /// Never was, or its family is gone.
  unknown,
};

struct token_rotation {
  token_outcome outcome = token_outcome::unknown;
  /// `rotated` and `grace`: the successor; `reused` and `expired`: the token that was presented.
  refresh_token token;
};

} // namespace troupe::storage
