#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include "actors/search/found.hpp"

// Requests and results travel inside one node only, by pointer.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::search::request_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::search::tickets_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::search::articles_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::search::assets_ptr)

CAF_BEGIN_TYPE_ID_BLOCK(search, caf::first_custom_type_id + 200)
CAF_ADD_TYPE_ID(search, (troupe::actors::search::request_ptr))
CAF_ADD_TYPE_ID(search, (troupe::actors::search::tickets_ptr))
CAF_ADD_TYPE_ID(search, (troupe::actors::search::articles_ptr))
CAF_ADD_TYPE_ID(search, (troupe::actors::search::assets_ptr))
CAF_ADD_ATOM(search, troupe::actors::search::atom, tickets, "tickets")
CAF_ADD_ATOM(search, troupe::actors::search::atom, articles, "articles")
CAF_ADD_ATOM(search, troupe::actors::search::atom, assets, "assets")
CAF_END_TYPE_ID_BLOCK(search)
