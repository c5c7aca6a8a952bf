#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/search/import/line_reader.hpp"

namespace troupe::actors::search {

/// One record of a CSV file.
struct csv_record {
  std::uint64_t line = 0;          ///< where it begins
  std::vector<std::string> fields; ///< unquoted
  std::string fault;               ///< the rule that it breaks; empty = none
};

/// Reads CSV by RFC 4180: quoted fields may hold separators, doubled quotes and line breaks. The separator is what the
/// first line uses most: comma, semicolon or tab. Blank lines are skipped. Memory is bounded by the longest record,
/// itself bounded. One thread.
class csv_reader {
public:
  static constexpr std::size_t record_limit = 1 << 20; ///< bytes
  static constexpr std::size_t field_limit = 256;      ///< fields of a record

  explicit csv_reader(line_reader& from) : from_{from} {}

  /// The next record. False when there is none.
  bool next(csv_record& into);

private:
  void parse(csv_record& into);
  bool more(csv_record& into);

  line_reader& from_;
  std::string line_;
  char separator_ = '\0';
};

} // namespace troupe::actors::search
