#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"

namespace troupe::net::llm {

/// First value of a header field, without blanks around; or empty.
std::string_view find_field(const std::vector<http::header>& headers, std::string_view name) noexcept;

/// A whole number of digits only, or nothing.
std::optional<std::uint64_t> read_count(std::string_view text) noexcept;

/// Appends `,"name":` or, behind an opening bracket, `"name":`.
void append_member(std::string& out, std::string_view name);

/// Appends a number as JSON has it.
void append_number(std::string& out, double value);

} // namespace troupe::net::llm
