#include "actors/tenancy/directory_keeper.hpp"

#include <utility>

#include <caf/send.hpp>

#include "config/log.hpp"

namespace troupe::actors {

tenant_table_ptr read_tenants(storage::reader& from, std::uint64_t known) {
  const auto version = from.tenants_version();
  if (version == known)
    return nullptr;
  return std::make_shared<const tenant_table>(version, from.list_tenants());
}

directory_keeper_actor::behavior_type directory_keeper(directory_keeper_actor::pointer self,
                                                       std::shared_ptr<tenant_directory> directory,
                                                       std::shared_ptr<reader_pool> readers,
                                                       std::chrono::milliseconds period,
                                                       std::function<void(tenant_table_ptr)> changed,
                                                       std::function<void(std::optional<storage::fault>)> looked) {
  const auto again = [self, period] { self->delayed_send(self, period, tick{}); };
  const auto look = [self, directory, readers, looked] {
    auto me = directory_keeper_actor{self};
    readers->run(
        [me, looked, known = directory->table()->version()](storage::reader& db) {
          auto table = read_tenants(db, known);
          looked(std::nullopt);
          caf::anon_send(me, atom::configure_v, std::move(table));
        },
        [me, looked](const storage::error& why) {
          looked(why.kind());
          config::log::warn("tenants_not_read", "the tenants could not be read; the ones known stay in force",
                            {{"error", why.what()}});
          caf::anon_send(me, atom::configure_v, tenant_table_ptr{});
        });
  };
  look();
  return {
      [directory, changed, again](atom::configure, const tenant_table_ptr& table) {
        if (table) {
          directory->publish(table);
          changed(table);
        }
        again();
      },
      [look](const tick&) { look(); },
  };
}

} // namespace troupe::actors
