// Whatever the file, every row is either a document of good values or a rejection that can be shown; and whatever the
// text, its tokens are bounded and the question made of it, too. The first byte chooses kind and format.

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>

#include "actors/search/articles_reply.hpp"
#include "actors/search/import/row_source.hpp"
#include "actors/search/import/rules.hpp"
#include "actors/search/query.hpp"
#include "net/addresses.hpp"
#include "storage/text/tokens.hpp"
#include "tests/fuzz/require.hpp"

using namespace troupe;
using namespace troupe::actors::search;
using fuzzing::is_utf8;
using fuzzing::require;

namespace {

void good(const storage::past_ticket& ticket) {
  require(!ticket.id.empty() && ticket.id.size() <= 128 && is_utf8(ticket.id));
  require(!ticket.subject.empty() || !ticket.description.empty());
  require(is_utf8(ticket.subject) && is_utf8(ticket.description) && is_utf8(ticket.resolution));
  require(ticket.subject.find('\n') == std::string::npos && ticket.description.find('\0') == std::string::npos);
  require(ticket.resolved_at.empty() || canonical_time(ticket.resolved_at) == ticket.resolved_at);
}

void good(const storage::article& article) {
  require(!article.id.empty() && !article.title.empty());
  require(is_utf8(article.title) && is_utf8(article.summary) && is_utf8(article.body) && is_utf8(article.url));
  require(article.url.empty() || article.url.starts_with("http://") || article.url.starts_with("https://"));
}

void good(const storage::asset& asset) {
  require(!asset.addresses.empty() && asset.addresses.size() <= 64);
  for (const auto& address : asset.addresses)
    require(net::canonical_address(address) == address);
  require(is_utf8(asset.hostname) && is_utf8(asset.role));
}

template <class Document>
void check(const std::variant<Document, rejected_row>& checked) {
  if (const auto* document = std::get_if<Document>(&checked)) {
    good(*document);
    return;
  }
  const auto& rejected = std::get<rejected_row>(checked);
  require(rejected.line > 0 && !rejected.rule.empty());
  require(std::ranges::none_of(rejected.found, [](char c) { return c == '\n' || c == '\0'; }));
}

void import_all(import_kind kind, import_format format, const std::string& text) {
  std::istringstream from{text};
  try {
    const auto rows = open_rows(from, "input", kind, format, {});
    import_row row;
    while (rows->next(row)) {
      if (kind == import_kind::tickets)
        check(to_ticket(row));
      else if (kind == import_kind::articles)
        check(to_article(row));
      else
        check(to_asset(row));
    }
    require(rows->bytes() <= text.size());
  } catch (const import_error&) {
    // The file as a whole is refused.
  }
}

void ask(const std::string& text) {
  storage::text::tokenize(text, [&](const storage::text::token& what) {
    require(!what.text.empty() && what.text.size() <= storage::text::token_limit);
    require(what.source.data() >= text.data() && what.source.data() + what.source.size() <= text.data() + text.size());
  });
  const auto words = words_of(text.substr(0, text.size() / 3), text, 40);
  require(words.size() <= 40);
  require(std::ranges::all_of(words, [](const query_word& word) { return word.weight > 0 && !word.stem.empty(); }));
  require(article_question(text, text).text.size() <= 200);
  if (const auto articles = parse_articles(text, 3))
    require(articles->size() <= 3);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string text{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto choice = data[0];
  import_all(static_cast<import_kind>(choice % 3), choice & 0x20 ? import_format::json_lines : import_format::csv,
             text);
  ask(text);
  return 0;
}
