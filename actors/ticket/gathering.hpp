#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "actors/runtime/clock.hpp"
#include "actors/search/service.hpp"
#include "actors/ticket/job.hpp"
#include "config/workflow.hpp"

namespace troupe::actors::ticket {

/// The context of one attempt while its sources answer. Each source fills its own part; whoever completes it hands it
/// on: the last source, or the watch when a source's time is over. Any thread.
class gathering {
public:
  using clock_time = std::chrono::nanoseconds; ///< of `clock::monotonic`

  enum class source : std::uint8_t { tickets, articles, assets };

  /// @param done called exactly once
  gathering(const config::ticket_workflow& workflow, clock_time now, std::function<void(findings)> done);

  /// Asks all sources that are on. Call once, on a shared one.
  static void start(const std::shared_ptr<gathering>& self, const search::request_ptr& what, search::service& sources,
                    const config::ticket_workflow& workflow, std::shared_ptr<const clock> time);

  /// Gives up the sources whose time is over.
  /// @return when the next one's is over; none when the context is complete
  std::optional<clock_time> expire(clock_time now);

private:
  template <class Found, class Take>
  void settle(source which, clock_time now, const Found& found, Take take);
  void close(source which, source_status status, clock_time now);
  void deliver(std::unique_lock<std::mutex>& lock);
  source_report& report(source which);

  std::mutex mutex_;
  findings found_;
  std::array<bool, 3> open_{};
  std::array<clock_time, 3> deadline_{};
  clock_time started_;
  std::function<void(findings)> done_;
};

} // namespace troupe::actors::ticket
