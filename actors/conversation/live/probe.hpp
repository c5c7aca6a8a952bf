#pragma once

#include <memory>

#include "actors/conversation/conversation_core.hpp"
#include "config/metrics.hpp"

namespace troupe::actors::conversation {

/// Counts and logs what conversations do, by agent, and nothing of what was said:
/// - `troupe_conversations_total{agent,outcome}`: `opened`, `completed`, `expired`, `deleted`
/// - `troupe_conversation_duration_seconds{agent}`: from the opening to the last step's completion
/// - `troupe_conversation_steps_total{agent,step,outcome}`: `begun`, `completed`: where users drop off
/// - `troupe_conversation_extractions_total{agent,outcome}`: `valid`, `repaired`, `failed`
/// - `troupe_conversation_replies_total{agent,outcome}`: `model`, `composed`, `interrupted`, `broken`, `failed`
/// - `onboarding_agent_response_time_seconds{agent}`: from a message to the end of its turn
/// - `onboarding_agent_errors_total{agent}`: replies that broke or failed, or that no model gave though there are
/// models
/// - `troupe_conversations_in_memory`, `troupe_conversations_active`: those that are in memory or followed
/// Any thread.
class conversation_probe {
public:
  /// @param models some provider of the chain is a model
  conversation_probe(config::metrics& metrics, bool models);
  ~conversation_probe();

  /// @param s the conversation after these events
  void committed(const storage::entity_key& key, const conversation_state& s, const std::vector<event>& events,
                 timestamp at);

  void in_memory(std::size_t count);
  void active(std::size_t count);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::actors::conversation
