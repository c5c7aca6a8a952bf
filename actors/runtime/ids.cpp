#include "actors/runtime/ids.hpp"

#include <string_view>

namespace troupe::actors {
namespace {

constexpr std::uint64_t high_mask = (1ULL << 12) - 1;
constexpr std::uint64_t low_mask = (1ULL << 62) - 1;

void put_hex(char*& out, std::uint64_t value, int digits) {
  constexpr std::string_view alphabet = "0123456789abcdef";
  for (int i = digits - 1; i >= 0; --i)
    *out++ = alphabet[(value >> (4 * i)) & 0xF];
}

} // namespace

id_source::id_source(const clock& time, random& chance) noexcept : time_{time}, chance_{chance} {}

std::string id_source::next() {
  std::uint64_t ms = 0;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  {
    std::lock_guard lock{mutex_};
    const auto now = static_cast<std::uint64_t>(time_.now().time_since_epoch().count());
    if (now > last_ms_) {
      last_ms_ = now;
      high_ = chance_.bits() & high_mask;
      low_ = chance_.bits() & low_mask;
    } else {
      // A random step keeps the next id as hard to guess as RFC 9562 asks for.
      low_ += 1 + (chance_.bits() >> 32);
      if (low_ > low_mask) {
        low_ &= low_mask;
        if (++high_ > high_mask) {
          high_ = 0;
          ++last_ms_;
        }
      }
    }
    ms = last_ms_;
    high = high_;
    low = low_;
  }
  std::string result(36, '-');
  auto* out = result.data();
  put_hex(out, ms >> 16, 8);
  ++out;
  put_hex(out, ms & 0xFFFF, 4);
  ++out;
  put_hex(out, 0x7000 | high, 4);
  ++out;
  put_hex(out, 0x8000 | (low >> 48), 4);
  ++out;
  put_hex(out, low & ((1ULL << 48) - 1), 12);
  return result;
}

} // namespace troupe::actors
