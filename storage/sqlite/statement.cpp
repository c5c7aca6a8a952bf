#include "storage/sqlite/statement.hpp"

#include <sqlite3.h>

namespace troupe::storage::sqlite {

statement::~statement() {
  sqlite3_finalize(compiled_);
}

void statement::compile() {
  if (compiled_)
    return;
  const int code = sqlite3_prepare_v3(on_.handle(), sql_, -1, SQLITE_PREPARE_PERSISTENT, &compiled_, nullptr);
  if (code != SQLITE_OK)
    on_.fail(code);
}

void statement::bind(int position, std::int64_t value) {
  sqlite3_bind_int64(compiled_, position, value);
}

void statement::bind(int position, double value) {
  sqlite3_bind_double(compiled_, position, value);
}

void statement::bind(int position, std::string_view value) {
  // A null pointer would bind NULL instead of the empty text.
  const int code = sqlite3_bind_text64(compiled_, position, value.empty() ? "" : value.data(), value.size(),
                                       SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK)
    on_.fail(code);
}

void statement::bind(int position, blob value) {
  const int code = sqlite3_bind_blob64(compiled_, position, value.bytes.empty() ? "" : value.bytes.data(),
                                       value.bytes.size(), SQLITE_STATIC);
  if (code != SQLITE_OK)
    on_.fail(code);
}

void statement::bind(int position, std::nullptr_t) {
  sqlite3_bind_null(compiled_, position);
}

void statement::bind(int position, pointer value) {
  sqlite3_bind_pointer(compiled_, position, value.to, value.type, nullptr);
}

statement::run::~run() {
  sqlite3_reset(of_.compiled_);
}

bool statement::run::next() {
  const int code = sqlite3_step(of_.compiled_);
  if (code == SQLITE_ROW)
    return true;
  if (code != SQLITE_DONE)
    of_.on_.fail(code);
  return false;
}

std::int64_t statement::run::integer(int column) const {
  return sqlite3_column_int64(of_.compiled_, column);
}

double statement::run::real(int column) const {
  return sqlite3_column_double(of_.compiled_, column);
}

std::string_view statement::run::text(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(of_.compiled_, column));
  return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(of_.compiled_, column))};
}

bool statement::run::null(int column) const {
  return sqlite3_column_type(of_.compiled_, column) == SQLITE_NULL;
}

} // namespace troupe::storage::sqlite
