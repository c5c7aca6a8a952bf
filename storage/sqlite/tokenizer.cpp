#include "storage/sqlite/tokenizer.hpp"

#include "storage/text/tokens.hpp"
#include "storage/types.hpp"

#include <new>
#include <utility>

#include <sqlite3.h>

namespace troupe::storage::sqlite {

namespace {

constexpr const char* name = "troupe";

using token_sink = int (*)(void*, int, const char*, int, int, int);

/// A token on its way to the index, behind its tenant's number.
struct prefixed {
  std::string text;
  int start;
  int end;
  bool same_place; ///< as the token before it
};

/// The tokens of a text as `storage::text` cuts it, each behind the prefix.
class prefixing {
public:
  prefixing(std::string prefix, std::string_view text) : prefix_{std::move(prefix)}, text_{text} {}

  /// All tokens: a unit stands in the place of its last part.
  std::vector<prefixed> of_document() {
    text::tokenize(text_, [this](const text::token& what) {
      put(what, !tokens_.empty() && what.position == position_);
      position_ = what.position;
    });
    return std::move(tokens_);
  }

  /// What is asked for: a unit as a whole, without its parts.
  std::vector<prefixed> of_query() {
    text::tokenize(text_, [this](const text::token& what) {
      const auto start = offset(what.source.data());
      while (what.kind == text::token_kind::unit && !tokens_.empty() && tokens_.back().start >= start)
        tokens_.pop_back();
      put(what, false);
    });
    return std::move(tokens_);
  }

private:
  int offset(const char* place) const {
    return static_cast<int>(place - text_.data());
  }

  void put(const text::token& what, bool same_place) {
    const auto start = offset(what.source.data());
    tokens_.push_back(
        {prefix_ + std::string{what.text}, start, start + static_cast<int>(what.source.size()), same_place});
  }

  std::string prefix_;
  std::string_view text_;
  std::vector<prefixed> tokens_;
  std::size_t position_ = 0;
};

int create(void*, const char**, int, Fts5Tokenizer** out) {
  // It keeps nothing, but SQLite wants an address.
  static char nothing;
  *out = reinterpret_cast<Fts5Tokenizer*>(&nothing);
  return SQLITE_OK;
}

void destroy(Fts5Tokenizer*) {}

int tokenize(Fts5Tokenizer*, void* context, int flags, const char* given, int size, token_sink sink) try {
  const std::string_view all{given ? given : "", static_cast<std::size_t>(size)};
  const auto digits = all.find_first_not_of("0123456789");
  if (digits == 0 || digits == all.npos || all[digits] != tenant_separator)
    return SQLITE_OK;
  prefixing tokens{std::string{all.substr(0, digits)} + ':', all.substr(digits + 1)};
  const auto offset = static_cast<int>(digits + 1);
  for (const auto& token : (flags & FTS5_TOKENIZE_QUERY) != 0 ? tokens.of_query() : tokens.of_document()) {
    const int code = sink(context, token.same_place ? FTS5_TOKEN_COLOCATED : 0, token.text.data(),
                          static_cast<int>(token.text.size()), token.start + offset, token.end + offset);
    if (code != SQLITE_OK)
      return code;
  }
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

struct collected {
  std::vector<std::string> tokens;
  std::size_t limit;
};

int collect(void* context, int, const char* token, int size, int, int) {
  auto& to = *static_cast<collected*>(context);
  if (to.tokens.size() == to.limit)
    return SQLITE_DONE;
  to.tokens.emplace_back(token, static_cast<std::size_t>(size));
  return SQLITE_OK;
}

std::string with_tenant(std::int64_t tenant, std::string_view text) {
  auto result = std::to_string(tenant);
  result.push_back(tenant_separator);
  result.append(text);
  return result;
}

} // namespace

fts5_api* full_text_api(sqlite3* handle) {
  fts5_api* result = nullptr;
  sqlite3_stmt* ask = nullptr;
  if (sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &ask, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(ask, 1, &result, "fts5_api_ptr", nullptr);
    sqlite3_step(ask);
  }
  sqlite3_finalize(ask);
  if (!result)
    throw error{fault::unavailable, "this SQLite has no full-text search (FTS5)"};
  return result;
}

void register_tokenizer(sqlite3* handle) {
  auto* api = full_text_api(handle);
  fts5_tokenizer functions{create, destroy, tokenize};
  if (api->xCreateTokenizer(api, name, nullptr, &functions, nullptr) != SQLITE_OK)
    throw error{fault::unavailable, "SQLite doesn't take the tokenizer"};
}

std::vector<std::string> tokens_of(std::int64_t tenant, std::string_view text, std::size_t limit) {
  collected to{{}, limit};
  const auto all = with_tenant(tenant, text);
  tokenize(nullptr, &to, FTS5_TOKENIZE_QUERY, all.data(), static_cast<int>(all.size()), collect);
  return std::move(to.tokens);
}

std::string quoted(std::int64_t tenant, std::string_view text) {
  std::string result{'"'};
  result += with_tenant(tenant, {});
  for (const char c : text) {
    if (c == '\0') // would end the expression
      result.push_back(' ');
    else if (c == '"')
      result += "\"\"";
    else
      result.push_back(c);
  }
  result.push_back('"');
  return result;
}

} // namespace troupe::storage::sqlite
