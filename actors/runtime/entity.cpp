#include "actors/runtime/entity.hpp"

#include <caf/send.hpp>

namespace troupe::actors {

void returning_append::done(append_reply what) {
  reply = std::move(what);
  auto owner = std::exchange(whom, {});
  caf::anon_send(owner, shared_from_this());
}

} // namespace troupe::actors
