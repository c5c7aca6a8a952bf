#include "actors/runtime/messages.hpp"

namespace troupe::actors {

std::string to_string(runtime_ec x) {
  switch (x) {
  case runtime_ec::superseded:
    return "superseded";
  case runtime_ec::unavailable:
    return "unavailable";
  case runtime_ec::corrupt:
    return "corrupt";
  case runtime_ec::overloaded:
    return "overloaded";
  case runtime_ec::restart_intensity:
    return "restart_intensity";
  case runtime_ec::stopped:
    return "stopped";
  case runtime_ec::unknown_child:
    return "unknown_child";
  case runtime_ec::duplicate_child:
    return "duplicate_child";
  case runtime_ec::child_down:
    return "child_down";
  }
  return "unknown";
}

} // namespace troupe::actors
