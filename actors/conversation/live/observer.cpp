#include "actors/conversation/live/observer.hpp"

#include <utility>

#include "config/log.hpp"

namespace troupe::actors::conversation {

conversation_observer::conversation_observer(std::shared_ptr<hub> followers, std::shared_ptr<conversation_probe> probe)
    : followers_{std::move(followers)}, probe_{std::move(probe)} {
  // nop
}

void conversation_observer::awakened(const storage::entity_key& key, const conversation_state& s, std::uint64_t) {
  followers_->awakened(key, s);
}

void conversation_observer::committed(const storage::entity_key& key, const conversation_state& s,
                                      const std::vector<event>& events, std::uint64_t, storage::timestamp at) {
  followers_->committed(key, s, events, at);
  probe_->committed(key, s, events, at);
}

void conversation_observer::append_delayed(const storage::entity_key& key, storage::fault,
                                           std::chrono::milliseconds wait) {
  config::log::warn("append_delayed", "storage did not take a conversation's events; they are tried again",
                    {{"tenant_id", key.tenant}, {"conversation_id", key.id}, {"wait_ms", wait.count()}});
}

} // namespace troupe::actors::conversation
