#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <variant>

#include "actors/api/chat/told_message.hpp"

namespace troupe::actors::api::chat {

/// Waits until a message is dealt with.
/// @param limit after which 504 is answered; the reply goes on being made
/// @param done on any thread, once; the alternative is the answer to a request that failed
void await_reply(const turn_services& with, told_message what, std::chrono::milliseconds limit,
                 const std::string& correlation_id,
                 std::function<void(std::variant<standing, net::http::response>)> done);

/// Whether an event's JSON names the run.
bool names_run(const std::string& json, const std::string& run);

} // namespace troupe::actors::api::chat
