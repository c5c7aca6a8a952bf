#include "plain_index.hpp"

#include <cctype>
#include <fstream>
#include <set>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <sqlite3.h>

namespace troupe::testing {

namespace {

const std::set<std::string> stop_words{"a",    "an",   "and",   "are",  "as",    "at",    "be",   "but",  "by", "for",
                                       "from", "has",  "have",  "i",    "if",    "in",    "into", "is",   "it", "its",
                                       "me",   "my",   "no",    "not",  "of",    "on",    "or",   "our",  "so", "such",
                                       "that", "the",  "their", "then", "there", "these", "they", "this", "to", "was",
                                       "we",   "were", "will",  "with", "you",   "your"};

class statement {
public:
  statement(sqlite3* handle, const char* sql) {
    if (sqlite3_prepare_v2(handle, sql, -1, &compiled_, nullptr) != SQLITE_OK)
      throw std::runtime_error{sqlite3_errmsg(handle)};
  }
  ~statement() {
    sqlite3_finalize(compiled_);
  }
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  void bind(int place, const std::string& text) {
    sqlite3_bind_text(compiled_, place, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  }
  bool step() {
    return sqlite3_step(compiled_) == SQLITE_ROW;
  }
  void reset() {
    sqlite3_reset(compiled_);
  }
  std::string text(int column) {
    return reinterpret_cast<const char*>(sqlite3_column_text(compiled_, column));
  }

private:
  sqlite3_stmt* compiled_ = nullptr;
};

} // namespace

void plain_index::close::operator()(sqlite3* handle) const {
  sqlite3_close(handle);
}

plain_index::plain_index(const std::filesystem::path& tickets) {
  sqlite3* opened = nullptr;
  sqlite3_open(":memory:", &opened);
  handle_.reset(opened);
  statement{opened, "CREATE VIRTUAL TABLE plain USING fts5(id UNINDEXED, subject, description, resolution, "
                    "tokenize='porter unicode61')"}
      .step();
  statement insert{opened, "INSERT INTO plain VALUES (?1, ?2, ?3, ?4)"};
  std::ifstream lines{tickets};
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);
    int place = 0;
    for (const auto* field : {"id", "subject", "description", "resolution"})
      insert.bind(++place, object.at(field).get<std::string>());
    insert.step();
    insert.reset();
  }
}

std::vector<std::string> plain_index::rank(const judged_query& query) const {
  std::string expression;
  std::string word;
  for (const char c : query.subject + ' ' + query.description + ' ') {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || byte >= 0x80) {
      word += static_cast<char>(std::tolower(byte));
      continue;
    }
    if (!word.empty() && !stop_words.contains(word))
      expression += (expression.empty() ? "\"" : " OR \"") + word + '"';
    word.clear();
  }
  std::vector<std::string> result;
  statement ask{handle_.get(), "SELECT id FROM plain WHERE plain MATCH ?1 ORDER BY bm25(plain) LIMIT ?2"};
  ask.bind(1, expression);
  ask.bind(2, std::to_string(depth));
  while (ask.step())
    result.push_back(ask.text(0));
  return result;
}

} // namespace troupe::testing
