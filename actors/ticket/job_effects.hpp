#pragma once

#include <memory>

#include "actors/desk/desk.hpp"
#include "actors/llm/gateway.hpp"
#include "actors/runtime/entity.hpp"
#include "actors/runtime/handle_ref.hpp"
#include "actors/search/service.hpp"
#include "actors/ticket/gather_watch.hpp"
#include "actors/ticket/job_core.hpp"

namespace troupe::actors::ticket {

/// What all tenants' jobs work with. All are needed.
struct job_services {
  std::shared_ptr<search::service> sources;
  handle_ref<gather_watch_actor> watch;
  handle_ref<gateway_actor> models;
  std::shared_ptr<const config::ticket_workflow> workflow;
  std::shared_ptr<const clock> time;
};

/// Carries out the effects of one tenant's jobs by messages to the service actors. A service that is down answers as
/// if it had failed. Any thread.
class job_effects final : public effect_runner<job_core> {
public:
  job_effects(job_services services, handle_ref<desk_actor> desk);

  void run(job_effect what, feedback<job_core> answer) override;

private:
  void run_one(gather& what, feedback<job_core> answer);
  void run_one(call_model& what, feedback<job_core> answer);
  void run_one(write_note& what, feedback<job_core> answer);
  void run_one(look_for_note& what, feedback<job_core> answer);

  job_services services_;
  handle_ref<desk_actor> desk_;
};

} // namespace troupe::actors::ticket
