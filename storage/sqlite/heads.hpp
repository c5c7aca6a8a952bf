#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/cipher.hpp"
#include "storage/types.hpp"

namespace troupe::storage::sqlite {

inline constexpr int not_a_job = -1;

/// Where a journal stands.
struct head {
  std::int64_t entity = 0;
  std::uint64_t number = 0;    ///< of its last event
  std::int64_t last_event = 0; ///< that event's row
  key_bytes key{};
  /// What the indices of jobs hold about it.
  int status = not_a_job;
  int priority = 0;
  timestamp due_at;
};

/// The heads that were written lately, so that the next append needs neither to look one up nor to open its key. The
/// database has the last word: a head is moved from the number that is kept here, or not at all.
class head_cache {
public:
  explicit head_cache(std::size_t generation = 4'096) : generation_{generation} {}

  /// Null when it isn't known. Valid until the next call that isn't const.
  head* find(std::int64_t tenant, entity_kind kind, std::string_view id);
  void put(std::int64_t tenant, entity_kind kind, std::string_view id, const head& value);
  void erase(std::int64_t tenant, entity_kind kind, std::string_view id);
  void clear() noexcept;

private:
  /// Hashed once, since a table asks for the hash of what it holds again and again.
  struct name_view {
    name_view(std::int64_t in_tenant, entity_kind of_kind, std::string_view of) noexcept;

    std::int64_t tenant;
    entity_kind kind;
    std::string_view id;
    std::size_t digest;
  };
  struct name {
    std::int64_t tenant;
    entity_kind kind;
    std::string id;
    std::size_t digest;
  };
  struct hash {
    using is_transparent = void;
    template <class Name>
    std::size_t operator()(const Name& of) const noexcept {
      return of.digest;
    }
  };
  struct equal {
    using is_transparent = void;
    template <class Left, class Right>
    bool operator()(const Left& x, const Right& y) const noexcept {
      return x.digest == y.digest && x.tenant == y.tenant && x.kind == y.kind && x.id == y.id;
    }
  };
  using table = std::unordered_map<name, head, hash, equal>;

  std::size_t generation_;
  table young_;
  table old_; ///< dropped when the young ones have become as many
};

} // namespace troupe::storage::sqlite
