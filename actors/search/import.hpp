#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <istream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/backend.hpp"

namespace troupe::actors::search {

enum class import_kind : std::uint8_t { tickets, articles, assets };

/// `automatic` goes by the file's name (`.csv`; `.jsonl`, `.ndjson`, `.json`), then by its first character.
enum class import_format : std::uint8_t { automatic, csv, json_lines };

/// A row that was left out, and why.
struct rejected_row {
  std::uint64_t line = 0; ///< where the row begins; 1 for the file's first line
  std::string field;      ///< ours; empty when the row as a whole is at fault
  std::string rule;       ///< what a good value is, such as `an IPv4 or IPv6 address`
  std::string found;      ///< the value, shortened to 80 characters
};

/// A column or key that no field of ours has the name of: its values are left out.
struct unknown_column {
  std::string name;       ///< shortened to 80 characters
  std::uint64_t line = 0; ///< where it was seen first
  std::string nearest;    ///< the field of ours whose name is like it; empty = none
};

struct import_report {
  std::uint64_t read = 0;              ///< rows, the header line apart
  std::uint64_t stored = 0;            ///< rows written; those of an id seen before replace it
  std::uint64_t rejected = 0;          ///< all of them
  std::vector<rejected_row> examples;  ///< the first of them, at most `import_options::examples`
  std::vector<unknown_column> unknown; ///< each once; the first 50
};

/// How far an import is.
struct import_progress {
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
  std::uint64_t bytes = 0;
  std::uint64_t total_bytes = 0; ///< 0 when not known
};

struct import_options {
  import_format format = import_format::automatic;
  std::map<std::string, std::string> mapping;           ///< theirs -> ours, from `--map theirs=ours`
  std::function<void(const import_progress&)> progress; ///< after each chunk and at the end; may be empty
  std::size_t examples = 100;
  std::size_t chunk = 500; ///< rows per transaction
};

/// The file can't be imported at all: not readable, no header line, a column that is needed isn't there, a mapping to
/// a field that doesn't exist. The text says which and lists the valid choices.
class import_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Reads a file row by row and stores what is valid; the memory it takes doesn't depend on the file's size. Blocks.
/// Throws `import_error`, or `storage::error` (chunks that were stored before stay stored; a second run replaces them).
import_report import_file(storage::writer& into, import_kind kind, std::string_view tenant,
                          const std::filesystem::path& file, const import_options& options = {});

/// The same from a stream; `name` stands for the file's name in messages and for the choice of format.
import_report import_stream(storage::writer& into, import_kind kind, std::string_view tenant, std::istream& from,
                            std::string_view name, const import_options& options = {});

/// `theirs=ours`. Throws `import_error` for anything else.
std::pair<std::string, std::string> parse_mapping(std::string_view text);

} // namespace troupe::actors::search
