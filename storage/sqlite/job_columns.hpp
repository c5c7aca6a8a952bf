#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/jobs.hpp"
#include "storage/sqlite/statement.hpp"

namespace troupe::storage::sqlite {

/// A job's projection as parameters of a statement: what is empty or 0 is NULL, which takes no space.
struct job_columns {
  explicit job_columns(const std::optional<job_row>& row) {
    if (!row)
      return;
    ticket_id = row->ticket_id;
    received_at = row->received_at;
    correlation_id = text(row->correlation_id);
    priority = static_cast<std::int64_t>(row->priority);
    status = static_cast<std::int64_t>(row->status);
    due_at = row->due_at;
    attempt = number(row->attempt);
    step = text(row->step);
    error = text(row->error);
    finished_at = row->finished_at;
    provider = text(row->provider);
    input_tokens = number(row->input_tokens);
    output_tokens = number(row->output_tokens);
    if (row->cost != 0)
      cost = row->cost;
    note_id = text(row->note_id);
  }

  std::optional<std::string_view> ticket_id;
  std::optional<timestamp> received_at;
  std::optional<std::string_view> correlation_id;
  std::optional<std::int64_t> priority;
  std::optional<std::int64_t> status;
  std::optional<timestamp> due_at;
  std::optional<std::int64_t> attempt;
  std::optional<std::string_view> step;
  std::optional<std::string_view> error;
  std::optional<timestamp> finished_at;
  std::optional<std::string_view> provider;
  std::optional<std::int64_t> input_tokens;
  std::optional<std::int64_t> output_tokens;
  std::optional<double> cost;
  std::optional<std::string_view> note_id;

private:
  static std::optional<std::string_view> text(const std::string& value) {
    return value.empty() ? std::nullopt : std::optional<std::string_view>{value};
  }
  static std::optional<std::int64_t> number(std::uint64_t value) {
    return value == 0 ? std::nullopt : std::optional{static_cast<std::int64_t>(value)};
  }
};

} // namespace troupe::storage::sqlite
