#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "storage/types.hpp"

namespace troupe::actors {

/// An object of an event's payload. Every reader throws `storage::error` (`corrupt`) that names event and field when
/// the field isn't what it must be; those ending in `_or` take a missing field for an empty one.
class event_fields {
public:
  /// References must outlive this object.
  event_fields(std::string_view type, const nlohmann::json& object, std::string path = {});

  bool has(std::string_view name) const;
  std::string text(std::string_view name) const;
  std::string text_or(std::string_view name) const;
  bool flag(std::string_view name) const;
  double real_or(std::string_view name) const;
  storage::timestamp time(std::string_view name) const;

  template <std::integral T>
  T number(std::string_view name) const {
    const auto& value = get(name);
    // The parser keeps whole numbers from 0 up unsigned.
    if (value.is_number_unsigned()) {
      if (const auto x = value.get<std::uint64_t>(); x <= static_cast<std::uint64_t>(std::numeric_limits<T>::max()))
        return static_cast<T>(x);
    } else if (std::signed_integral<T> && value.is_number_integer()) {
      return static_cast<T>(value.get<std::int64_t>());
    }
    refuse(name, "is not a number in range");
  }

  /// Which of `names` the field holds.
  std::size_t name(std::string_view field, std::span<const std::string_view> names) const;

  event_fields object(std::string_view name) const;
  std::vector<event_fields> objects(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

  [[noreturn]] void refuse(std::string_view name, std::string_view why) const;

private:
  const nlohmann::json& get(std::string_view name) const;
  const nlohmann::json* find(std::string_view name) const;
  const nlohmann::json* find_list(std::string_view name) const;

  std::string_view type_;
  const nlohmann::json& object_;
  std::string path_;
};

/// An event's payload, parsed.
class event_document {
public:
  /// Throws as `event_fields` does when the payload isn't a JSON object. `type` must outlive this object.
  event_document(std::string_view type, std::string_view payload);

  event_fields fields() const {
    return {type_, root_};
  }

private:
  std::string_view type_;
  nlohmann::json root_;
};

} // namespace troupe::actors
