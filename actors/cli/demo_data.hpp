#pragma once

#include <filesystem>
#include <string>

#include "storage/backend.hpp"

namespace troupe::actors::cli {

/// Where a demonstration keeps its database: the folder asked for, or a new one that is removed with all in it.
class demo_folder {
public:
  /// @param asked empty = a new temporary one. Throws `failure`.
  explicit demo_folder(const std::filesystem::path& asked);
  ~demo_folder();
  demo_folder(const demo_folder&) = delete;
  demo_folder& operator=(const demo_folder&) = delete;

  const std::filesystem::path& path() const {
    return path_;
  }
  bool temporary() const {
    return temporary_;
  }

private:
  std::filesystem::path path_;
  bool temporary_ = false;
};

/// The folder with the sample data: `asked`, or what lies in the sources that this program was built from. Throws
/// `failure` when it isn't there.
std::filesystem::path samples_folder(const std::filesystem::path& asked);

/// Adds the tenant `demo` with troupe's own desk unless it is there, and imports what the folder has of
/// `{tickets,articles,assets}.{jsonl,csv}`. Throws `failure`. @return the tenant
storage::tenant prepare_demo(storage::backend& database, const std::filesystem::path& samples);

} // namespace troupe::actors::cli
