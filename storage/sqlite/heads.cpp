#include "storage/sqlite/heads.hpp"

#include <algorithm>
#include <functional>

#include <openssl/crypto.h>

namespace troupe::storage::sqlite {

bool head_cache::place::holds(std::int64_t in_tenant, entity_kind of_kind, std::string_view of) const noexcept {
  return tenant == in_tenant && kind == static_cast<std::uint8_t>(of_kind) && std::string_view{id.data(), size} == of;
}

head_cache::~head_cache() {
  OPENSSL_cleanse(places_.data(), places_.size() * sizeof(place));
}

std::size_t head_cache::place_of(std::int64_t tenant, entity_kind kind, std::string_view id) const noexcept {
  const auto numbers = static_cast<std::size_t>(tenant) * 4 + static_cast<std::size_t>(kind);
  return (std::hash<std::string_view>{}(id) ^ (numbers * 0x9e3779b97f4a7c15U)) & mask_;
}

const head* head_cache::find(std::int64_t tenant, entity_kind kind, std::string_view id) const {
  if (places_.empty())
    return nullptr;
  const auto& at = places_[place_of(tenant, kind, id)];
  return at.holds(tenant, kind, id) ? &at.value : nullptr;
}

void head_cache::put(std::int64_t tenant, entity_kind kind, std::string_view id, const head& value) {
  if (id.size() > place{}.id.size())
    return;
  if (places_.empty())
    places_.resize(mask_ + 1);
  auto& at = places_[place_of(tenant, kind, id)];
  at.tenant = tenant;
  at.kind = static_cast<std::uint8_t>(kind);
  at.size = static_cast<std::uint8_t>(id.size());
  std::copy(id.begin(), id.end(), at.id.begin());
  at.value = value;
}

void head_cache::erase(std::int64_t tenant, entity_kind kind, std::string_view id) {
  if (places_.empty())
    return;
  auto& at = places_[place_of(tenant, kind, id)];
  if (at.holds(tenant, kind, id))
    at = {};
}

void head_cache::clear() noexcept {
  std::fill(places_.begin(), places_.end(), place{});
}

} // namespace troupe::storage::sqlite
