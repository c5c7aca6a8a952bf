#include "net/desk/factory.hpp"

#include <stdexcept>

#include "net/desk/servicedesk_plus.hpp"

namespace troupe::net::desk {

std::unique_ptr<connector> make_connector(io_threads& io, const desk_target& target) {
  if (target.kind == "servicedesk_plus")
    return std::make_unique<servicedesk_plus>(io, target);
  throw std::invalid_argument{"unknown kind of desk '" + target.kind + "'; known are local, "
                              + std::string{desk_kinds}};
}

} // namespace troupe::net::desk
