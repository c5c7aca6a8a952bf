#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace troupe::actors {

/// Answers once. A task whose actor ends before it was dealt with takes its guard along, which then answers with what
/// is true in that case: nobody waits for ever. Any thread.
template <class Result>
class answer_guard {
public:
  answer_guard(std::function<void(Result)> answer, Result if_lost)
      : answer_{std::move(answer)}, if_lost_{std::move(if_lost)} {}

  ~answer_guard() {
    if (!answered_.exchange(true))
      answer_(std::move(if_lost_));
  }

  answer_guard(const answer_guard&) = delete;
  answer_guard& operator=(const answer_guard&) = delete;

  void operator()(Result result) {
    if (!answered_.exchange(true))
      answer_(std::move(result));
  }

private:
  std::function<void(Result)> answer_;
  Result if_lost_;
  std::atomic<bool> answered_ = false;
};

/// A copyable function whose copies share one guard.
template <class Result>
std::function<void(Result)> guarded(std::function<void(Result)> answer, Result if_lost) {
  auto guard = std::make_shared<answer_guard<Result>>(std::move(answer), std::move(if_lost));
  return [guard](Result result) { (*guard)(std::move(result)); };
}

} // namespace troupe::actors
