#pragma once

#include <memory>
#include <utility>

#include "storage/types.hpp"

namespace troupe::actors {

/// Something that is done with a connection to storage, on the thread that owns it.
/// @tparam Connection `storage::reader` or `storage::writer`
template <class Connection>
class storage_task {
public:
  virtual ~storage_task() = default;

  /// May block. What it throws as `storage::error` goes to `failed`; what else it throws ends the connection's actor,
  /// which is restarted.
  virtual void run(Connection& db) = 0;

  /// The task could not be done, or wasn't even started. Must be cheap, and must not throw.
  virtual void failed(const storage::error& why) = 0;
};

/// A task of two functions: `work(Connection&)` and `failed(const storage::error&)`.
template <class Connection, class Work, class Failed>
std::unique_ptr<storage_task<Connection>> make_storage_task(Work work, Failed failed) {
  struct impl final : storage_task<Connection> {
    impl(Work w, Failed f) : work_{std::move(w)}, failed_{std::move(f)} {}
    void run(Connection& db) override {
      work_(db);
    }
    void failed(const storage::error& why) override {
      failed_(why);
    }
    Work work_;
    Failed failed_;
  };
  return std::make_unique<impl>(std::move(work), std::move(failed));
}

} // namespace troupe::actors
