#include "actors/api/heap.hpp"

#include <algorithm>

#include <malloc.h>

namespace troupe::actors::api {

void heap_trimmer::trim() {
  constexpr std::size_t worth_it = 4 << 20;
  const auto free = ::mallinfo2().fordblks;
  if (free < kept_ + worth_it) {
    kept_ = std::min(kept_, free);
    return;
  }
  ::malloc_trim(0);
  kept_ = ::mallinfo2().fordblks;
}

} // namespace troupe::actors::api
