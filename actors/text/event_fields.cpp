#include "actors/text/event_fields.hpp"

#include <utility>

namespace troupe::actors {

event_fields::event_fields(std::string_view type, const nlohmann::json& object, std::string path)
    : type_{type}, object_{object}, path_{std::move(path)} {}

void event_fields::refuse(std::string_view name, std::string_view why) const {
  std::string what = "event ";
  what.append(type_).append(": ").append(path_).append(name).append(" ").append(why);
  throw storage::error{storage::fault::corrupt, what};
}

const nlohmann::json* event_fields::find(std::string_view name) const {
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

const nlohmann::json& event_fields::get(std::string_view name) const {
  const auto* value = find(name);
  if (!value)
    refuse(name, "is missing");
  return *value;
}

bool event_fields::has(std::string_view name) const {
  return find(name) != nullptr;
}

std::string event_fields::text(std::string_view name) const {
  const auto& value = get(name);
  if (!value.is_string())
    refuse(name, "is not a text");
  return value.get_ref<const std::string&>();
}

std::string event_fields::text_or(std::string_view name) const {
  return has(name) ? text(name) : std::string{};
}

bool event_fields::flag(std::string_view name) const {
  const auto& value = get(name);
  if (!value.is_boolean())
    refuse(name, "is neither true nor false");
  return value.get<bool>();
}

double event_fields::real_or(std::string_view name) const {
  const auto* value = find(name);
  if (!value)
    return 0;
  if (!value->is_number())
    refuse(name, "is not a number");
  return value->get<double>();
}

storage::timestamp event_fields::time(std::string_view name) const {
  return storage::timestamp{std::chrono::milliseconds{number<std::int64_t>(name)}};
}

std::size_t event_fields::name(std::string_view field, std::span<const std::string_view> names) const {
  const auto value = text(field);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == value)
      return i;
  refuse(field, "is none of the known names");
}

event_fields event_fields::object(std::string_view name) const {
  const auto& value = get(name);
  if (!value.is_object())
    refuse(name, "is not an object");
  return {type_, value, path_ + std::string{name} + '/'};
}

const nlohmann::json* event_fields::find_list(std::string_view name) const {
  const auto* list = find(name);
  if (list && !list->is_array())
    refuse(name, "is not a list");
  return list;
}

std::vector<event_fields> event_fields::objects(std::string_view name) const {
  std::vector<event_fields> out;
  const auto* list = find_list(name);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    const auto place = std::string{name} + '/' + std::to_string(i);
    if (!(*list)[i].is_object())
      refuse(place, "is not an object");
    out.emplace_back(type_, (*list)[i], path_ + place + '/');
  }
  return out;
}

std::vector<std::string> event_fields::texts(std::string_view name) const {
  std::vector<std::string> out;
  const auto* list = find_list(name);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    if (!(*list)[i].is_string())
      refuse(std::string{name} + '/' + std::to_string(i), "is not a text");
    out.push_back((*list)[i].get<std::string>());
  }
  return out;
}

// Parentheses: braces would make a list of one element of it.
event_document::event_document(std::string_view type, std::string_view payload)
    : type_{type}, root_(nlohmann::json::parse(payload, nullptr, false)) {
  if (!root_.is_object())
    event_fields{type, root_}.refuse("payload", "is not a JSON object");
}

} // namespace troupe::actors
