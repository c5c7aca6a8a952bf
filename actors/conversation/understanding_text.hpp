#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "actors/conversation/understanding_words.hpp"
#include "config/agent.hpp"

/// Free text in what people write.
namespace troupe::actors::conversation {

/// Without control characters and without blanks around it, invalid UTF-8 replaced, cut at `longest` characters.
std::string tidy_text(std::string_view text, std::size_t longest);

std::size_t characters_of(std::string_view utf8);

/// Whether the field is what someone is called.
bool is_name(const config::agent_field& field);

/// "I'm Ann, 34" gives "Ann". Nothing where no name can be told.
std::optional<run> find_name(const words& in, bool asked);

/// Whether the message asks something rather than to answer.
bool is_question(const words& in);

} // namespace troupe::actors::conversation
