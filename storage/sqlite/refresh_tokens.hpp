#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "storage/refresh_tokens.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// See `writer`. Called inside a write transaction.
class refresh_tokens {
public:
  explicit refresh_tokens(connection& on);

  /// Throws `error{fault::refused}` when there is one of this hash.
  void put(std::int64_t tenant, const refresh_token& value);
  token_rotation rotate(const token_hash& presented, const token_hash& successor, timestamp expires_at, timestamp now,
                        std::chrono::milliseconds grace);
  /// Returns how many.
  std::size_t remove_user(std::int64_t tenant, std::string_view user);
  std::size_t expire(timestamp now, std::size_t count);

private:
  struct found {
    std::int64_t tenant;
    refresh_token token;
    std::optional<timestamp> used_at;
    token_hash successor{};
  };
  std::optional<found> find(const token_hash& hash);

  connection& on_;
  statement find_;
  statement insert_;
  statement use_;
  statement drop_family_;
  statement drop_user_;
  statement drop_expired_;
};

} // namespace troupe::storage::sqlite
