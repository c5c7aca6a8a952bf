#pragma once

#include <deque>
#include <string>

#include "actors/conversation/live/port.hpp"
#include "tests/simulation/random_stream.hpp"
#include "tests/simulation/workload.hpp"

namespace troupe::simulation {

/// Somebody erases conversations, and all of a user's, in the middle of whatever goes on; and asks again until told
/// that it is done.
class erasures final : public workload {
public:
  explicit erasures(world& in) : world_{in} {}

  void begin() override {}
  void apply(const fault& what) override;
  bool settled() const override;
  std::string open_thing() const override;
  void check() override {}

private:
  struct wish {
    actors::conversation::owner who;
    std::string conversation; ///< empty = all of the user's
    bool fulfilled = false;
  };

  void ask(wish& what);
  void answered(wish& what, nanoseconds asked_at, actors::conversation::port_fault* fault);

  world& world_;
  std::deque<wish> wishes_;
};

} // namespace troupe::simulation
