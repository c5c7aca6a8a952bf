#include "storage/sqlite/documents.hpp"

#include "storage/sqlite/posting_lists.hpp"
#include "storage/sqlite/tokenizer.hpp"

#include <limits>

namespace troupe::storage::sqlite {

namespace {

/// A text as the index takes it: behind its tenant's number.
#define INDEXED(parameter) "?2 || " parameter

} // namespace

documents::shelf::shelf(connection& on, const std::array<const char*, 6>& sql)
    : find{on, sql[0]}, insert{on, sql[1]}, update{on, sql[2]}, index{on, sql[3]}, unindex{on, sql[4]}, last{on,
                                                                                                             sql[5]} {}

documents::documents(connection& on, tenants& owners)
    : on_{on}, tenants_{owners},
      tickets_{on,
               {"SELECT doc, subject, description, resolution, resolved_at FROM ticket_history "
                "WHERE tenant = ?1 AND id = ?2",
                "INSERT INTO ticket_history (doc, tenant, id, subject, description, resolution, resolved_at) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                "UPDATE ticket_history SET subject = ?2, description = ?3, resolution = ?4, resolved_at = ?5 "
                "WHERE doc = ?1",
                "INSERT INTO ticket_text (rowid, subject, description, resolution) "
                "VALUES (?1, " INDEXED("?3") ", " INDEXED("?4") ", " INDEXED("?5") ")",
                "INSERT INTO ticket_text (ticket_text, rowid, subject, description, resolution) "
                "VALUES ('delete', ?1, " INDEXED("?3") ", " INDEXED("?4") ", " INDEXED("?5") ")",
                "SELECT max(doc) FROM ticket_history WHERE doc BETWEEN ?1 AND ?2"}},
      articles_{on,
                {"SELECT doc, title, summary, body, url FROM articles WHERE tenant = ?1 AND id = ?2",
                 "INSERT INTO articles (doc, tenant, id, title, summary, body, url) "
                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                 "UPDATE articles SET title = ?2, summary = ?3, body = ?4, url = ?5 WHERE doc = ?1",
                 "INSERT INTO article_text (rowid, title, summary, body) "
                 "VALUES (?1, " INDEXED("?3") ", " INDEXED("?4") ", " INDEXED("?5") ")",
                 "INSERT INTO article_text (article_text, rowid, title, summary, body) "
                 "VALUES ('delete', ?1, " INDEXED("?3") ", " INDEXED("?4") ", " INDEXED("?5") ")",
                 "SELECT max(doc) FROM articles WHERE doc BETWEEN ?1 AND ?2"}},
      grow_version_{on, "INSERT INTO document_state (tenant, version, replaced, tickets, articles) "
                        "VALUES (?1, 1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET version = version + 1, "
                        "replaced = iif(?2, version + 1, replaced), tickets = tickets + ?3, articles = articles + ?4"} {
}

void documents::put(std::string_view tenant, std::span<const past_ticket> rows) {
  write_transaction change{on_};
  const auto number = tenants_.need_number_of(tenant);
  grow_version(number, put_all(tickets_, number, rows), {});
  change.commit();
}

void documents::put(std::string_view tenant, std::span<const article> rows) {
  write_transaction change{on_};
  const auto number = tenants_.need_number_of(tenant);
  grow_version(number, {}, put_all(articles_, number, rows));
  change.commit();
}

namespace {

std::array<std::string_view, 3> texts_of(const past_ticket& value) {
  return {value.subject, value.description, value.resolution};
}
std::array<std::string_view, 3> texts_of(const article& value) {
  return {value.title, value.summary, value.body};
}
std::string_view other_of(const past_ticket& value) {
  return value.resolved_at;
}
std::string_view other_of(const article& value) {
  return value.url;
}

} // namespace

template <class Document>
documents::counts documents::put_all(shelf& on, std::int64_t tenant, std::span<const Document> rows) {
  counts result;
  std::int64_t next = row_of(tenant, 1);
  {
    auto last = on.last.rows(next, row_of(tenant, std::numeric_limits<std::uint32_t>::max()));
    if (last.next() && !last.null(0))
      next = last.integer(0) + 1;
  }
  for (const auto& value : rows)
    put_one(on, tenant, next, {value.id, texts_of(value), other_of(value)}, result);
  return result;
}

void documents::put_one(shelf& on, std::int64_t tenant, std::int64_t& next, const row& value, counts& so_far) {
  const auto prefix = std::to_string(tenant) + tenant_separator;
  const auto& [a, b, c] = value.texts;
  std::int64_t doc = 0;
  std::array<std::string, 3> before;
  std::string other_before;
  {
    auto found = on.find.rows(tenant, value.id);
    if (found.next()) {
      doc = found.integer(0);
      before = {found.string(1), found.string(2), found.string(3)};
      other_before = found.string(4);
    }
  }
  if (doc == 0) {
    doc = next++;
    if (tenant_of(doc) != tenant)
      throw error{fault::refused, "no more documents fit"};
    on.insert.execute(doc, tenant, value.id, a, b, c, value.other);
    ++so_far.added;
  } else {
    const bool same_text = before[0] == a && before[1] == b && before[2] == c;
    if (same_text && other_before == value.other)
      return;
    on.update.execute(doc, a, b, c, value.other);
    ++so_far.replaced;
    if (same_text)
      return;
    // The index holds no texts: what it is to forget must be told exactly.
    on.unindex.execute(doc, prefix, before[0], before[1], before[2]);
  }
  on.index.execute(doc, prefix, a, b, c);
}

void documents::grow_version(std::int64_t tenant, const counts& tickets, const counts& articles) {
  const bool replaced = tickets.replaced + articles.replaced > 0;
  grow_version_.execute(tenant, replaced, tickets.added, articles.added);
}

} // namespace troupe::storage::sqlite
