#pragma once

#include <string>

#include "actors/ticket/note.hpp"

namespace troupe::actors::ticket {

/// The four sections made from the findings alone: what was found, in short, and the next steps that the best past
/// resolutions suggest. Says so where nothing was found or a source didn't answer. Text of others is escaped.
note extractive_note(const note_context& context);

/// The same as a whole note, within the workflow's number of words.
std::string compose_extractive(const note_context& context);

} // namespace troupe::actors::ticket
