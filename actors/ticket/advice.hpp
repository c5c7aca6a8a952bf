#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "actors/ticket/job.hpp"
#include "actors/ticket/terms.hpp"

/// What past resolutions tell a technician, picked sentence by sentence without a model.
namespace troupe::actors::ticket {

/// A next step taken from the resolution of a past ticket.
struct step {
  std::string text;       ///< one sentence, plain text, without its full stop
  std::size_t source = 0; ///< index of the past ticket
  bool is_action = true;  ///< false: a finding, such as a cause, that has to be checked first
};

/// The terms of a new ticket.
term_set subject_of(const accepted& ticket);

/// Whether a past ticket has enough in common with the new one to learn from it.
bool resembles(const term_set& subject, const storage::past_ticket& past);

/// What a resolution says, in at most `words` words: all of it, or the sentences that name an action or share most with
/// the new ticket, in their order. Empty when there is none.
std::string key_sentences(const term_set& subject, std::string_view resolution, std::size_t words);

/// The next steps that the resolutions suggest, at most `most`, without repetitions: the best tickets' first, each
/// ticket's in their order. "Restarted the service." becomes "Restart the service".
/// @param tickets by index, best first; those to leave out are null
std::vector<step> next_steps(const term_set& subject, const std::vector<const storage::past_ticket*>& tickets,
                             std::size_t most);

} // namespace troupe::actors::ticket
