#pragma once

#include <set>
#include <string>
#include <vector>

#include "net/http/message.hpp"
#include "tests/simulation/random_stream.hpp"
#include "tests/simulation/workload.hpp"

namespace troupe::simulation {

/// Service desks that deliver webhooks: those who send again until they are told, those who vanish, those who send
/// twice, and strangers. Whoever is promised a job is promised the same one each time.
class webhooks final : public workload {
public:
  explicit webhooks(world& in);

  void begin() override;
  void apply(const fault& what) override;
  bool settled() const override;
  void check() override;

private:
  struct delivery {
    unsigned tenant = 0;
    std::string webhook_id; ///< empty: told apart by its content
    std::string body;
    unsigned sent = 0;
    unsigned repeats = 0;  ///< to be sent once more after it was accepted
    bool stranger = false; ///< signs with a wrong secret
    bool vanishes = false; ///< sends once and doesn't listen
    bool settled = false;
    std::set<std::string> jobs; ///< it was promised
  };

  void plan_delivery(nanoseconds at, unsigned tenant);
  void send(std::size_t which);
  void send_again(std::size_t which, nanoseconds wait);
  void answered(std::size_t which, const net::http::response& answer);
  net::http::request request_of(delivery& what, std::size_t number) const;

  world& world_;
  random_stream chance_;
  std::vector<delivery> deliveries_;
};

} // namespace troupe::simulation
