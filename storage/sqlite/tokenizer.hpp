#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct fts5_api;

namespace troupe::storage::sqlite {

/// Between a tenant's number and the text in all that goes into the full-text indices.
inline constexpr char tenant_separator = '\x1f';

/// Full-text search's own interface. Throws `error{fault::unavailable}` in a SQLite without it.
fts5_api* full_text_api(sqlite3* handle);

/// Makes the tokenizer `troupe` known to a connection: the tokens of `storage::text`, each with the tenant's number
/// before it, so that in one index every tenant has words of its own and a query costs what its own documents cost.
/// What is asked for has its units as wholes only. Text without a tenant's number has no tokens.
void register_tokenizer(sqlite3* handle);

/// The tokens of a text as the index holds them, at most `limit`.
std::vector<std::string> tokens_of(std::int64_t tenant, std::string_view text, std::size_t limit);

/// The text as a full-text expression that matches exactly its tokens in their order: one quoted string, whatever is in
/// it.
std::string quoted(std::int64_t tenant, std::string_view text);

} // namespace troupe::storage::sqlite
