#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace troupe::net::desk {

/// Why a desk didn't do what it was asked.
enum class desk_fault : std::uint8_t {
  /// Certainly nothing was done; may be tried again.
  unavailable,
  /// 429 or 4015: certainly nothing was done; try again after `retry_after`.
  rate_limited,
  /// Key refused or not allowed: an operator has to act.
  unauthorized,
  /// No such ticket: the same again won't help.
  not_found,
  /// The desk refuses the request for good.
  refused,
  /// The desk may or may not have acted: look for the marker before another attempt.
  unknown_outcome,
  /// Certainly nothing was sent: the turn didn't come in time, because the desk is asked no faster than it likes. Said
  /// by who calls the connector, not by it.
  held,
  /// Certainly nothing was sent: the desk fails and is left alone for a while. Said as above.
  circuit_open,
};

struct desk_failure {
  desk_fault fault = desk_fault::unavailable;
  std::string detail; ///< for logs and job errors; no ticket text, no key
  std::optional<std::chrono::milliseconds> retry_after;
};

struct note {
  std::string ticket_id;
  std::string markdown;
  std::string marker; ///< visible reference line's text, such as `ref: <job id>`; part of `markdown`
  std::string correlation_id;
  std::chrono::milliseconds timeout{30'000};
};

struct note_written {
  std::string note_id;
};

/// What looking for a marker found.
struct note_search {
  std::optional<std::string> note_id; ///< none: certainly not there
};

/// A tenant's service desk. Calls `done` exactly once, on any thread. Any thread may call. One call is one attempt.
class connector {
public:
  virtual ~connector() = default;

  virtual void write_note(const note& what, std::function<void(std::variant<note_written, desk_failure>)> done) = 0;

  /// Looks for a note of the ticket that holds the marker.
  virtual void find_note(const std::string& ticket_id, const std::string& marker, const std::string& correlation_id,
                         std::function<void(std::variant<note_search, desk_failure>)> done) = 0;

  /// Reads something small with the key, to tell whether address and key work. Empty `detail` never comes with a fault.
  virtual void check(std::function<void(std::optional<desk_failure>)> done) = 0;
};

} // namespace troupe::net::desk
