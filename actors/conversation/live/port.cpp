#include "actors/conversation/live/port.hpp"

namespace troupe::actors::conversation {

std::string_view to_string(port_fault what) noexcept {
  switch (what) {
  case port_fault::not_found:
    return "not_found";
  case port_fault::agent_missing:
    return "agent_missing";
  case port_fault::storage_unavailable:
    return "storage_unavailable";
  case port_fault::corrupt:
    return "corrupt";
  case port_fault::overloaded:
    return "overloaded";
  }
  return "overloaded";
}

} // namespace troupe::actors::conversation
