#pragma once

#include <cstddef>

namespace troupe::actors::api {

/// Gives the system back what the heap holds without use, which the allocator keeps otherwise: after a burst it may be
/// most of the process's memory. Does nothing unless a good deal was freed since the last time. One thread at a time.
class heap_trimmer {
public:
  void trim();

private:
  std::size_t kept_ = 0; ///< free bytes that the last time left
};

} // namespace troupe::actors::api
