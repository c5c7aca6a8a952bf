#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "storage/cipher.hpp"
#include "storage/types.hpp"

namespace troupe::storage::sqlite {

inline constexpr int not_a_job = -1;

/// What the indices of conversations hold about one.
struct indexed_conversation {
  bool busy = false;
  std::int64_t quarter = 0; ///< of an hour: when something happened last

  bool operator==(const indexed_conversation&) const = default;
};

/// Where a journal stands.
struct head {
  std::int64_t entity = 0;
  std::uint64_t number = 0;    ///< of its last event
  std::int64_t last_event = 0; ///< that event's row
  key_bytes key{};
  /// What the indices of jobs hold about it.
  int status = not_a_job;
  int priority = 0;
  timestamp due_at{};
  indexed_conversation conversation{};
};

/// The heads that were written lately, so that the next append needs neither to look one up nor to open its key. The
/// database has the last word: a head is moved from the number that is kept here, or not at all. Each journal has one
/// place, shared with others: the one used last has it.
class head_cache {
public:
  /// @param places a power of two
  explicit head_cache(std::size_t places = 8'192) : mask_{places - 1} {}
  ~head_cache();

  /// Null when it isn't known. Valid until the next call that isn't const.
  const head* find(std::int64_t tenant, entity_kind kind, std::string_view id) const;
  /// Ids of more than some 40 bytes aren't kept.
  void put(std::int64_t tenant, entity_kind kind, std::string_view id, const head& value);
  void erase(std::int64_t tenant, entity_kind kind, std::string_view id);
  void clear() noexcept;

private:
  struct place {
    std::int64_t tenant = 0; ///< 0: empty
    std::uint8_t kind = 0;
    std::uint8_t size = 0;
    std::array<char, 38> id{};
    head value;

    bool holds(std::int64_t in_tenant, entity_kind of_kind, std::string_view of) const noexcept;
  };

  std::size_t place_of(std::int64_t tenant, entity_kind kind, std::string_view id) const noexcept;

  std::size_t mask_;
  std::vector<place> places_; ///< made by the first `put`: who only reads or imports needs none
};

} // namespace troupe::storage::sqlite
