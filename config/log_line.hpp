#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "config/log.hpp"

namespace troupe::config::log {

/// When a line is written, UTC.
using instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// `2026-11-20T09:30:00.123Z`.
std::string format_time(instant at);

/// A line without its line break: JSON that parses, whatever the values hold (invalid UTF-8 becomes U+FFFD, a text of
/// more than 4 KiB is cut). For `text`: time, level, event, message and `key=value`, with control characters escaped.
/// @param format json or text
std::string format_line(log_format format, instant at, log_level level, std::string_view event,
                        std::string_view message, fields extra);

} // namespace troupe::config::log
