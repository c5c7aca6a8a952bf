#pragma once

#include <memory>

#include "actors/conversation/live/hub.hpp"
#include "actors/conversation/live/probe.hpp"
#include "actors/runtime/entity.hpp"

namespace troupe::actors::conversation {

/// Passes on what conversations do: to those who follow them, and to metrics and logs. Any thread.
class conversation_observer final : public entity_observer<conversation_core> {
public:
  conversation_observer(std::shared_ptr<hub> followers, std::shared_ptr<conversation_probe> probe);

  void awakened(const storage::entity_key& key, const conversation_state& s, std::uint64_t number) override;
  void committed(const storage::entity_key& key, const conversation_state& s, const std::vector<event>& events,
                 std::uint64_t number, storage::timestamp at) override;
  void append_delayed(const storage::entity_key& key, storage::fault why, std::chrono::milliseconds wait) override;

private:
  std::shared_ptr<hub> followers_;
  std::shared_ptr<conversation_probe> probe_;
};

} // namespace troupe::actors::conversation
