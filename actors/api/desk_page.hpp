#pragma once

#include <memory>

#include "actors/api/auth.hpp"
#include "actors/runtime/reader_pool.hpp"

namespace troupe::actors::api {

/// `GET /desk/`: the page of the desk that troupe keeps itself. It holds no data: its script fetches the notes with a
/// token that stands behind `#token=` in its address, or that the reader pastes.
net::http::handler desk_page();

/// `GET /api/v1/desk/notes`: the newest notes of the asker's tenant, at most 100, each with its ticket.
user_handler list_notes(std::shared_ptr<reader_pool> readers);

/// `GET /api/v1/desk/tickets/{id}/notes`: those of one ticket.
user_handler ticket_notes(std::shared_ptr<reader_pool> readers);

} // namespace troupe::actors::api
