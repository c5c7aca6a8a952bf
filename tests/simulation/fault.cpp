#include "tests/simulation/fault.hpp"

#include <cstdio>

namespace troupe::simulation {

std::string_view name_of(fault_kind kind) noexcept {
  static constexpr std::array<std::string_view, fault_kinds> names{
      "commit_unavailable", "commit_full",       "commit_refused",
      "commit_bug",         "commit_then_bug",   "crash_before_commit",
      "crash_after_commit", "operator_first",    "read_unavailable",
      "read_bug",           "open_unavailable",  "model_error",
      "model_rate_limited", "model_refused",     "model_cut",
      "model_garbage",      "model_empty",       "model_hang",
      "model_unreachable",  "model_slow",        "desk_stored_drop",
      "desk_stored_late",   "desk_stored_error", "desk_drop",
      "desk_hang",          "desk_error",        "desk_rate_limited",
      "desk_refused",       "desk_unreachable",  "desk_list_error",
      "desk_list_hang",     "desk_list_twice",   "articles_error",
      "articles_hang",      "articles_garbage",  "stall_writer",
      "stall_reader",       "stall_actor",       "kill_actor",
      "process_crash",      "process_stop",      "clock_jump",
      "pause_tenant",       "change_tenant",     "operator_retry",
      "operator_discard",   "user_retry",        "burst",
      "erase_talk",         "erase_user",        "week_passes"};
  return names[static_cast<std::size_t>(kind)];
}

std::string describe(const fault& what) {
  char text[160];
  const auto name = name_of(what.kind);
  std::snprintf(text, sizeof text, "%.3fs and %u messages: %.*s target %u, %u times, %.3fs",
                static_cast<double>(what.at.count()) / 1e9, what.messages, static_cast<int>(name.size()), name.data(),
                what.target, what.count, static_cast<double>(what.span.count()) / 1e3);
  return text;
}

} // namespace troupe::simulation
