#pragma once

#include <string>
#include <string_view>

/// The verbs of technicians: what was done, and what is to be done.
namespace troupe::actors::ticket {

/// Whether a sentence begins with something that somebody did or has to do.
bool names_action(std::string_view sentence);

/// Whether a sentence closes a ticket rather than solves it: "User confirmed that it works."
bool closes_ticket(std::string_view sentence);

/// "We restarted the spooler and cleared the queue" -> "Restart the spooler and clear the queue". Other sentences stay
/// as they are.
std::string imperative(std::string_view sentence);

} // namespace troupe::actors::ticket
