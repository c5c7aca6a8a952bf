#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "fixture.hpp"

struct sqlite3;

namespace troupe::storage::testing {

/// A folder that goes away with everything in it.
class temporary_folder {
public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

private:
  std::filesystem::path path_;
};

inline const config::secret first_master_key{std::string(32, 'k')};
inline const config::secret second_master_key{std::string(32, 'n')};

class sqlite_database final : public test_database {
public:
  open_options options() const override;

  std::filesystem::path file() const {
    return folder_ / "troupe.db";
  }

  /// Runs SQL behind the back of the code under test.
  void run(const std::string& sql) const;
  /// The first column of the first row.
  std::string ask(const std::string& sql) const;

private:
  temporary_folder folder_;
};

/// A connection of another program. It waits for nobody.
class stranger {
public:
  explicit stranger(const std::filesystem::path& file);
  ~stranger();
  stranger(const stranger&) = delete;
  stranger& operator=(const stranger&) = delete;

  void run(const std::string& sql);
  std::string ask(const std::string& sql);

private:
  sqlite3* handle_ = nullptr;
};

} // namespace troupe::storage::testing
