#include "storage/sqlite/heads.hpp"

#include <functional>
#include <utility>

namespace troupe::storage::sqlite {

head_cache::name_view::name_view(std::int64_t in_tenant, entity_kind of_kind, std::string_view of) noexcept
    : tenant{in_tenant}, kind{of_kind}, id{of} {
  const auto numbers = static_cast<std::size_t>(tenant) * 4 + static_cast<std::size_t>(kind);
  digest = std::hash<std::string_view>{}(id) ^ (numbers * 0x9e3779b97f4a7c15U);
}

head* head_cache::find(std::int64_t tenant, entity_kind kind, std::string_view id) {
  const name_view key{tenant, kind, id};
  if (const auto found = young_.find(key); found != young_.end())
    return &found->second;
  const auto found = old_.find(key);
  if (found == old_.end())
    return nullptr;
  auto node = old_.extract(found);
  return &young_.insert(std::move(node)).position->second;
}

void head_cache::put(std::int64_t tenant, entity_kind kind, std::string_view id, const head& value) {
  if (young_.size() >= generation_) {
    old_ = std::move(young_);
    young_ = {};
  }
  const name_view key{tenant, kind, id};
  young_.insert_or_assign(name{tenant, kind, std::string{id}, key.digest}, value);
}

void head_cache::erase(std::int64_t tenant, entity_kind kind, std::string_view id) {
  const name_view key{tenant, kind, id};
  for (auto* generation : {&young_, &old_})
    if (const auto found = generation->find(key); found != generation->end())
      generation->erase(found);
}

void head_cache::clear() noexcept {
  young_.clear();
  old_.clear();
}

} // namespace troupe::storage::sqlite
