#pragma once

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
/// item per key that waits. First in, first out within a key. Plain logic: one owner, no thread safety.
/// Round-robin as in deficit round robin (Shreedhar and Varghese, 1995) with a quantum of one item.
template <class T>
class fair_queue {
public:
  /// @param limit items in all; `push` refuses beyond
  explicit fair_queue(std::size_t limit) : limit_{limit} {}

  /// False when the queue is full.
  bool push(std::string_view key, T item) {
    if (size_ >= limit_)
      return false;
    auto found = lanes_.find(std::string{key});
    if (found == lanes_.end()) {
      turns_.push_back(std::string{key});
      found = lanes_.emplace(turns_.back(), lane{{}, std::prev(turns_.end())}).first;
    }
    found->second.items.push_back(std::move(item));
    ++size_;
    return true;
  }

  /// The next item of the key whose turn it is. `may` tells whether a key may be served now; without one, all may.
  std::optional<T> pop(const std::function<bool(const std::string&)>& may = nullptr) {
    for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
      if (may && !may(*turn))
        continue;
      auto found = lanes_.find(*turn);
      auto item = std::move(found->second.items.front());
      found->second.items.pop_front();
      --size_;
      if (found->second.items.empty()) {
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
    std::deque<T> items;
    std::list<std::string>::iterator turn;
  };

  std::size_t limit_;
  std::size_t size_ = 0;
  std::list<std::string> turns_; // keys with items, next one first
  std::unordered_map<std::string, lane> lanes_;
};

} // namespace troupe::actors
