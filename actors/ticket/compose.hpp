#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/ticket/note.hpp"
#include "actors/ticket/terms.hpp"

namespace troupe::actors::ticket {

/// Makes sections from the findings alone: what was found, in short, and the next steps that the best past resolutions
/// suggest. Says so where nothing was found or a source didn't answer. Text of others is escaped.
class extractive_composer {
public:
  /// @param context must outlive the composer
  explicit extractive_composer(const note_context& context);

  std::string compose(section which);

private:
  /// Tells the past tickets to learn from, when first needed: it costs more than all the rest.
  void compare();

  const note_context& context_;
  std::optional<term_set> subject_;
  std::vector<const storage::past_ticket*> alike_; ///< by index of the finding; null = not like the new one
};

/// All four sections as a whole note, within the workflow's number of words.
std::string compose_extractive(const note_context& context);

} // namespace troupe::actors::ticket
