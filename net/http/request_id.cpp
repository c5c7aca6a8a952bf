#include "net/http/request_id.hpp"

#include <algorithm>
#include <cstdint>
#include <random>

namespace troupe::net::http {

namespace {

std::mt19937_64 seeded() {
  std::random_device source;
  std::seed_seq seed{source(), source(), source(), source(), source(), source(), source(), source()};
  return std::mt19937_64{seed};
}

} // namespace

bool is_request_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_'
           || c == '-';
  });
}

void make_request_id(std::string& id) {
  constexpr char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
  thread_local auto random = seeded();
  id.resize(15);
  auto bits = random();
  for (std::size_t i = 0; i < 15; ++i) {
    if (i == 12)
      bits = random();
    id[i] = digits[bits & 31U];
    bits >>= 5U;
  }
}

} // namespace troupe::net::http
