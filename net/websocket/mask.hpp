#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace troupe::net::websocket {

/// XORs bytes with the four of a mask over and over (RFC 6455, 5.3), eight bytes at a time.
/// @param mask as it stands in the frame
/// @return the mask for the bytes that follow these
inline std::uint32_t apply_mask(char* data, std::size_t size, std::uint32_t mask) noexcept {
  const auto wide = static_cast<std::uint64_t>(mask) << 32 | mask;
  for (; size >= 8; data += 8, size -= 8) {
    std::uint64_t word;
    std::memcpy(&word, data, 8);
    word ^= wide;
    std::memcpy(data, &word, 8);
  }
  char bytes[4];
  std::memcpy(bytes, &mask, 4);
  for (std::size_t i = 0; i < size; ++i)
    data[i] = static_cast<char>(data[i] ^ bytes[i % 4]);
  const auto turned = static_cast<int>(size % 4 * 8);
  return std::endian::native == std::endian::little ? std::rotr(mask, turned) : std::rotl(mask, turned);
}

} // namespace troupe::net::websocket
