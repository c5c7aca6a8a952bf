#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/agent.hpp"

/// What a user's message says about the fields of a step, without a model. Pure; any thread.
namespace troupe::actors::conversation {

/// Bytes of a message that are looked at.
constexpr std::size_t understood_length = 4'000;

/// Where in the message something was said, in bytes.
struct span {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const span&) const = default;
};

struct understood_value {
  std::string field;
  std::string value;     ///< JSON, fit for the step's schema
  double confidence = 1; ///< 0 to 1
  span from;
  bool correction = false; ///< the field was known before
};

enum class misfit_reason : std::uint8_t {
  out_of_range,    ///< understood, but less or more than the field allows
  ambiguous,       ///< may mean one of several values
  impossible_date, ///< such as 31 February
};

/// An answer that was understood but can't be taken.
struct misfit {
  std::string field;
  misfit_reason reason = misfit_reason::out_of_range;
  std::string message; ///< a sentence for the user, in English
  span from;
};

/// Each field stands in it once at most.
struct understanding {
  std::vector<understood_value> values;
  std::vector<misfit> misfits;
  bool declined = false; ///< the user would rather not say, or doesn't know
  bool question = false; ///< the user asks something

  const understood_value* find(std::string_view field) const;
};

/// The talk so far, as far as it matters.
struct talk {
  std::string_view expected;           ///< field that was just asked for; empty = none
  std::string_view previous;           ///< field that was answered last: what "no, 78" is about
  std::vector<std::string_view> known; ///< changed only by what is a correction in the message itself
  std::chrono::sys_days today;         ///< where the user is
  std::string_view language = "en";    ///< tag: tells what 03/04/1990 is
};

/// What `message` says about the fields of `step`. An answer to another question than the expected one is taken when it
/// can mean only one field. A message of any bytes is understood or not, but never an error.
understanding understand(std::string_view message, const config::agent_step& step, const talk& so_far);

} // namespace troupe::actors::conversation
