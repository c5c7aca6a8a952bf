#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/types.hpp"

namespace troupe::storage {

/// Numbers are stored: append only.
enum class job_status : std::uint8_t { pending = 0, running = 1, completed = 2, failed = 3, dead = 4, discarded = 5 };

enum class priority : std::uint8_t { low = 0, medium = 1, high = 2, critical = 3 };

/// A ticket job as `enhancement_history` and `dispatch` show it. Written whole with each append.
struct job_row {
  std::string ticket_id;
  storage::priority priority = storage::priority::medium;
  job_status status = job_status::pending;
  std::uint32_t attempt = 0; ///< attempts begun
  std::string step;          ///< the step that runs or failed: gather, synthesize, write_note
  std::string error;         ///< of the last failed attempt; never ticket text
  timestamp received_at;
  timestamp due_at; ///< a pending job isn't claimed before
  std::optional<timestamp> finished_at;
  std::string provider; ///< that composed the note
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  double cost = 0;     ///< dollars
  std::string note_id; ///< the desk's id of the note
  std::string correlation_id;
};

/// A row with its names, as queries return it.
struct job_record {
  std::string tenant;
  std::string id;
  job_row row;
};

/// A job that may be claimed.
struct due_job {
  std::string tenant;
  std::string id;
};

struct job_filter {
  std::optional<std::string> tenant;
  std::optional<job_status> status;
  std::size_t limit = 50;            ///< at most 1,000
  std::optional<std::string> before; ///< id of the last job of the page before; newest first
};

} // namespace troupe::storage
