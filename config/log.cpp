#include "config/log.hpp"

#include "config/log_line.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

#include <atomic>
#include <memory>

namespace troupe::config::log {

namespace {

std::atomic<log_level> least{log_level::info};
std::atomic<log_format> style{log_format::json};

/// spdlog serialises the writers and writes each line whole; what a line looks like is ours.
spdlog::logger& output() {
  static const auto logger = [] {
    auto out = std::make_shared<spdlog::logger>("troupe", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    out->set_pattern("%v");
    out->set_level(spdlog::level::trace);
    return out;
  }();
  return *logger;
}

} // namespace

void configure(const log_settings& settings) {
  least = settings.level;
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  style = settings.format != log_format::automatic ? settings.format : terminal ? log_format::text : log_format::json;
  output();
}

bool enabled(log_level level) noexcept {
  return level != log_level::off && level >= least.load(std::memory_order_relaxed);
}

void write(log_level level, std::string_view event, std::string_view message, fields extra) {
  if (!enabled(level))
    return;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  output().log(spdlog::level::info, spdlog::string_view_t{format_line(style.load(std::memory_order_relaxed), now, level,
                                                                      event, message, extra)});
}

} // namespace troupe::config::log
