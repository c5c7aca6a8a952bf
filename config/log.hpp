#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "config/settings.hpp"

/// One JSON object a line on standard error: `ts, level, event, message` and fields. Any thread may call.
/// Never pass ticket text, names, addresses or secrets.
namespace troupe::config::log {

/// A named value of a log line, such as `{"tenant_id", tenant}`.
struct field {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  field(std::string_view k, std::string_view v) : key{k}, value{v} {}
  field(std::string_view k, const char* v) : key{k}, value{std::string_view{v}} {}
  field(std::string_view k, const std::string& v) : key{k}, value{std::string_view{v}} {}
  field(std::string_view k, bool v) : key{k}, value{v} {}
  field(std::string_view k, double v) : key{k}, value{v} {}
  template <class Integer>
  requires std::is_integral_v<Integer> field(std::string_view k, Integer v)
      : key{k}, value{static_cast<std::int64_t>(v)} {}
};

using fields = std::initializer_list<field>;

/// Sets level and format. Call once, before threads start.
void configure(const log_settings& settings);

/// Whether a line of this level would be written: spares the cost of making its fields.
bool enabled(log_level level) noexcept;

/// @param event stable name in snake_case that operators search for, such as `webhook_refused`
/// @param message a sentence for people
void write(log_level level, std::string_view event, std::string_view message, fields extra = {});

inline void debug(std::string_view event, std::string_view message, fields extra = {}) {
  write(log_level::debug, event, message, extra);
}
inline void info(std::string_view event, std::string_view message, fields extra = {}) {
  write(log_level::info, event, message, extra);
}
inline void warn(std::string_view event, std::string_view message, fields extra = {}) {
  write(log_level::warn, event, message, extra);
}
inline void error(std::string_view event, std::string_view message, fields extra = {}) {
  write(log_level::error, event, message, extra);
}

} // namespace troupe::config::log
