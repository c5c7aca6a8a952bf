#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

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
  std::vector<conversation_record> list(const conversation_filter& filter, std::int64_t tenant);
  std::vector<conversation_record> idle(const idle_filter& filter);
  std::vector<conversation_record> busy(std::int64_t tenant, std::size_t limit, std::string_view after);

private:
  /// Appends idle ones of one agent.
  void idle_of(std::string_view agent, const idle_filter& filter, std::vector<conversation_record>& to);

  statement find_;
  statement current_;
  statement in_slot_;
  statement of_tenant_;
  statement of_agent_;
  statement of_user_;
  statement busy_;
  statement next_agent_;
  statement idle_;
};

} // namespace troupe::storage::sqlite
