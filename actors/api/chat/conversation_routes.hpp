#pragma once

#include <memory>

#include "actors/api/auth.hpp"
#include "actors/conversation/live/port.hpp"

/// Routes by which users look at their conversations, take them along, and erase them. Those of others are 404.
namespace troupe::actors::api::chat {

using port_ptr = std::shared_ptr<conversation::port>;

/// `GET /api/v1/conversations?agent=&limit=&before=`: newest first.
user_handler list_conversations(port_ptr conversations);

/// `POST /api/v1/conversations` `{"agent": "…"}`: begins anew; the conversation becomes the current one.
user_handler begin_conversation(port_ptr conversations);

/// `GET /api/v1/conversations/{id}`: the state and the last messages.
user_handler show_conversation(port_ptr conversations);

/// `DELETE /api/v1/conversations/{id}`: nothing that was said stays.
user_handler erase_conversation(port_ptr conversations);

/// `GET /api/v1/conversations/{id}/export`: everything that ever happened in it.
user_handler export_conversation(port_ptr conversations);

/// `GET /api/v1/users/{user_id}/export`: all conversations of the asking user.
user_handler export_user(port_ptr conversations);

/// `DELETE /api/v1/users/{user_id}`: erases all that is stored of the asking user.
user_handler erase_user(port_ptr conversations);

} // namespace troupe::actors::api::chat
