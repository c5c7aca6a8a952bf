#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace troupe::simulation {

/// What the world outside of the engine will do, by virtual time; of the same moment in the order of planning.
class timeline {
public:
  using moment = std::chrono::nanoseconds; ///< since the world began

  void at(moment when, std::function<void()> what) {
    planned_.push_back({when, ++last_, std::move(what)});
    std::push_heap(planned_.begin(), planned_.end(), later);
  }

  std::optional<moment> next() const {
    return planned_.empty() ? std::nullopt : std::optional{planned_.front().when};
  }

  /// Takes the first event if it is due.
  std::function<void()> take(moment now) {
    if (planned_.empty() || planned_.front().when > now)
      return nullptr;
    std::pop_heap(planned_.begin(), planned_.end(), later);
    auto what = std::move(planned_.back().what);
    planned_.pop_back();
    return what;
  }

private:
  struct entry {
    moment when;
    std::uint64_t number;
    std::function<void()> what;
  };

  static bool later(const entry& a, const entry& b) {
    return a.when != b.when ? a.when > b.when : a.number > b.number;
  }

  std::vector<entry> planned_;
  std::uint64_t last_ = 0;
};

} // namespace troupe::simulation
