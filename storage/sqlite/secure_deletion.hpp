#pragma once

#include "storage/sqlite/connection.hpp"

namespace troupe::storage::sqlite {

/// While it lives, what a connection deletes is overwritten wherever it stood, free pages included.
class secure_deletion {
public:
  explicit secure_deletion(connection& on) : on_{on} {
    on_.execute("PRAGMA secure_delete=ON");
  }
  ~secure_deletion() {
    on_.execute("PRAGMA secure_delete=FAST");
  }
  secure_deletion(const secure_deletion&) = delete;
  secure_deletion& operator=(const secure_deletion&) = delete;

private:
  connection& on_;
};

} // namespace troupe::storage::sqlite
