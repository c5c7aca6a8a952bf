#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace troupe::actors {

/// A bounded queue that shares what its items cost evenly among its keys (tenants), however many items each has: who
/// asks for little is served in between those who ask for much. Within a key first in, first out. Plain logic: one
/// owner, no thread safety.
/// Start-time fair queuing (Goyal, Vin and Cheng, 1996).
template <class T>
class weighted_queue {
public:
  /// @param limit items in all; `push` refuses beyond
  explicit weighted_queue(std::size_t limit) : limit_{limit} {}

  weighted_queue(weighted_queue&&) = default;
  weighted_queue& operator=(weighted_queue&&) = default;

  /// False when the queue is full.
  /// @param cost in any unit, the same for all items; 0 counts as 1
  bool push(std::string_view key, T item, std::uint64_t cost) {
    if (size_ >= limit_)
      return false;
    auto& known = *lanes_.try_emplace(std::string{key}).first;
    auto& its = known.second;
    if (its.items.empty()) {
      idle_.erase({its.start, &known});
      its.start = std::max(its.start, served_);
      turns_.emplace(turn{its.start, ++arrivals_}, &known);
    }
    its.items.emplace_back(std::move(item), std::max<std::uint64_t>(cost, 1));
    ++size_;
    return true;
  }

  /// The item that `pop` would give; null when there is none.
  const T* front() const {
    return turns_.empty() ? nullptr : &turns_.begin()->second->second.items.front().first;
  }

  std::optional<T> pop() {
    if (turns_.empty())
      return std::nullopt;
    auto& known = *turns_.begin()->second;
    auto& its = known.second;
    turns_.erase(turns_.begin());
    auto [item, cost] = std::move(its.items.front());
    its.items.pop_front();
    served_ = its.start;
    its.start += cost;
    if (its.items.empty())
      idle_.emplace(its.start, &known);
    else
      turns_.emplace(turn{its.start, ++arrivals_}, &known);
    --size_;
    forget_idle();
    return std::move(item);
  }

  std::size_t size() const noexcept {
    return size_;
  }

  bool empty() const noexcept {
    return size_ == 0;
  }

private:
  struct line {
    std::deque<std::pair<T, std::uint64_t>> items;
    std::uint64_t start = 0; ///< what the key had been served when its next item's turn comes
  };

  using turn = std::pair<std::uint64_t, std::uint64_t>; ///< start, and who came first
  using lanes = std::unordered_map<std::string, line>;
  using entry = typename lanes::value_type; ///< stays where it is

  /// Keys without items are remembered for as long as they have had more than others.
  void forget_idle() {
    while (!idle_.empty() && (idle_.begin()->first <= served_ || size_ == 0)) {
      lanes_.erase(lanes_.find(idle_.begin()->second->first));
      idle_.erase(idle_.begin());
    }
    if (size_ == 0)
      served_ = 0;
  }

  std::size_t limit_;
  std::size_t size_ = 0;
  std::uint64_t served_ = 0; ///< the start of the item that was served last
  std::uint64_t arrivals_ = 0;
  lanes lanes_;
  std::map<turn, entry*> turns_;                    ///< keys with items, next one first
  std::set<std::pair<std::uint64_t, entry*>> idle_; ///< keys without
};

} // namespace troupe::actors
