#include "storage/sqlite/heads.hpp"

#include <functional>
#include <utility>

namespace troupe::storage::sqlite {

std::size_t head_cache::hash::operator()(const name_view& of) const noexcept {
  const auto numbers = static_cast<std::size_t>(of.tenant) * 4 + static_cast<std::size_t>(of.kind);
  return std::hash<std::string_view>{}(of.id) ^ (numbers * 0x9e3779b97f4a7c15U);
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
  young_.insert_or_assign(name{tenant, kind, std::string{id}}, value);
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
