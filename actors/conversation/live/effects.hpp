#pragma once

#include <memory>

#include "actors/conversation/live/hub.hpp"
#include "actors/llm/gateway.hpp"
#include "actors/runtime/entity.hpp"
#include "actors/runtime/handle_ref.hpp"

namespace troupe::actors::conversation {

/// Carries out what conversations want: asks models, and tells followers a reply's words as they come. A gateway that
/// is down answers as if it had failed. Any thread.
class conversation_effects final : public effect_runner<conversation_core> {
public:
  conversation_effects(std::shared_ptr<hub> followers, handle_ref<gateway_actor> models);

  void run(effect what, feedback<conversation_core> answer) override;

private:
  void run_one(ask_model& what, feedback<conversation_core> answer);
  void run_one(ask_fields& what, feedback<conversation_core> answer);
  void ask(std::shared_ptr<model_call> call) const;

  std::shared_ptr<hub> followers_;
  handle_ref<gateway_actor> models_;
};

} // namespace troupe::actors::conversation
