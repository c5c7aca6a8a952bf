#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "storage/sqlite/erasure.hpp"
#include "storage/sqlite/event_chain.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// Removes what removed tenants and users have left, piece by piece. `meta` holds who they are and how far each one's
/// removal has come, so that any process may go on with it. All members are called inside a write transaction.
class removal {
public:
  explicit removal(connection& on);

  /// Notes that this tenant's rows are to go. Its settings and its key must be gone already.
  void begin(std::int64_t tenant);
  /// The same for a user's conversations: nothing can be appended to them any more.
  void begin_user(std::int64_t user);

  /// Removes at most `count` rows, or rewrites a bounded part of a full-text index so that words of removed documents
  /// leave it. 0 = nothing is left to do.
  std::size_t go_on(std::size_t count);

private:
  /// Numbers are stored.
  enum class phase : std::uint8_t {
    rows,
    gather_ticket_words, ///< all parts of the index become inputs of one merge
    merge_ticket_words,
    gather_article_words,
    merge_article_words,
    done,
  };

  std::size_t go_on_with_users(std::size_t count);
  std::size_t remove_rows(std::int64_t tenant, std::size_t count);
  /// @param heads, drop find some of an owner's journals, delete one's head
  std::size_t remove_journals(statement& heads, statement& drop, std::int64_t owner, std::size_t count);
  std::size_t remove_assets(std::int64_t tenant, std::size_t count);
  std::size_t drop_some(statement& drop, std::int64_t tenant, std::size_t count);
  /// @param rows, forget, remove of one kind of document: find some, take one's words from the index, delete one
  std::size_t remove_documents(std::int64_t tenant, std::size_t count, statement& rows, statement& forget,
                               statement& remove);
  phase after(phase now, std::int64_t tenant, std::size_t count, std::size_t& worked);
  /// Whether the merge had something to do.
  bool merge(statement& index, int pages);
  void finish(std::int64_t tenant);

  connection& on_;
  event_chain events_;
  erasure erasure_;
  statement begin_;
  statement begin_user_;
  statement fence_user_;
  statement next_;
  statement next_user_;
  statement advance_;
  statement finish_;
  statement finish_user_;
  statement forget_state_;
  statement jobs_;
  statement drop_job_;
  statement conversations_;
  statement conversations_of_user_;
  statement drop_conversation_;
  statement drop_keys_;
  statement drop_tokens_;
  statement drop_calls_;
  statement drop_days_;
  statement drop_spenders_;
  statement drop_budgets_;
  statement drop_notes_;
  statement drop_assets_;
  statement drop_addresses_;
  statement tickets_;
  statement forget_ticket_;
  statement drop_ticket_;
  statement articles_;
  statement forget_article_;
  statement drop_article_;
  statement merge_tickets_;
  statement merge_articles_;
  statement changes_;
};

} // namespace troupe::storage::sqlite
