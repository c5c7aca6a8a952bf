#include "storage/sqlite/digest_filter.hpp"

#include <cstring>

namespace troupe::storage::sqlite {

namespace {

constexpr std::size_t line_bytes = 64;
constexpr std::size_t digests_per_line = 32;
constexpr int bits_per_digest = 7;
constexpr int bits_of_place = 9; // 512 bits a line

} // namespace

digest_filter::digest_filter(std::size_t count) : bits_((count / digests_per_line + 1) * line_bytes, '\0') {}

template <class Visit>
bool digest_filter::every_bit(const digest& key, Visit visit) const {
  std::uint64_t first;
  std::uint64_t second;
  std::memcpy(&first, key.data(), sizeof first);
  std::memcpy(&second, key.data() + sizeof first, sizeof second);
  const auto line = first % (bits_.size() / line_bytes) * line_bytes;
  for (int i = 0; i < bits_per_digest; ++i, second >>= bits_of_place) {
    const auto place = second & ((1U << bits_of_place) - 1);
    if (!visit(line + place / 8, static_cast<unsigned char>(1U << (place % 8))))
      return false;
  }
  return true;
}

void digest_filter::add(const digest& key) {
  every_bit(key, [this](std::size_t at, unsigned char mask) {
    bits_[at] = static_cast<char>(static_cast<unsigned char>(bits_[at]) | mask);
    return true;
  });
}

bool digest_filter::may_hold(const digest& key) const noexcept {
  return bits_.size() >= line_bytes && every_bit(key, [this](std::size_t at, unsigned char mask) {
           return (static_cast<unsigned char>(bits_[at]) & mask) != 0;
         });
}

} // namespace troupe::storage::sqlite
