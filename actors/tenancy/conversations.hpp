#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <caf/scheduled_actor.hpp>

#include "actors/conversation/conversation_core.hpp"
#include "actors/runtime/entity.hpp"
#include "actors/runtime/supervision.hpp"
#include "actors/tenancy/messages.hpp"

namespace troupe::actors {

/// What the conversations of all tenants share. All are needed but `counted`.
struct conversation_services {
  std::shared_ptr<const entity_services<conversation::conversation_core>> entities;
  /// Hears each end of a life in memory, before the next one begins.
  /// @param for_good why it can't go on by itself: `corrupt`, `crashed`; empty = it may
  std::function<void(const storage::entity_key&, std::string_view for_good)> ended;
  /// Conversations in memory, of all tenants: what a graceful stop waits for.
  std::shared_ptr<std::atomic<std::size_t>> live = std::make_shared<std::atomic<std::size_t>>(0);
  /// Hears how many they are after each change; may be empty. Any thread.
  std::function<void(std::size_t in_memory)> counted;
  unsigned max_crashes = 5;                     ///< in a row, after which one isn't started again by itself
  std::chrono::milliseconds crash_pause{1'000}; ///< before a crashed one's next life; doubles each time
  std::chrono::minutes steady{10};              ///< after so long a life its end counts as the first crash again
  std::chrono::seconds unreadable{10};          ///< until a corrupt journal is looked at again
};

/// A tenant's conversations. In memory are those that somebody told or asked something lately, and the busy ones: these
/// are started with the tenant, and again when they crash. Belongs to its tenant's actor.
class tenant_conversations {
public:
  /// @param self the tenant's actor, which takes orders as messages
  /// @param children of that actor
  /// @param probe may be null
  tenant_conversations(caf::scheduled_actor* self, std::string tenant, supervision& children,
                       std::shared_ptr<const conversation_services> services, std::shared_ptr<supervisor_probe> probe);
  ~tenant_conversations();

  tenant_conversations(const tenant_conversations&) = delete;
  tenant_conversations& operator=(const tenant_conversations&) = delete;

  /// Brings the conversation into memory if it isn't there, and hands it what it is told or asked. What can't be
  /// delivered is dropped, which its sender hears.
  void take(const conversation_order& what);

  /// They start nothing more, finish what they can't take back, and leave memory. No others are started.
  void park();

private:
  using core = conversation::conversation_core;

  struct crash_record {
    unsigned count = 0;
    std::chrono::nanoseconds last{0};
  };

  storage::entity_key key_of(const std::string& id) const {
    return {tenant_, storage::entity_kind::conversation, id};
  }
  std::chrono::nanoseconds now() const {
    return services_->entities->time->monotonic();
  }
  void wake_busy_ones();
  /// Conversations of this tenant came to life or ended.
  void count(std::ptrdiff_t change) const;
  bool is_unreadable(const std::string& id);
  entity_actor<core> start(const std::string& id);
  void on_end(const std::string& id, const caf::error& reason);
  bool plan_restart(const std::string& id, const caf::error& reason);

  caf::scheduled_actor* self_;
  const std::string tenant_;
  supervision& children_;
  std::shared_ptr<const conversation_services> services_;
  std::shared_ptr<supervisor_probe> probe_;
  std::unordered_map<std::string, entity_actor<core>> live_;
  std::unordered_map<std::string, crash_record> crashes_;
  std::unordered_map<std::string, std::chrono::nanoseconds> unreadable_; ///< and until when
  bool parked_ = false;
};

} // namespace troupe::actors
