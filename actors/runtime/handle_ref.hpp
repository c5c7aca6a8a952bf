#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>

namespace troupe::actors {

/// Where a supervised actor is found now: its supervisor puts the handle of each new life in and takes it out when it
/// ends. Copies share one cell. Any thread.
template <class Handle>
class handle_ref {
public:
  /// The handle of the present life; invalid while the actor is down. Don't keep it longer than one use.
  Handle get() const {
    std::lock_guard lock{cell_->mutex};
    return cell_->handle;
  }

  void set(Handle handle) {
    // The old handle may be the last one: it is let go outside of the lock.
    std::lock_guard lock{cell_->mutex};
    std::swap(cell_->handle, handle);
  }

  void clear() {
    set(Handle{});
  }

  explicit operator bool() const {
    return static_cast<bool>(get());
  }

private:
  struct cell {
    mutable std::mutex mutex;
    Handle handle;
  };

  std::shared_ptr<cell> cell_ = std::make_shared<cell>();
};

} // namespace troupe::actors
