#include "net/http/message.hpp"

#include <algorithm>

#include "net/http/target.hpp"
#include "net/http/text.hpp"

namespace troupe::net::http {

std::string_view request::get(std::string_view name) const noexcept {
  for (auto& [key, value] : headers)
    if (equal_ignoring_case(key, name))
      return value;
  return {};
}

std::size_t request::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(),
                                                [&](auto& field) { return equal_ignoring_case(field.first, name); }));
}

std::string_view request::parameter(std::string_view name) const noexcept {
  for (auto& [key, value] : parameters)
    if (key == name)
      return value;
  return {};
}

std::string request::query_parameter(std::string_view name) const {
  return query_value(query, name);
}

} // namespace troupe::net::http
