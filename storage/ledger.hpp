#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/types.hpp"

/// What calls of models cost, and for whom they were made.
namespace troupe::storage {

/// Billionths of a dollar.
using nanodollars = std::int64_t;

/// Of one call, and of a limit: what is above is stored as this much, so that no sum overflows.
inline constexpr std::uint64_t most_tokens = 10'000'000'000;
inline constexpr nanodollars most_money = 10'000'000'000'000;

/// Numbers are stored: append only.
enum class call_outcome : std::uint8_t {
  open = 0,      ///< under way: its amounts are set aside
  ok = 1,        ///< answered
  failed = 2,    ///< without an answer
  broken = 3,    ///< broke off after its first token: its amounts are estimated
  cancelled = 4, ///< its caller took it back: likewise
  unknown = 5,   ///< its process ended meanwhile: its amounts are what was set aside
};

struct call_amounts {
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  std::uint64_t cached_tokens = 0; ///< of the input
  nanodollars cost = 0;

  std::uint64_t tokens() const noexcept {
    return input_tokens + output_tokens;
  }
  bool operator==(const call_amounts&) const = default;
};

/// One call of a provider, all its attempts together.
struct call_record {
  timestamp at; ///< of its beginning
  std::string tenant;
  std::string user; ///< empty = none
  entity_kind kind = entity_kind::conversation;
  std::string entity; ///< id of the conversation or job; empty = none
  std::string run;    ///< of the entity: a turn, a job as a whole
  std::string agent;
  std::string provider;
  std::string model;
  call_amounts amounts;
  std::chrono::milliseconds latency{0};
  call_outcome outcome = call_outcome::ok;
};

/// Whose spending a limit bounds.
enum class budget_scope : std::uint8_t { tenant, user, conversation, run };

/// A bound of what is spent, the new call included. None = no bound.
struct spending_limit {
  budget_scope scope = budget_scope::tenant;
  std::int32_t since = 0; ///< of `tenant` and `user`: the first day that counts, in days since the Unix epoch, UTC
  std::optional<nanodollars> money;
  std::optional<std::uint64_t> tokens;
};

/// What was spent within a limit.
struct spending {
  nanodollars cost = 0;
  std::uint64_t tokens = 0;
};

/// A line of the ledger on its way there: a call that begins or is over, or the end of one that began.
struct ledger_entry {
  std::uint64_t call =
      0; ///< 0 = a new line; else the open line that this one closes: with its amounts, latency and outcome
  call_record record;
  /// Of a new line. It isn't written when one of them has no room for it. What costs nothing fits each bound of money.
  std::vector<spending_limit> limits;
};

/// By what calls are added up.
enum class spending_key : std::uint8_t { tenant, user, agent, day, provider, model, outcome };

struct spending_filter {
  spending_key by = spending_key::tenant;
  std::optional<std::string> tenant;
  std::optional<timestamp> since; ///< that moment included
  std::size_t limit = 1'000;      ///< rows at most
};

/// Calls that have the key's value in common.
struct spending_row {
  std::string key; ///< a day as `2026-11-20`, UTC; empty = none, or not known any more
  std::uint64_t calls = 0;
  std::uint64_t open = 0; ///< of them
  call_amounts amounts;
};

} // namespace troupe::storage
