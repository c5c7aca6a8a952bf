#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/runtime/clock.hpp"
#include "actors/runtime/journal_queue.hpp"
#include "actors/runtime/reader_pool.hpp"

namespace troupe::actors::api {

/// What giving up a job works with. All are needed.
struct give_up_services {
  std::shared_ptr<reader_pool> readers;
  std::shared_ptr<journal_queue> journal;
  std::shared_ptr<const clock> time;
  /// It couldn't be given up for now: somebody should try the job again. Any thread.
  std::function<void()> failed;
};

/// Dead-letters a job that no life survives, in its journal. Where that can't be read, the job's record alone says so:
/// nobody claims it again before an operator has looked. Any thread; returns at once.
void give_up_job(const give_up_services& with, const std::string& tenant, const std::string& id,
                 const std::string& reason);

} // namespace troupe::actors::api
