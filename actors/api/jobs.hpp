#pragma once

#include <functional>
#include <memory>

#include "actors/api/auth.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/runtime/random.hpp"
#include "actors/runtime/reader_pool.hpp"
#include "config/workflow.hpp"

namespace troupe::actors::api {

struct job_route_services {
  std::shared_ptr<reader_pool> readers;
  std::shared_ptr<journal_queue> journal;
  std::shared_ptr<const config::ticket_workflow> workflow;
  std::shared_ptr<const clock> time;
  std::shared_ptr<actors::random> chance;
  /// A job was made due: the intake should look. Any thread.
  std::function<void()> look;
};

/// `GET /api/v1/jobs/{id}`: a job of the asker's tenant with its steps and its note; another tenant's is 404.
user_handler show_job(job_route_services services);

/// `POST /api/v1/jobs/{id}/retry`: makes a dead or waiting job due at once; 409 when it is neither.
user_handler retry_job(job_route_services services);

} // namespace troupe::actors::api
