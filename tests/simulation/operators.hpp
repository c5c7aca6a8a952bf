#pragma once

#include <functional>
#include <string>

#include "actors/ticket/job.hpp"
#include "tests/simulation/checker.hpp"
#include "tests/simulation/workload.hpp"

namespace troupe::simulation {

/// People who look after the engine: by the command line, which is another process on the same database, and by the
/// API.
class operators final : public workload {
public:
  explicit operators(world& in) : world_{in} {}

  void begin() override;
  void apply(const fault& what) override;
  bool settled() const override {
    return true;
  }
  void check() override {}

private:
  void pause(const storage::tenant& which, nanoseconds span);
  void watch_pause(unsigned number);
  void change(unsigned which, const std::function<void(storage::tenant&)>& how);
  void decide(const checker::job_story& of, actors::ticket::job_command what);
  void retry_by_api(const checker::job_story& of);
  void look(const checker::job_story& of, const std::string& as, unsigned expected);

  world& world_;
};

} // namespace troupe::simulation
