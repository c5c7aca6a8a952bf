#include "storage/master_key.hpp"

#include "config/base64.hpp"
#include "config/log.hpp"
#include "config/private_file.hpp"
#include "storage/cipher.hpp"
#include "storage/types.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::storage {

namespace {

constexpr std::size_t key_size = 32;

/// Nothing when there is no such file.
std::optional<config::secret> read_key(const std::filesystem::path& file) {
  const auto text = config::read_private_file(file);
  if (!text)
    return std::nullopt;
  const std::string_view digits{text->data(), text->find_last_not_of(' ') + 1};
  auto key = config::decode_base64(digits);
  if (!key || key->size() != key_size)
    throw error{fault::wrong_key, "the master key " + file.string() + " is not 32 bytes in base64"};
  return config::secret{std::move(*key)};
}

bool make_key(const std::filesystem::path& file) {
  std::array<unsigned char, key_size> random;
  random_bytes{}.fill(random.data(), random.size());
  const std::string_view bytes{reinterpret_cast<const char*>(random.data()), random.size()};
  return config::make_private_file(file, config::encode_base64(bytes) + '\n');
}

} // namespace

config::secret master_key_in(const std::filesystem::path& file) {
  try {
    if (auto key = read_key(file))
      return *key;
    if (make_key(file))
      config::log::warn("master_key_made",
                        "A master key was made beside the database. Keep a copy: without it what is encrypted is lost.",
                        {{"file", file.string()}});
    if (auto key = read_key(file))
      return *key;
  } catch (const config::private_file_error& why) {
    throw error{why.exposed() ? fault::wrong_key : fault::unavailable, std::string{"the master key "} + why.what()};
  }
  throw error{fault::unavailable, "the master key " + file.string() + " was removed while it was being made"};
}

} // namespace troupe::storage
