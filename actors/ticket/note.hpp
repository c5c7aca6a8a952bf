#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "actors/ticket/job.hpp"
#include "config/workflow.hpp"

namespace troupe::actors::ticket {

/// The parts of a note, in their order.
enum class section : std::uint8_t { similar_tickets, documentation, system_info, recommendations };

inline constexpr std::array<std::string_view, 4> section_titles{"Similar Tickets", "Documentation", "System Info",
                                                                "Recommendations"};

/// Who wrote a note that no model wrote.
inline constexpr std::string_view extractive = "extractive";

/// A note before it is put together: Markdown without headings, one text per section.
struct note {
  std::array<std::string, section_titles.size()> body;

  std::string& operator[](section which) {
    return body[static_cast<std::size_t>(which)];
  }

  const std::string& operator[](section which) const {
    return body[static_cast<std::size_t>(which)];
  }
};

/// What a note is made from. References outlive the call.
struct note_context {
  const accepted& ticket;
  const findings& found;
  const config::ticket_workflow& workflow;
  std::string_view job_id;
};

struct rendered_note {
  std::string markdown; ///< ends with the reference line
  bool cut = false;     ///< something had to be left out
};

/// Puts a note together: the four sections with their headings, and the reference line `ref: <job id>` at the end. All
/// of it has at most `word_limit` words; sections that are too long lose their ends, at an item or sentence where
/// possible, the longest ones first.
rendered_note render(const note& what, std::size_t word_limit, std::string_view job_id);

} // namespace troupe::actors::ticket
