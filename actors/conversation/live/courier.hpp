#pragma once

#include <functional>
#include <memory>

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/conversation/conversation_core.hpp"
#include "actors/conversation/live/port.hpp"
#include "actors/runtime/handle_ref.hpp"
#include "actors/tenancy/registry.hpp"

namespace troupe::actors::conversation {

/// Something that is tried again after a while.
using second_try = std::function<void()>;
using second_try_ptr = std::shared_ptr<const second_try>;

} // namespace troupe::actors::conversation

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::conversation::second_try_ptr)

CAF_BEGIN_TYPE_ID_BLOCK(conversation_live, caf::first_custom_type_id + 600)
CAF_ADD_TYPE_ID(conversation_live, (troupe::actors::conversation::second_try_ptr))
CAF_ADD_ATOM(conversation_live, troupe::actors::atom, try_again, "try_again")
CAF_END_TYPE_ID_BLOCK(conversation_live)

namespace troupe::actors::conversation {

using second_tries_actor = caf::typed_actor<
    /// Tries it. Sent, with delay, by `courier`.
    caf::reacts_to<atom::try_again, second_try_ptr>>;

/// Where second tries wait for their time. Runs on the scheduler; never blocks.
second_tries_actor::behavior_type second_tries(second_tries_actor::pointer self);

/// Brings orders to conversations by way of their tenants' actors. An order that gets lost because its conversation was
/// just leaving memory, or its tenant's actor is being restarted, is brought again for some seconds. Any thread.
class courier : public std::enable_shared_from_this<courier> {
public:
  courier(std::shared_ptr<const tenant_registry> tenants, handle_ref<second_tries_actor> later);

  /// As `port::tell`.
  void tell(storage::entity_key whom, command what, command_done done) const;

  /// As `port::inspect`.
  void inspect(storage::entity_key which, std::function<void(const conversation_state&)> look,
               std::function<void(port_fault)> failed) const;

private:
  template <class Attempt>
  void send(std::shared_ptr<Attempt> what) const;

  std::shared_ptr<const tenant_registry> tenants_;
  handle_ref<second_tries_actor> later_;
};

} // namespace troupe::actors::conversation
