#include "storage/integrity.hpp"

#include "storage/sqlite/backend.hpp"
#include "storage/sqlite/statement.hpp"

#include <sqlite3.h>

namespace troupe::storage {

namespace {

constexpr int steps_between_calls = 100'000;

int tell(void* working) {
  (*static_cast<const std::function<void()>*>(working))();
  return 0;
}

} // namespace

std::vector<std::string> find_damage(const open_options& options, std::size_t limit,
                                     const std::function<void()>& working) {
  auto to = sqlite::connection_to(options);
  to.read_only = true;
  sqlite::connection on{to};
  if (working)
    // SQLite only passes the pointer on.
    sqlite3_progress_handler(on.handle(), steps_between_calls, tell, const_cast<std::function<void()>*>(&working));
  std::vector<std::string> damage;
  const auto sql = "PRAGMA quick_check(" + std::to_string(limit) + ')';
  sqlite::statement check{on, sql.c_str()};
  try {
    auto row = check.rows();
    while (row.next())
      damage.push_back(row.string(0));
  } catch (const error& e) {
    if (e.kind() != fault::corrupt)
      throw;
    damage.emplace_back(e.what());
  }
  if (damage.size() == 1 && damage.front() == "ok")
    damage.clear();
  return damage;
}

} // namespace troupe::storage
