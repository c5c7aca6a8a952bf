#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include "net/desk/connector.hpp"
#include "storage/types.hpp"

namespace troupe::actors {

using note_result = std::variant<net::desk::note_written, net::desk::desk_failure>;
using look_result = std::variant<net::desk::note_search, net::desk::desk_failure>;

/// Write a note once. `done` is called once, on any thread, unless the process ends first.
struct desk_write {
  net::desk::note note;
  storage::timestamp deadline; ///< past it the write isn't begun, and one under way is given up
  std::function<void(note_result)> done;
};

/// Look for a note by its marker. `done` as above.
struct desk_look {
  std::string ticket_id;
  std::string marker;
  std::string correlation_id;
  storage::timestamp deadline; ///< past it the look isn't begun
  std::function<void(look_result)> done;
};

using desk_write_ptr = std::shared_ptr<const desk_write>;
using desk_look_ptr = std::shared_ptr<const desk_look>;
using desk_task = std::variant<desk_write_ptr, desk_look_ptr>;
using connector_ptr = std::shared_ptr<net::desk::connector>;

/// How a call of the desk ended, on its way back to the desk's actor.
struct desk_end {
  enum class kind : std::uint8_t { healthy, ill, limited };

  desk_task task;
  storage::timestamp deadline; ///< of the task, by the actor's own clock
  std::uint64_t connector = 0; ///< number of the one that made the call
  bool first = false;          ///< see `pace::start`
  kind how = kind::healthy;
  net::desk::desk_failure failure; ///< of a `limited` one, whose caller hasn't heard yet
};

using desk_end_ptr = std::shared_ptr<desk_end>;

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::desk_write_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::desk_look_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::connector_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::desk_end_ptr)

CAF_BEGIN_TYPE_ID_BLOCK(desk, caf::first_custom_type_id + 400)
CAF_ADD_TYPE_ID(desk, (troupe::actors::desk_write_ptr))
CAF_ADD_TYPE_ID(desk, (troupe::actors::desk_look_ptr))
CAF_ADD_TYPE_ID(desk, (troupe::actors::connector_ptr))
CAF_ADD_ATOM(desk, troupe::actors::atom, write_note, "write_note")
CAF_ADD_ATOM(desk, troupe::actors::atom, find_note, "find_note")
CAF_ADD_ATOM(desk, troupe::actors::atom, connect, "connect")
CAF_ADD_ATOM(desk, troupe::actors::atom, freed, "freed")
CAF_ADD_TYPE_ID(desk, (troupe::actors::desk_end_ptr))
CAF_ADD_ATOM(desk, troupe::actors::atom, go_on, "go_on")
CAF_END_TYPE_ID_BLOCK(desk)
