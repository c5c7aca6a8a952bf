#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "storage/types.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace troupe::storage::sqlite {

/// Which SQLite result means which fault.
fault fault_of(int code) noexcept;

struct connection_options {
  std::string path;
  std::chrono::milliseconds busy_timeout{2'000};
  std::uint64_t size_limit = 0; ///< bytes; 0 = none
  bool read_only = false;
  int cache_kibibytes = 4'096;
};

/// An open database file. One thread at a time.
class connection {
public:
  /// Opens or creates the file and sets the connection up; touches no table. Throws `error`.
  explicit connection(const connection_options& options);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Runs statements that have no parameters and whose rows don't matter.
  void execute(const char* sql);

  /// The frame of a transaction, compiled once. `end` gives up quietly what can't be kept.
  enum class frame : std::uint8_t { begin_write, begin_read, commit, rollback };
  void run(frame what);
  void end(frame what) noexcept;

  /// The first column of the first row of a fixed statement, 0 without rows.
  std::int64_t number_of(const char* sql);

  /// Rows that the last INSERT, UPDATE or DELETE changed.
  std::int64_t changes() const noexcept;

  /// How long another process's transaction is waited for from now on; returns how long it was before.
  std::chrono::milliseconds wait_for(std::chrono::milliseconds at_most) noexcept {
    return std::exchange(busy_timeout_, at_most);
  }

  /// Throws `error{fault::unavailable}` when the file was moved or removed under us: what is written to it then is
  /// lost.
  void check_still_there();

  /// Throws what `code` means, with SQLite's words.
  [[noreturn]] void fail(int code) const;

  sqlite3* handle() const noexcept {
    return handle_;
  }

  const std::string& path() const noexcept {
    return path_;
  }

private:
  static int wait_a_moment(void* self, int attempt);

  void set_up(const connection_options& options);
  int step(frame what) noexcept;
  void close() noexcept;
  void enter_wal_mode();

  sqlite3* handle_ = nullptr;
  std::array<sqlite3_stmt*, 4> frames_{};
  std::string path_;
  std::chrono::milliseconds busy_timeout_;
  std::chrono::steady_clock::time_point busy_since_;
};

/// A write transaction that holds the write lock from its start. Rolls back unless committed.
class write_transaction {
public:
  explicit write_transaction(connection& on);
  ~write_transaction();
  write_transaction(const write_transaction&) = delete;
  write_transaction& operator=(const write_transaction&) = delete;

  /// Durable when it returns. Throws `error`; nothing was written then.
  void commit();

private:
  connection& on_;
  bool open_ = true;
};

/// Sees one state of the database from its first read to its end.
class read_transaction {
public:
  explicit read_transaction(connection& on);
  ~read_transaction();
  read_transaction(const read_transaction&) = delete;
  read_transaction& operator=(const read_transaction&) = delete;

private:
  connection& on_;
};

} // namespace troupe::storage::sqlite
