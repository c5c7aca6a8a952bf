#pragma once

#include <algorithm>
#include <string_view>

namespace troupe::actors::api {

/// The `traceparent` header if it is one (W3C Trace Context), else empty: an invalid one is ignored as a whole.
inline std::string_view valid_traceparent(std::string_view header) noexcept {
  const auto hex = [](std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  };
  const auto zero = [](std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; };
  // Later versions may append fields; what we know of them is what version 00 has.
  if (header.size() < 55 || (header.size() > 55 && (header.substr(0, 2) == "00" || header[55] != '-')))
    return {};
  const auto known = header.substr(0, 55);
  const auto version = known.substr(0, 2), trace = known.substr(3, 32), parent = known.substr(36, 16);
  if (known[2] != '-' || known[35] != '-' || known[52] != '-' || !hex(version) || !hex(trace) || !hex(parent)
      || !hex(known.substr(53)) || version == "ff" || zero(trace) || zero(parent))
    return {};
  return known;
}

} // namespace troupe::actors::api
