#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "measures.hpp"

struct sqlite3;

namespace troupe::testing {

/// What FTS5 offers by itself: its Porter tokenizer and its `bm25`, all words but stop words joined by OR.
class plain_index {
public:
  explicit plain_index(const std::filesystem::path& tickets);

  std::vector<std::string> rank(const judged_query& query) const;

private:
  struct close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, close> handle_;
};

} // namespace troupe::testing
