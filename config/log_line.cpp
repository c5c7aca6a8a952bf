#include "config/log_line.hpp"

#include "config/table.hpp"
#include "config/utf8.hpp"
#include "config/values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace troupe::config::log {

namespace {

constexpr std::size_t max_text = 4096;

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    out += "\\u00";
    out += "0123456789abcdef"[c >> 4];
    out += "0123456789abcdef"[c & 15];
  }
}

/// @param quotes whether `"` and `\` are escaped
void append_text(std::string& out, std::string_view text, bool quotes) {
  const bool cut = text.size() > max_text;
  text = text.substr(0, max_text);
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    const auto length = sequence_length(text.data(), text.data() + text.size());
    if (length == 0) {
      if (!cut || text.size() > 3) // what a cut leaves of a sequence is dropped
        out += "\xef\xbf\xbd";
    } else if (c < 0x20 || c == 0x7f || (length == 2 && c == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0)) {
      append_escape(out, length == 2 ? static_cast<unsigned char>(text[1]) : c);
    } else {
      if (quotes && (c == '"' || c == '\\'))
        out += '\\';
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  if (cut)
    out += "…";
}

void append_json(std::string& out, std::string_view key, std::string_view text) {
  out += ",\"";
  append_text(out, key, true);
  out += "\":\"";
  append_text(out, text, true);
  out += '"';
}

/// Numbers and truth values, which look alike in both formats. JSON has no infinity.
std::string plain(const field& f) {
  if (const auto* whole = std::get_if<std::int64_t>(&f.value))
    return std::to_string(*whole);
  if (const auto* truth = std::get_if<bool>(&f.value))
    return *truth ? "true" : "false";
  const auto number = std::get<double>(f.value);
  return std::isfinite(number) ? format_number(number) : "null";
}

std::string json_line(const std::string& time, std::string_view level, std::string_view event, std::string_view message,
                      fields extra) {
  std::string out;
  out.reserve(160 + message.size() + 48 * extra.size());
  out.append("{\"ts\":\"").append(time).append("\",\"level\":\"").append(level).append("\"");
  append_json(out, "event", event);
  append_json(out, "message", message);
  for (const auto& f : extra)
    if (const auto* text = std::get_if<std::string_view>(&f.value)) {
      append_json(out, f.key, *text);
    } else {
      out += ",\"";
      append_text(out, f.key, true);
      out.append("\":").append(plain(f));
    }
  return out += '}';
}

std::string text_line(const std::string& time, std::string_view level, std::string_view event, std::string_view message,
                      fields extra) {
  std::string out;
  out.append(time).append(" ").append(level).append(6 - std::min<std::size_t>(level.size(), 5), ' ');
  append_text(out, event, false);
  out += ": ";
  append_text(out, message, false);
  for (const auto& f : extra) {
    out += ' ';
    append_text(out, f.key, false);
    out += '=';
    const auto* text = std::get_if<std::string_view>(&f.value);
    if (text == nullptr) {
      out += plain(f);
    } else if (!text->empty() && text->find_first_of(" \"=\\") == std::string_view::npos) {
      append_text(out, *text, false);
    } else {
      out += '"';
      append_text(out, *text, true);
      out += '"';
    }
  }
  return out;
}

} // namespace

std::string format_time(instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return out.data();
}

std::string format_line(log_format format, instant at, log_level level, std::string_view event,
                        std::string_view message, fields extra) {
  const auto name = log_levels.at(static_cast<std::size_t>(level));
  const auto time = format_time(at);
  return format == log_format::text ? text_line(time, name, event, message, extra)
                                    : json_line(time, name, event, message, extra);
}

} // namespace troupe::config::log
