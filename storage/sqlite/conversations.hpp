#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/conversations.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// Looks at conversations one by one and in lists; see `reader`. Tenants are given by number.
class conversations {
public:
  explicit conversations(connection& on);

  std::optional<conversation_record> find(std::int64_t tenant, std::string_view id);
  std::optional<conversation_record> current(std::int64_t tenant, std::string_view user, std::string_view agent);
  std::optional<conversation_record> in_slot(std::int64_t tenant, std::string_view user, std::string_view agent,
                                             std::string_view slot);

private:
  statement find_;
  statement current_;
  statement in_slot_;
};

} // namespace troupe::storage::sqlite
