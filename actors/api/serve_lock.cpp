#include "actors/api/serve_lock.hpp"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace troupe::actors::api {

serve_lock::serve_lock(const std::filesystem::path& database) {
  if (database.empty())
    return;
  // Two names of one file, by a link, must meet in one lock.
  std::error_code unresolved;
  auto name = std::filesystem::weakly_canonical(database, unresolved);
  if (unresolved)
    name = database;
  name += ".lock";
  file_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0)
    throw std::runtime_error{name.string() + ": " + std::generic_category().message(errno)};
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const auto why = errno;
    ::close(file_);
    if (why == EWOULDBLOCK)
      throw std::runtime_error{database.string() + " is served by another troupe already; stop that one first"};
    throw std::runtime_error{name.string() + ": " + std::generic_category().message(why)};
  }
}

serve_lock::~serve_lock() {
  if (file_ >= 0)
    ::close(file_);
}

} // namespace troupe::actors::api
