#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "storage/documents.hpp"
#include "storage/sqlite/statement.hpp"
#include "storage/sqlite/tenants.hpp"

namespace troupe::storage::sqlite {

/// Stores documents and keeps the full-text indices in step; see `writer`.
class documents {
public:
  documents(connection& on, tenants& owners);

  void put(std::string_view tenant, std::span<const past_ticket> rows);
  void put(std::string_view tenant, std::span<const article> rows);

private:
  /// The statements of one kind of document: three indexed texts and one that isn't.
  struct shelf {
    shelf(connection& on, const std::array<const char*, 6>& sql);

    statement find;
    statement insert;
    statement update;
    statement index;
    statement unindex;
    statement last;
  };
  /// A document of either kind: the indexed texts in the order of the index's columns.
  struct row {
    std::string_view id;
    std::array<std::string_view, 3> texts;
    std::string_view other;
  };
  struct counts {
    std::int64_t added = 0;
    std::int64_t replaced = 0;
  };

  template <class Document>
  counts put_all(shelf& on, std::int64_t tenant, std::span<const Document> rows);
  void put_one(shelf& on, std::int64_t tenant, std::int64_t& next, const row& value, counts& so_far);
  void grow_version(std::int64_t tenant, const counts& tickets, const counts& articles);

  connection& on_;
  tenants& tenants_;
  shelf tickets_;
  shelf articles_;
  statement grow_version_;
};

} // namespace troupe::storage::sqlite
