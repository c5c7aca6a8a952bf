#include "sqlite/database.hpp"

#include <stdlib.h>

#include <stdexcept>

#include <sqlite3.h>

namespace troupe::storage::testing {

std::unique_ptr<test_database> make_database() {
  return std::make_unique<sqlite_database>();
}

temporary_folder::temporary_folder() {
  auto name = (std::filesystem::temp_directory_path() / "troupe-storage-XXXXXX").string();
  if (!::mkdtemp(name.data()))
    throw std::runtime_error{"no temporary folder"};
  path_ = name;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

open_options sqlite_database::options() const {
  open_options result;
  result.url = "sqlite:" + file().string();
  result.master_key = first_master_key;
  result.busy_timeout = std::chrono::milliseconds{20};
  return result;
}

void sqlite_database::run(const std::string& sql) const {
  stranger{file()}.run(sql);
}

std::string sqlite_database::ask(const std::string& sql) const {
  return stranger{file()}.ask(sql);
}

stranger::stranger(const std::filesystem::path& file) {
  if (sqlite3_open(file.c_str(), &handle_) != SQLITE_OK)
    throw std::runtime_error{"the stranger can't open the database"};
}

stranger::~stranger() {
  sqlite3_close_v2(handle_);
}

void stranger::run(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error{sqlite3_errmsg(handle_)};
}

std::string stranger::ask(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    throw std::runtime_error{sqlite3_errmsg(handle_)};
  std::string result;
  if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
    result.assign(static_cast<const char*>(sqlite3_column_blob(statement, 0)),
                  static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)));
  sqlite3_finalize(statement);
  return result;
}

} // namespace troupe::storage::testing
