#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace troupe::actors {

/// A bounded queue that serves its keys (tenants) in turn: one key's burst delays another's next item by at most one
/// item per key that waits. Within a key the higher level goes first, then first in, first out. Plain logic: one owner,
/// no thread safety.
/// Round-robin as in deficit round robin (Shreedhar and Varghese, 1995) with a quantum of one item.
/// @tparam Levels how many levels of urgency there are
template <class T, std::size_t Levels = 1>
class fair_queue {
public:
  /// @param limit items in all; `push` refuses beyond
  explicit fair_queue(std::size_t limit) : limit_{limit} {}

  /// False when the queue is full.
  /// @param level 0 (least urgent) to `Levels - 1`
  bool push(std::string_view key, T item, std::size_t level = 0) {
    if (size_ >= limit_)
      return false;
    auto found = lanes_.find(std::string{key});
    if (found == lanes_.end()) {
      turns_.push_back(std::string{key});
      found = lanes_.emplace(turns_.back(), lane{{}, 0, std::prev(turns_.end())}).first;
    }
    found->second.levels[level].push_back(std::move(item));
    ++found->second.size;
    ++size_;
    return true;
  }

  /// The next item of the key whose turn it is. `may` tells whether a key may be served now; without one, all may.
  std::optional<T> pop(const std::function<bool(const std::string&)>& may = nullptr) {
    for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
      if (may && !may(*turn))
        continue;
      auto found = lanes_.find(*turn);
      auto item = found->second.take();
      --size_;
      if (found->second.size == 0) {
        lanes_.erase(found);
        turns_.erase(turn);
      } else {
        turns_.splice(turns_.end(), turns_, turn);
      }
      return item;
    }
    return std::nullopt;
  }

  std::size_t size() const noexcept {
    return size_;
  }

  bool empty() const noexcept {
    return size_ == 0;
  }

  std::size_t room() const noexcept {
    return limit_ - size_;
  }

private:
  struct lane {
    std::array<std::deque<T>, Levels> levels;
    std::size_t size = 0;
    std::list<std::string>::iterator turn;

    T take() {
      auto level = levels.rbegin();
      while (level->empty())
        ++level;
      auto item = std::move(level->front());
      level->pop_front();
      --size;
      return item;
    }
  };

  std::size_t limit_;
  std::size_t size_ = 0;
  std::list<std::string> turns_; // keys with items, next one first
  std::unordered_map<std::string, lane> lanes_;
};

} // namespace troupe::actors
