#include "storage/sqlite/connection.hpp"

#include "storage/sqlite/posting_lists.hpp"
#include "storage/sqlite/tokenizer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <thread>

#include <sqlite3.h>

namespace troupe::storage::sqlite {

namespace {

constexpr int page_size = 8'192;
/// WAL pages after which a commit copies them into the database: the more, the fewer copies of pages that change often.
constexpr int checkpoint_pages = 2'000;

/// Counting every allocation takes a process-wide lock; nobody reads the counts. Must precede everything else.
void configure_library() {
  static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(once);
}

/// SQLite would throw the log of a database away whose file isn't there, with all that is only in it.
void refuse_log_without_database(const std::string& path) {
  const auto size = [](const std::string& file) {
    std::error_code none;
    const auto bytes = std::filesystem::file_size(file, none);
    return none ? 0 : bytes;
  };
  // In this order: another process may be making a new database, whose first page precedes its log.
  const auto log = path + "-wal";
  if (size(log) > 0 && size(path) == 0)
    throw error{fault::unavailable, path + " is missing or empty, but " + log
                                        + " is there, its log: put the database back, or remove the log to begin anew"};
}

/// A new database is its owner's alone, and so are the files that SQLite makes beside it: tickets lie in it as they
/// are. One that is there keeps its mode.
void make_private(const std::string& path) {
  if (const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); file >= 0)
    ::close(file);
}

} // namespace

fault fault_of(int code) noexcept {
  switch (code & 0xff) {
  case SQLITE_FULL:
    return fault::full;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_ERROR: // such as a table that is gone: our statements themselves are right
    return fault::corrupt;
  case SQLITE_CONSTRAINT:
  case SQLITE_TOOBIG:
  case SQLITE_MISMATCH:
    return fault::refused;
  default: // BUSY, LOCKED, IOERR, CANTOPEN, NOMEM, READONLY, PERM, PROTOCOL
    return fault::unavailable;
  }
}

connection::connection(const connection_options& options) : path_{options.path}, busy_timeout_{options.busy_timeout} {
  configure_library();
  refuse_log_without_database(path_);
  make_private(path_);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path_.c_str(), &handle_, flags, nullptr);
  try {
    if (code != SQLITE_OK)
      fail(code);
    set_up(options);
  } catch (...) {
    close();
    throw;
  }
}

connection::~connection() {
  close();
}

void connection::close() noexcept {
  for (auto* compiled : frames_)
    sqlite3_finalize(compiled);
  sqlite3_close_v2(handle_);
}

void connection::set_up(const connection_options& options) {
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_handler(handle_, &connection::wait_a_moment, this);
  // Ticket text reaches full-text queries: no attached databases, no loadable code, no edits of the schema tables.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 0);
  register_tokenizer(handle_);
  register_posting_reader(handle_);
  execute(("PRAGMA page_size=" + std::to_string(page_size)).c_str());
  enter_wal_mode();
  execute("PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=FAST; PRAGMA trusted_schema=OFF");
  execute(("PRAGMA cache_size=-" + std::to_string(options.cache_kibibytes)).c_str());
  execute(("PRAGMA wal_autocheckpoint=" + std::to_string(checkpoint_pages)).c_str());
  if (options.size_limit > 0)
    execute(("PRAGMA max_page_count=" + std::to_string(options.size_limit / page_size + 1)).c_str());
  if (options.read_only)
    execute("PRAGMA query_only=ON");
}

/// Changing the mode needs the file alone and doesn't ask the busy handler: two processes may open a new database at
/// the same moment.
void connection::enter_wal_mode() {
  for (int attempt = 0;; ++attempt) {
    const int code = sqlite3_exec(handle_, "PRAGMA journal_mode=WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK)
      return;
    if ((code & 0xff) != SQLITE_BUSY || wait_a_moment(this, attempt) == 0)
      fail(code);
  }
}

/// SQLite's own handler waits up to 100 ms between looks; importers leave gaps of a few milliseconds.
int connection::wait_a_moment(void* self, int attempt) {
  auto& me = *static_cast<connection*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (attempt == 0)
    me.busy_since_ = now;
  if (now - me.busy_since_ >= me.busy_timeout_)
    return 0;
  std::this_thread::sleep_for(std::chrono::microseconds{attempt < 100 ? 500 : 2'000});
  return 1;
}

void connection::execute(const char* sql) {
  if (const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
    fail(code);
}

int connection::step(frame what) noexcept {
  static constexpr const char* texts[] = {"BEGIN IMMEDIATE", "BEGIN", "COMMIT", "ROLLBACK"};
  auto*& compiled = frames_[static_cast<std::size_t>(what)];
  if (!compiled) {
    const auto* text = texts[static_cast<std::size_t>(what)];
    if (const int code = sqlite3_prepare_v3(handle_, text, -1, SQLITE_PREPARE_PERSISTENT, &compiled, nullptr);
        code != SQLITE_OK)
      return code;
  }
  const int code = sqlite3_step(compiled);
  sqlite3_reset(compiled);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

void connection::run(frame what) {
  if (const int code = step(what); code != SQLITE_OK)
    fail(code);
}

void connection::end(frame what) noexcept {
  // SQLite has ended the transaction by itself after some errors.
  if (sqlite3_get_autocommit(handle_) == 0)
    step(what);
}

std::int64_t connection::number_of(const char* sql) {
  sqlite3_stmt* compiled = nullptr;
  if (const int code = sqlite3_prepare_v2(handle_, sql, -1, &compiled, nullptr); code != SQLITE_OK)
    fail(code);
  const int code = sqlite3_step(compiled);
  const auto result = code == SQLITE_ROW ? sqlite3_column_int64(compiled, 0) : 0;
  sqlite3_finalize(compiled);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    fail(code);
  return result;
}

std::int64_t connection::changes() const noexcept {
  return sqlite3_changes64(handle_);
}

void connection::check_still_there() {
  int moved = 0;
  sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved != 0)
    throw error{fault::unavailable, path_ + " was moved or removed while in use: put it back or restart"};
}

void connection::fail(int code) const {
  const char* text = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  const int system = (code & 0xff) == SQLITE_CANTOPEN && handle_ ? sqlite3_system_errno(handle_) : 0;
  const auto why = system != 0 ? ": " + std::system_category().message(system) : std::string{};
  throw error{fault_of(code), path_ + ": " + text + why + " (SQLite " + std::to_string(code) + ')'};
}

write_transaction::write_transaction(connection& on) : on_{on} {
  on_.run(connection::frame::begin_write);
}

write_transaction::~write_transaction() {
  if (open_)
    on_.end(connection::frame::rollback);
}

void write_transaction::commit() {
  on_.run(connection::frame::commit);
  open_ = false;
}

read_transaction::read_transaction(connection& on) : on_{on} {
  on_.run(connection::frame::begin_read);
}

read_transaction::~read_transaction() {
  on_.end(connection::frame::commit);
}

} // namespace troupe::storage::sqlite
