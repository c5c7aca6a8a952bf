#include "actors/api/connectors.hpp"

#include <stdexcept>

#include "actors/desk/local_connector.hpp"
#include "config/log.hpp"
#include "net/desk/factory.hpp"

namespace troupe::actors::api {

std::function<connector_ptr(const storage::tenant&)> make_connectors(parts& of) {
  return [&of](const storage::tenant& tenant) -> connector_ptr {
    if (tenant.desk_kind == "local")
      return std::make_shared<local_connector>(tenant.id, of.journal, of.readers, of.time, of.ids);
    try {
      return net::desk::make_connector(
          *of.dial, {tenant.desk_kind, tenant.desk_url, tenant.desk_key, tenant.desk_ca, tenant.desk_options},
          [time = of.time] { return std::chrono::steady_clock::time_point{time->monotonic()}; });
    } catch (const std::invalid_argument& fault) {
      config::log::error("desk_settings_invalid", "a tenant's desk can't be used until its settings are changed",
                         {{"tenant_id", tenant.id}, {"error", fault.what()}});
      return nullptr;
    }
  };
}

} // namespace troupe::actors::api
