#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace troupe::config {

/// A source of context: how much of it, and how long it may take before the job goes on without it.
struct source_settings {
  bool enabled = true;
  std::size_t limit = 5;
  milliseconds timeout{2'000};
};

/// The steps of a ticket job, read from a workflow file.
struct ticket_workflow {
  std::string name = "ticket_enhancement";
  std::string version; ///< digest of the file: recorded with each job

  source_settings tickets{true, 5, milliseconds{2'000}};
  source_settings articles{true, 3, milliseconds{10'000}};
  source_settings assets{true, 20, milliseconds{2'000}};

  std::string instructions; ///< system prompt
  std::string language = "en";
  std::size_t word_limit = 500;            ///< of the note
  milliseconds synthesize_timeout{30'000}; ///< of the whole call: retries, back-offs and other providers included

  milliseconds write_timeout{30'000}; ///< per write of the note
  milliseconds write_margin{5'000};   ///< waited past a write's deadline before the marker is looked for
  unsigned writes = 3;                ///< per attempt

  milliseconds time_limit{120'000}; ///< active time per attempt
  unsigned retries = 3;             ///< attempts after the first
  milliseconds backoff_base{2'000}; ///< first retry waits up to this, each further one up to twice as long
  milliseconds backoff_limit{300'000};
};

/// Reads a workflow file, whose keys are
/// ```
/// name, time_limit
/// gather.{tickets,articles,assets}.{enabled,limit,timeout}
/// synthesize.{instructions,language,word_limit,timeout}
/// write_note.{timeout,margin,writes}
/// retry.{retries,backoff_base,backoff_limit}
/// ```
/// Only `synthesize.instructions` must be there. Throws `invalid_configuration` with file, line and reason of each
/// fault.
/// @param text YAML
/// @param origin file name for messages
ticket_workflow parse_ticket_workflow(std::string_view text, std::string_view origin);

/// `workflows/ticket_enhancement.yaml` of the directory, or the shipped one when `agents_dir` is empty. A directory
/// without that file also gives the shipped one. Throws `invalid_configuration`.
ticket_workflow load_ticket_workflow(const std::filesystem::path& agents_dir);

} // namespace troupe::config
