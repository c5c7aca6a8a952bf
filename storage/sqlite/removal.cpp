#include "storage/sqlite/removal.hpp"

#include "storage/sqlite/posting_lists.hpp"
#include "storage/sqlite/tokenizer.hpp"

#include <limits>
#include <utility>
#include <vector>

namespace troupe::storage::sqlite {

namespace {

/// Pages of a full-text index that one step of a merge writes: some megabytes.
constexpr int merge_pages = 500;

#define FORGET(table, a, b, c)                                                                                         \
  "INSERT INTO " table " (" table ", rowid, " a ", " b ", " c ") "                                                     \
  "VALUES ('delete', ?1, ?2 || ?3, ?2 || ?4, ?2 || ?5)"

} // namespace

removal::removal(connection& on)
    : on_{on}, events_{on}, erasure_{on}, begin_{on, "INSERT INTO meta VALUES ('removed:' || ?1, 0)"},
      begin_user_{on, "INSERT INTO meta VALUES ('removed_user:' || ?1, 0)"},
      // Another process may still know the heads of these journals: none of their numbers fits any more.
      fence_user_{on, "UPDATE conversations SET number = -number WHERE user = ?1"},
      next_{on,
            "SELECT CAST(substr(name, 9) AS INTEGER), value FROM meta WHERE name > 'removed:' AND name < 'removed;' "
            "ORDER BY name LIMIT 1"},
      next_user_{on, "SELECT CAST(substr(name, 14) AS INTEGER) FROM meta WHERE name > 'removed_user:' "
                     "AND name < 'removed_user;' ORDER BY name LIMIT 1"},
      advance_{on, "UPDATE meta SET value = ?2 WHERE name = 'removed:' || ?1"},
      finish_{on, "DELETE FROM meta WHERE name = 'removed:' || ?1"},
      finish_user_{on, "DELETE FROM meta WHERE name = 'removed_user:' || ?1"},
      forget_state_{on, "DELETE FROM document_state WHERE tenant = ?1"},
      jobs_{on, "SELECT entity, last_event FROM journals INDEXED BY journals_by_name WHERE tenant = ?1 LIMIT ?2"},
      drop_job_{on, "DELETE FROM journals WHERE entity = ?1"},
      conversations_{on, "SELECT entity, last_event FROM conversations INDEXED BY conversations_by_name "
                         "WHERE tenant = ?1 LIMIT ?2"},
      conversations_of_user_{on, "SELECT entity, last_event FROM conversations INDEXED BY conversations_of_user "
                                 "WHERE user = ?1 LIMIT ?2"},
      drop_conversation_{on, "DELETE FROM conversations WHERE entity = ?1"},
      drop_keys_{on, "DELETE FROM user_keys WHERE user IN (SELECT user FROM user_keys WHERE tenant = ?1 LIMIT ?2)"},
      drop_tokens_{on, "DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens "
                       "INDEXED BY tokens_of_user WHERE tenant = ?1 LIMIT ?2)"},
      drop_calls_{on, "DELETE FROM ledger WHERE call IN (SELECT call FROM ledger INDEXED BY ledger_by_run "
                      "WHERE tenant = ?1 LIMIT ?2)"},
      drop_days_{on, "DELETE FROM ledger_days WHERE tenant = ?1 AND (user, day) IN (SELECT user, day FROM ledger_days "
                     "WHERE tenant = ?1 LIMIT ?2)"},
      drop_spenders_{on, "DELETE FROM ledger_users WHERE user IN (SELECT user FROM ledger_users WHERE tenant = ?1 "
                         "LIMIT ?2)"},
      drop_budgets_{on, "DELETE FROM tenant_budgets WHERE tenant = ?1"},
      drop_notes_{on, "DELETE FROM local_notes WHERE note IN (SELECT note FROM local_notes INDEXED BY notes_by_tenant "
                      "WHERE tenant = ?1 LIMIT ?2)"},
      drop_assets_{on, "DELETE FROM assets WHERE asset IN (SELECT asset FROM asset_addresses WHERE tenant = ?1 "
                       "ORDER BY address LIMIT ?2)"},
      drop_addresses_{on, "DELETE FROM asset_addresses WHERE tenant = ?1 AND address IN (SELECT address "
                          "FROM asset_addresses WHERE tenant = ?1 ORDER BY address LIMIT ?2)"},
      tickets_{on, "SELECT doc, subject, description, resolution FROM ticket_history WHERE doc BETWEEN ?1 AND ?2 "
                   "LIMIT ?3"},
      forget_ticket_{on, FORGET("ticket_text", "subject", "description", "resolution")},
      drop_ticket_{on, "DELETE FROM ticket_history WHERE doc = ?1"},
      articles_{on, "SELECT doc, title, summary, body FROM articles WHERE doc BETWEEN ?1 AND ?2 LIMIT ?3"},
      forget_article_{on, FORGET("article_text", "title", "summary", "body")},
      drop_article_{on, "DELETE FROM articles WHERE doc = ?1"},
      merge_tickets_{on, "INSERT INTO ticket_text (ticket_text, rank) VALUES ('merge', ?1)"},
      merge_articles_{on, "INSERT INTO article_text (article_text, rank) VALUES ('merge', ?1)"},
      changes_{on, "SELECT total_changes()"} {}

void removal::begin(std::int64_t tenant) {
  erasure_.begin();
  begin_.execute(tenant);
}

void removal::begin_user(std::int64_t user) {
  erasure_.begin();
  fence_user_.execute(user);
  begin_user_.execute(user);
}

std::size_t removal::go_on(std::size_t count) {
  if (const auto worked = go_on_with_users(count); worked > 0)
    return worked;
  for (;;) {
    std::int64_t tenant = 0;
    auto now = phase::rows;
    {
      auto row = next_.rows();
      if (!row.next())
        return 0;
      tenant = row.integer(0);
      now = static_cast<phase>(row.integer(1));
    }
    std::size_t worked = 0;
    const auto then = after(now, tenant, count, worked);
    if (then == phase::done)
      finish(tenant);
    else if (then != now)
      advance_.execute(tenant, then);
    if (worked > 0)
      return worked;
  }
}

std::size_t removal::go_on_with_users(std::size_t count) {
  for (;;) {
    std::int64_t user = 0;
    {
      auto row = next_user_.rows();
      if (!row.next())
        return 0;
      user = row.integer(0);
    }
    if (const auto worked = remove_journals(conversations_of_user_, drop_conversation_, user, count); worked > 0)
      return worked;
    finish_user_.execute(user);
  }
}

removal::phase removal::after(phase now, std::int64_t tenant, std::size_t count, std::size_t& worked) {
  switch (now) {
  case phase::rows:
    worked = remove_rows(tenant, count);
    return worked > 0 ? now : phase::gather_ticket_words;
  case phase::gather_ticket_words:
    worked = merge(merge_tickets_, -merge_pages) ? 1 : 0;
    return phase::merge_ticket_words;
  case phase::merge_ticket_words:
    worked = merge(merge_tickets_, merge_pages) ? 1 : 0;
    return worked > 0 ? now : phase::gather_article_words;
  case phase::gather_article_words:
    worked = merge(merge_articles_, -merge_pages) ? 1 : 0;
    return phase::merge_article_words;
  case phase::merge_article_words:
    worked = merge(merge_articles_, merge_pages) ? 1 : 0;
    return worked > 0 ? now : phase::done;
  case phase::done:
    break;
  }
  return phase::done;
}

void removal::finish(std::int64_t tenant) {
  forget_state_.execute(tenant);
  drop_budgets_.execute(tenant);
  finish_.execute(tenant);
}

std::size_t removal::remove_rows(std::int64_t tenant, std::size_t count) {
  if (const auto jobs = remove_journals(jobs_, drop_job_, tenant, count); jobs > 0)
    return jobs;
  if (const auto talks = remove_journals(conversations_, drop_conversation_, tenant, count); talks > 0)
    return talks;
  for (auto* rest : {&drop_keys_, &drop_tokens_, &drop_calls_, &drop_days_, &drop_spenders_, &drop_notes_})
    if (const auto dropped = drop_some(*rest, tenant, count); dropped > 0)
      return dropped;
  if (const auto assets = remove_assets(tenant, count); assets > 0)
    return assets;
  if (const auto tickets = remove_documents(tenant, count, tickets_, forget_ticket_, drop_ticket_); tickets > 0)
    return tickets;
  return remove_documents(tenant, count, articles_, forget_article_, drop_article_);
}

std::size_t removal::drop_some(statement& drop, std::int64_t tenant, std::size_t count) {
  drop.execute(tenant, count);
  return static_cast<std::size_t>(on_.changes());
}

std::size_t removal::remove_journals(statement& heads, statement& drop, std::int64_t owner, std::size_t count) {
  std::vector<std::pair<std::int64_t, std::int64_t>> found;
  {
    auto row = heads.rows(owner, count);
    while (row.next())
      found.emplace_back(row.integer(0), row.integer(1));
  }
  std::size_t removed = 0;
  for (const auto& [entity, last] : found) {
    if (removed >= count)
      break;
    removed += events_.drop(entity, last);
    drop.execute(entity);
    ++removed;
  }
  return removed;
}

std::size_t removal::remove_assets(std::int64_t tenant, std::size_t count) {
  // An asset with several addresses goes with its first one, and those that name it after it.
  drop_assets_.execute(tenant, count);
  drop_addresses_.execute(tenant, count);
  return static_cast<std::size_t>(on_.changes());
}

std::size_t removal::remove_documents(std::int64_t tenant, std::size_t count, statement& rows, statement& forget,
                                      statement& remove) {
  const auto prefix = std::to_string(tenant) + tenant_separator;
  std::vector<std::int64_t> found;
  {
    auto row = rows.rows(row_of(tenant, 0), row_of(tenant, std::numeric_limits<std::uint32_t>::max()), count);
    while (row.next()) {
      // The index holds no texts: what it is to forget must be told exactly.
      forget.execute(row.integer(0), prefix, row.text(1), row.text(2), row.text(3));
      found.push_back(row.integer(0));
    }
  }
  for (const auto doc : found)
    remove.execute(doc);
  return found.size();
}

bool removal::merge(statement& index, int pages) {
  const auto total = [this] {
    auto row = changes_.rows();
    return row.next() ? row.integer(0) : 0;
  };
  const auto before = total();
  index.execute(pages);
  return total() - before >= 2; // SQLite's own sign that there was something to merge
}

} // namespace troupe::storage::sqlite
