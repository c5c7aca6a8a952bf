#pragma once

#include <filesystem>

#include "config/secret.hpp"

namespace troupe::storage {

/// The master key in `file`, base64; made with mode 0600 when there is none, which the log says. Several processes may
/// ask at the same moment and get the same key. Throws `error{fault::wrong_key}` when the file holds something else or
/// others may read it, `error{fault::unavailable}` when it can't be read or made.
config::secret master_key_in(const std::filesystem::path& file);

} // namespace troupe::storage
