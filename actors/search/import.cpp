#include "actors/search/import.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "actors/search/import/row_source.hpp"
#include "actors/search/import/rules.hpp"

namespace troupe::actors::search {

namespace {

constexpr std::size_t chunk_limit = 5'000;

import_format format_of(std::string_view name, std::istream& from) {
  const auto ends_with = [name](std::string_view suffix) {
    return name.size() >= suffix.size()
           && std::ranges::equal(name.substr(name.size() - suffix.size()), suffix, {},
                                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  };
  if (ends_with(".csv") || ends_with(".tsv"))
    return import_format::csv;
  if (ends_with(".jsonl") || ends_with(".ndjson") || ends_with(".json"))
    return import_format::json_lines;
  const auto first = (from >> std::ws).peek();
  return first == '{' || first == '[' ? import_format::json_lines : import_format::csv;
}

/// Takes checked rows in and writes them chunk by chunk.
class sink {
public:
  sink(storage::writer& into, import_kind kind, std::string_view tenant, const import_options& options,
       import_report& report)
      : into_{into}, kind_{kind}, tenant_{tenant}, options_{options}, report_{report}, chunk_{std::clamp<std::size_t>(
                                                                                           options.chunk, 1,
                                                                                           chunk_limit)} {}

  void take(import_row& row) {
    ++report_.read;
    switch (kind_) {
    case import_kind::tickets:
      return add(to_ticket(row), tickets_);
    case import_kind::articles:
      return add(to_article(row), articles_);
    case import_kind::assets:
      return add(to_asset(row), assets_);
    }
  }

  bool full() const {
    return pending() >= chunk_ || report_.read % chunk_ == 0;
  }

  void flush() {
    if (!tickets_.empty())
      into_.put_tickets(tenant_, tickets_);
    if (!articles_.empty())
      into_.put_articles(tenant_, articles_);
    if (!assets_.empty())
      into_.put_assets(tenant_, assets_);
    report_.stored += pending();
    tickets_.clear();
    articles_.clear();
    assets_.clear();
  }

private:
  std::size_t pending() const {
    return tickets_.size() + articles_.size() + assets_.size();
  }

  template <class Document>
  void add(std::variant<Document, rejected_row> checked, std::vector<Document>& rows) {
    if (auto* document = std::get_if<Document>(&checked)) {
      rows.push_back(std::move(*document));
      return;
    }
    ++report_.rejected;
    if (report_.examples.size() < options_.examples)
      report_.examples.push_back(std::move(std::get<rejected_row>(checked)));
  }

  storage::writer& into_;
  import_kind kind_;
  std::string_view tenant_;
  const import_options& options_;
  import_report& report_;
  std::size_t chunk_;
  std::vector<storage::past_ticket> tickets_;
  std::vector<storage::article> articles_;
  std::vector<storage::asset> assets_;
};

import_report import_rows(storage::writer& into, import_kind kind, std::string_view tenant, std::istream& from,
                          std::string_view name, const import_options& options, std::uint64_t total_bytes) {
  const auto format = options.format == import_format::automatic ? format_of(name, from) : options.format;
  const auto rows = open_rows(from, name, kind, format, options.mapping);
  import_report report;
  sink target{into, kind, tenant, options, report};
  const auto tell = [&] {
    if (options.progress)
      options.progress({report.read, report.rejected, rows->bytes(), total_bytes});
  };
  import_row row;
  while (rows->next(row)) {
    target.take(row);
    if (target.full()) {
      target.flush();
      tell();
    }
  }
  if (from.bad())
    throw import_error{std::string{name} + " can't be read to its end"};
  target.flush();
  tell();
  report.unknown = rows->unknown();
  return report;
}

} // namespace

import_report import_file(storage::writer& into, import_kind kind, std::string_view tenant,
                          const std::filesystem::path& file, const import_options& options) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error))
    throw import_error{file.string() + " is a folder"};
  std::ifstream from{file, std::ios::binary};
  if (!from)
    throw import_error{file.string() + " can't be opened: " + std::generic_category().message(errno)};
  const auto size = std::filesystem::file_size(file, error);
  return import_rows(into, kind, tenant, from, file.string(), options, error ? 0 : size);
}

import_report import_stream(storage::writer& into, import_kind kind, std::string_view tenant, std::istream& from,
                            std::string_view name, const import_options& options) {
  return import_rows(into, kind, tenant, from, name, options, 0);
}

std::pair<std::string, std::string> parse_mapping(std::string_view text) {
  const auto sign = text.rfind('=');
  if (sign == std::string_view::npos || sign == 0 || sign + 1 == text.size())
    throw import_error{"a mapping is written THEIRS=OURS, such as `Betreff=subject`; found: " + std::string{text}};
  return {std::string{text.substr(0, sign)}, std::string{text.substr(sign + 1)}};
}

} // namespace troupe::actors::search
