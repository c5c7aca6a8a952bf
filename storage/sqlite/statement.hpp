#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/sqlite/connection.hpp"
#include "storage/types.hpp"

namespace troupe::storage::sqlite {

/// Bytes as distinct from text.
struct blob {
  std::string_view bytes;
};

/// An object of ours for a function of ours, under the name of its type.
struct pointer {
  void* to;
  const char* type;
};

/// A prepared statement, compiled when first used. Its text is a constant of the program: values travel as parameters
/// only.
class statement {
public:
  statement(connection& on, const char* sql) : on_{on}, sql_{sql} {}
  ~statement();
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  /// One execution: bound values must outlive it, columns are valid until the next `next`.
  class run {
  public:
    explicit run(statement& of) : of_{of} {}
    ~run();
    run(const run&) = delete;
    run& operator=(const run&) = delete;

    /// True while there is a row. Throws `error`.
    bool next();

    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string_view text(int column) const;
    std::string string(int column) const {
      return std::string{text(column)};
    }
    bool null(int column) const;
    timestamp time(int column) const {
      return timestamp{std::chrono::milliseconds{integer(column)}};
    }

  private:
    statement& of_;
  };

  /// Binds in order and gives the run to step through.
  template <class... Values>
  run rows(const Values&... values) {
    compile();
    int position = 0;
    (bind(++position, values), ...);
    return run{*this};
  }

  /// Runs to the end.
  template <class... Values>
  void execute(const Values&... values) {
    auto all = rows(values...);
    while (all.next()) {
    }
  }

private:
  void compile();
  void bind(int position, std::int64_t value);
  void bind(int position, double value);
  void bind(int position, std::string_view value);
  void bind(int position, blob value);
  void bind(int position, std::nullptr_t);
  void bind(int position, pointer value);
  void bind(int position, timestamp value) {
    bind(position, static_cast<std::int64_t>(value.time_since_epoch().count()));
  }
  void bind(int position, const char* value) {
    bind(position, std::string_view{value});
  }
  template <class Integer>
  requires std::is_integral_v<Integer> || std::is_enum_v<Integer>
  void bind(int position, Integer value) {
    bind(position, static_cast<std::int64_t>(value));
  }
  template <class Value>
  void bind(int position, const std::optional<Value>& value) {
    if (value)
      bind(position, *value);
    else
      bind(position, nullptr);
  }

  connection& on_;
  const char* sql_;
  sqlite3_stmt* compiled_ = nullptr;
};

} // namespace troupe::storage::sqlite
