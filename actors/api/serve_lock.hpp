#pragma once

#include <filesystem>

namespace troupe::actors::api {

/// Keeps two servers off one embedded database: whoever serves it holds a lock beside it, which ends with the process,
/// however that ends. Commands don't need it.
class serve_lock {
public:
  /// @param database its file; empty = not an embedded one, nothing is locked
  /// Throws `std::runtime_error` when another process serves it, or the lock's file can't be made.
  explicit serve_lock(const std::filesystem::path& database);
  ~serve_lock();

  serve_lock(const serve_lock&) = delete;
  serve_lock& operator=(const serve_lock&) = delete;

private:
  int file_ = -1;
};

} // namespace troupe::actors::api
