#pragma once

#include <string>
#include <string_view>

#include "actors/ticket/note.hpp"

namespace troupe::actors::ticket {

/// A note that may be written to a desk.
struct checked_note {
  std::string markdown;  ///< the four sections and the reference line, within the workflow's number of words
  bool by_model = false; ///< false: nothing of the reply could be used, the note was composed from the findings
  std::string remark;    ///< what was wrong with the reply or changed in it, without its text; empty = nothing
};

/// Makes a note of a model's reply. What the model left out comes from the findings; HTML, images, made-up sources,
/// foreign links and forged reference lines go. Never fails: a reply that is empty, refuses or is no note gives the
/// note that is composed without a model.
/// @param finish_reason as the provider gave it; `length` and `content_filter` matter
checked_note check_note(std::string_view reply, std::string_view finish_reason, const note_context& context);

} // namespace troupe::actors::ticket
