#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/ticket/job.hpp"
#include "config/workflow.hpp"
#include "net/llm/chat.hpp"

namespace troupe::actors::ticket {

/// What a model is asked: the workflow's instructions, and the ticket and the findings as data between delimiters that
/// cannot occur inside of them. The data take at most about 9,000 bytes.
std::vector<net::llm::message> compose_prompt(const accepted& ticket, const findings& found,
                                              const config::ticket_workflow& workflow);

} // namespace troupe::actors::ticket
