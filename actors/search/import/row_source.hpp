#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <string_view>
#include <vector>

#include "actors/search/import/row.hpp"

namespace troupe::actors::search {

/// Rows of a file, whatever its format. One thread.
class row_source {
public:
  virtual ~row_source() = default;

  /// The next row; one that couldn't be read carries its fault. False when there is none.
  virtual bool next(import_row& into) = 0;

  /// Bytes read so far.
  virtual std::uint64_t bytes() const noexcept = 0;

  /// Columns met so far that are no fields of ours.
  const std::vector<unknown_column>& unknown() const noexcept {
    return unknown_;
  }

protected:
  void note_unknown(import_kind kind, std::string_view name, std::uint64_t line);

private:
  std::vector<unknown_column> unknown_;
};

/// Opens a stream as rows of a kind. `format` must not be `automatic`; the stream must outlive the source.
/// Throws `import_error` when the header line or the mapping doesn't fit.
std::unique_ptr<row_source> open_rows(std::istream& from, std::string_view name, import_kind kind, import_format format,
                                      const std::map<std::string, std::string>& mapping);

} // namespace troupe::actors::search
