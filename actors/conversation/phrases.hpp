#pragma once

#include <span>
#include <string>
#include <string_view>

/// What the composer says besides the agent file's own words.
namespace troupe::actors::conversation {

/// A language's phrases. Empty ones aren't said: the agent's own words stand alone then.
struct phrases {
  std::span<const std::string_view> thanks;  ///< before the next question
  std::span<const std::string_view> unclear; ///< before a question that is asked again
  std::string_view between;                  ///< `{label}`, `{min}`, `{max}`, `{unit}`
  std::string_view at_least;
  std::string_view at_most;
  std::string_view one_of;    ///< `{choices}`
  std::string_view not_valid; ///< out of range where no bound can be named
  std::string_view skipped;
  std::string_view needed;    ///< asked to skip what can't be skipped: `{label}`
  std::string_view left_open; ///< gone on without an optional field
  std::string_view corrected; ///< `{label}`, `{value}`
  std::string_view summary;   ///< before what is known
  std::string_view nothing_known;
  std::string_view cannot_answer; ///< a question of the user's
  std::string_view part_done;
  std::string_view all_done; ///< after the last step, with the summary to follow
  std::string_view no_model; ///< plain talk while no model answers
  std::string_view yes;
  std::string_view no;
};

/// Those of a language tag's language; ones without words where it isn't known.
const phrases& phrases_of(std::string_view language);

/// What the words of a message ask for besides answering.
enum class request : unsigned char { none, skip, summary };

/// Looks for the request in a message. English and German are understood.
request request_in(std::string_view text);

/// A phrase with `{name}` replaced.
std::string fill(std::string_view phrase, std::string_view name, std::string_view value);

} // namespace troupe::actors::conversation
