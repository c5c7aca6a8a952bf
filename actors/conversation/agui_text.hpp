#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/conversation/agui.hpp"
#include "actors/text/json_text.hpp"

/// The text of AG-UI events. Each is begun here and ended by `finish`, which adds what all have.
namespace troupe::actors::conversation {

json_text run_started(std::string_view thread, std::string_view run);
json_text run_finished(std::string_view thread, std::string_view run);
json_text run_error(std::string_view code, std::string_view message);
json_text step_event(std::string_view type, std::string_view step);
json_text message_started(std::string_view id);
json_text message_content(std::string_view id, std::string_view delta);
json_text message_ended(std::string_view id);
json_text state_snapshot(const conversation_state& s);

/// What was said, but for the reply to the message that is being dealt with: its run tells that.
json_text messages_snapshot(const conversation_state& s);

json_text fields_delta(const fields_changed& e);
json_text completed_step_delta(std::string_view step);
json_text hand_over_delta(const handed_over& e);
json_text completed_delta();
json_text version_delta(std::string_view version);
json_text message_restarted(std::string_view broken, std::string_view by);

/// A message of the user's, for their other devices.
json_text user_said(std::string_view id, std::string_view client_id, std::string_view run, std::string_view text);

json_text custom(std::string_view name, std::initializer_list<std::pair<std::string_view, std::string_view>> value);

/// With `timestamp`, where there is one, and `cursor`.
std::string finish(json_text&& begun, std::optional<timestamp> at, const cursor& here);

/// It is a `STATE_DELTA` or a `STATE_SNAPSHOT`.
bool tells_state(std::string_view json);

} // namespace troupe::actors::conversation
