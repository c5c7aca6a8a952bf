#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/runtime/messages.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "actors/tenancy/messages.hpp"

namespace troupe::actors {

using directory_keeper_actor = caf::typed_actor<
    /// The tenants as they were read; null when nothing has changed or storage couldn't tell. Sent by the reader pool.
    caf::reacts_to<atom::configure, tenant_table_ptr>,
    /// Time to look again. Sent by itself.
    caf::reacts_to<tick>>;

/// Reads the tenants if they are of another version than `known`. Blocks; null when nothing has changed.
tenant_table_ptr read_tenants(storage::reader& from, std::uint64_t known);

/// Keeps the directory as fresh as `period`: other processes (the command line, other nodes) change tenants too. Each
/// look reads one number. Runs on the scheduler; never blocks.
/// @param changed hears each new table after it was published
/// @param looked hears after each look whether it met a fault of storage
directory_keeper_actor::behavior_type directory_keeper(directory_keeper_actor::pointer self,
                                                       std::shared_ptr<tenant_directory> directory,
                                                       std::shared_ptr<reader_pool> readers,
                                                       std::chrono::milliseconds period,
                                                       std::function<void(tenant_table_ptr)> changed,
                                                       std::function<void(std::optional<storage::fault>)> looked);

} // namespace troupe::actors
