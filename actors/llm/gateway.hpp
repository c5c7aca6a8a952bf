#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/llm/provider.hpp"
#include "actors/llm/reply_cache.hpp"
#include "actors/runtime/handle_ref.hpp"

namespace troupe::actors {

/// One of the chain.
struct named_provider {
  std::string name;
  handle_ref<provider_actor> actor;
};

/// A call on its way along the chain.
struct chained_call {
  model_call_ptr call;
  std::size_t next = 0; ///< of the providers in the call's order
  call_deadline deadline{};
  std::string tried; ///< what the ones before said
};

using chained_call_ptr = std::shared_ptr<const chained_call>;

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::chained_call_ptr)

CAF_BEGIN_TYPE_ID_BLOCK(llm_gateway, caf::first_custom_type_id + 150)
CAF_ADD_TYPE_ID(llm_gateway, (troupe::actors::chained_call_ptr))
CAF_END_TYPE_ID_BLOCK(llm_gateway)

namespace troupe::actors {

using gateway_actor = caf::typed_actor<
    /// Asks the providers of the chain, the one that the call names first, until one answers; `done` hears a reply, or
    /// a failure that says what each of them said. A streamed reply that broke after its first token is for nobody else
    /// to go on with: that failure comes as it is. With no provider at all it fails at once. Nobody further is asked
    /// once its caller has taken it back. Sent by whoever needs a model.
    caf::reacts_to<atom::complete, model_call_ptr>,
    /// A provider gave up: the next one's turn. Sent by a provider's answer.
    caf::reacts_to<atom::fall_back, chained_call_ptr>>;

class gateway_state {
public:
  static inline constexpr const char* name = "llm_gateway";

  using pointer = gateway_actor::stateful_pointer<gateway_state>;

  explicit gateway_state(pointer self);

  void configure(std::vector<named_provider> chain, std::shared_ptr<reply_cache> cache);

  void accept(model_call_ptr call);
  void ask(chained_call_ptr what);

private:
  pointer self_;
  const named_provider& at(std::size_t place, const std::string& first) const;

  std::vector<named_provider> chain_;
  std::shared_ptr<reply_cache> cache_;
};

/// The chain of providers. The `extractive` end of a chain is not a provider here: its users compose without a model
/// when they hear `model_failure`. Runs on the scheduler; never blocks.
/// @param chain providers in order of fallback; may be empty
/// @param cache of replies to calls that may repeat; may be null
gateway_actor::behavior_type gateway(gateway_actor::stateful_pointer<gateway_state> self,
                                     std::vector<named_provider> chain, std::shared_ptr<reply_cache> cache);

} // namespace troupe::actors
