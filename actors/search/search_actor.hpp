#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/search/messages.hpp"

namespace troupe::actors::search {

/// Finds context for a ticket. Answers every request, also when a source is down: then the result's status is `failed`
/// (or `cached`), not an error. Errors come only from outside: the asker's time-out, or the actor's end.
/// Sent by the ticket jobs' effects.
using search_actor = caf::typed_actor<
    /// Solved tickets of the request's tenant that resemble it, best first, at most `limit`.
    caf::replies_to<atom::tickets, request_ptr>::with<tickets_ptr>,
    /// Articles, from the local table or the external knowledge base.
    caf::replies_to<atom::articles, request_ptr>::with<articles_ptr>,
    /// Inventory entries of the addresses in the text.
    caf::replies_to<atom::assets, request_ptr>::with<assets_ptr>>;

} // namespace troupe::actors::search
