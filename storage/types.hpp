#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace troupe::storage {

/// Milliseconds since the Unix epoch, UTC.
using timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// Numbers are stored: append only.
enum class entity_kind : std::uint8_t { ticket_job = 1, conversation = 2 };

/// Names one journal.
struct entity_key {
  std::string tenant;
  entity_kind kind = entity_kind::ticket_job;
  std::string id;

  bool operator==(const entity_key&) const = default;
};

/// An event on its way into a journal.
struct new_event {
  std::string type;    ///< stable name in the past tense, such as `gathered`
  std::string payload; ///< JSON text; encrypted at rest
};

/// An event as it was read back.
struct stored_event {
  std::uint64_t number = 0; ///< 1 for an entity's first event, without gaps
  std::string type;
  timestamp at;
  std::string payload;
};

/// Why storage could not do what it was asked.
enum class fault : std::uint8_t {
  /// Locked, unreachable or out of memory for now; nothing was written.
  unavailable,
  /// No space left; nothing was written.
  full,
  /// The file or a row is not what it must be; an operator has to look.
  corrupt,
  /// The schema is newer than this program.
  newer_schema,
  /// The schema is older than this program: `troupe migrate up`.
  older_schema,
  /// The master key does not open what is stored.
  wrong_key,
  /// A value breaks a rule of the tables, such as a second tenant of one name.
  refused,
};

/// What storage throws, from blocking workers only.
class error : public std::runtime_error {
public:
  error(storage::fault kind, const std::string& what) : std::runtime_error{what}, fault_{kind} {}

  storage::fault kind() const noexcept {
    return fault_;
  }

private:
  storage::fault fault_;
};

} // namespace troupe::storage
