#pragma once

#include <string>

namespace troupe::storage::text {

/// Takes the ending off an English word, in place, by M. F. Porter's algorithm ("An algorithm for suffix stripping",
/// 1980): `printers`, `printing` and `printed` become `print`. Words that aren't all `a` to `z`, and those of one or
/// two letters, stay as they are.
void stem(std::string& word);

} // namespace troupe::storage::text
