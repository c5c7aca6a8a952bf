#include "actors/search/import/row.hpp"

#include <algorithm>

namespace troupe::actors::search {

namespace {

constexpr std::array<std::string_view, import_row::width> ticket_fields{"id", "subject", "description", "resolution",
                                                                        "resolved_at"};
constexpr std::array<std::string_view, import_row::width> article_fields{"id", "title", "summary", "body", "url"};
constexpr std::array<std::string_view, import_row::width> asset_fields{"ip", "hostname", "role", "client", "location"};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

std::span<const std::string_view> fields_of(import_kind kind) {
  switch (kind) {
  case import_kind::tickets:
    return ticket_fields;
  case import_kind::articles:
    return article_fields;
  case import_kind::assets:
    break;
  }
  return asset_fields;
}

std::optional<std::size_t> field_index(import_kind kind, std::string_view name) {
  const auto fields = fields_of(kind);
  const auto same = [name](std::string_view field) { return std::ranges::equal(field, name, {}, {}, lower); };
  const auto found = std::ranges::find_if(fields, same);
  if (found == fields.end())
    return std::nullopt;
  return static_cast<std::size_t>(found - fields.begin());
}

std::string_view to_string(import_kind kind) {
  switch (kind) {
  case import_kind::tickets:
    return "tickets";
  case import_kind::articles:
    return "articles";
  case import_kind::assets:
    break;
  }
  return "assets";
}

std::string shortened(std::string_view value) {
  constexpr std::size_t limit = 80;
  std::string result;
  std::size_t characters = 0;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80 && ++characters > limit)
      return result + "…";
    result += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return result;
}

} // namespace troupe::actors::search
