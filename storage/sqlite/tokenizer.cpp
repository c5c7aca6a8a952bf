#include "storage/sqlite/tokenizer.hpp"

#include "storage/types.hpp"

#include <charconv>
#include <memory>
#include <new>

#include <sqlite3.h>

namespace troupe::storage::sqlite {

namespace {

constexpr const char* name = "troupe";
constexpr const char* base_name = "porter";

using token_sink = int (*)(void*, int, const char*, int, int, int);

/// The tokenizer that ours puts the tenant's number in front of.
struct tenant_tokenizer {
  fts5_tokenizer base;
  Fts5Tokenizer* instance = nullptr;
};

struct prefixing {
  void* context;
  token_sink sink;
  std::string token; ///< the prefix, then the token at hand
  std::size_t prefix;
  int offset; ///< of the text behind the prefix
};

int pass_on(void* context, int flags, const char* token, int size, int start, int end) {
  auto& to = *static_cast<prefixing*>(context);
  to.token.resize(to.prefix);
  to.token.append(token, static_cast<std::size_t>(size));
  return to.sink(to.context, flags, to.token.data(), static_cast<int>(to.token.size()), start + to.offset,
                 end + to.offset);
}

int create(void* api, const char**, int, Fts5Tokenizer** out) {
  auto* fts = static_cast<fts5_api*>(api);
  auto made = std::unique_ptr<tenant_tokenizer>{new (std::nothrow) tenant_tokenizer{}};
  if (!made)
    return SQLITE_NOMEM;
  void* context = nullptr;
  if (const int code = fts->xFindTokenizer(fts, base_name, &context, &made->base); code != SQLITE_OK)
    return code;
  const char* arguments[] = {"unicode61", "remove_diacritics", "2"};
  if (const int code = made->base.xCreate(context, arguments, 3, &made->instance); code != SQLITE_OK)
    return code;
  *out = reinterpret_cast<Fts5Tokenizer*>(made.release());
  return SQLITE_OK;
}

void destroy(Fts5Tokenizer* self) {
  auto* mine = reinterpret_cast<tenant_tokenizer*>(self);
  mine->base.xDelete(mine->instance);
  delete mine;
}

int tokenize(Fts5Tokenizer* self, void* context, int flags, const char* text, int size, token_sink sink) try {
  auto& mine = *reinterpret_cast<tenant_tokenizer*>(self);
  const std::string_view all{text ? text : "", static_cast<std::size_t>(size)};
  const auto digits = all.find_first_not_of("0123456789");
  if (digits == 0 || digits == all.npos || all[digits] != tenant_separator)
    return SQLITE_OK;
  prefixing to{context, sink, std::string{all.substr(0, digits)} + ':', digits + 1, static_cast<int>(digits + 1)};
  return mine.base.xTokenize(mine.instance, &to, flags, text + digits + 1, size - static_cast<int>(digits) - 1,
                             pass_on);
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
  if (api->xCreateTokenizer(api, name, api, &functions, nullptr) != SQLITE_OK)
    throw error{fault::unavailable, "SQLite doesn't take the tokenizer"};
}

std::vector<std::string> tokens_of(sqlite3* handle, std::int64_t tenant, std::string_view text, std::size_t limit) {
  Fts5Tokenizer* made = nullptr;
  if (create(full_text_api(handle), nullptr, 0, &made) != SQLITE_OK)
    throw error{fault::unavailable, "SQLite's tokenizer can't be made"};
  collected to{{}, limit};
  const auto all = with_tenant(tenant, text);
  tokenize(made, &to, FTS5_TOKENIZE_QUERY, all.data(), static_cast<int>(all.size()), collect);
  destroy(made);
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
