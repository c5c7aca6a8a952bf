#include "net/desk/factory.hpp"

#include <stdexcept>
#include <utility>

#include "net/desk/servicedesk_plus.hpp"

namespace troupe::net::desk {

std::unique_ptr<connector> make_connector(const http::dialer& dial, const desk_target& target,
                                          steady_clock_reading now) {
  if (target.kind == "servicedesk_plus")
    return std::make_unique<servicedesk_plus>(dial, target, std::move(now));
  throw std::invalid_argument{"unknown kind of desk '" + target.kind + "'; known are local, "
                              + std::string{desk_kinds}};
}

} // namespace troupe::net::desk
