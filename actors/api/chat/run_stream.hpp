#pragma once

#include "actors/api/chat/told_message.hpp"
#include "net/http/message.hpp"

namespace troupe::actors::api::chat {

/// The events of one message's run as Server-Sent Events: `RUN_STARTED`, the state as `STATE_SNAPSHOT`, what follows;
/// complete with the run's end. A run that is over is told from the journal.
net::http::response stream_run(const turn_services& with, told_message what);

} // namespace troupe::actors::api::chat
