#include "storage/cipher.hpp"

#include "storage/types.hpp"

#include <algorithm>
#include <cstring>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace troupe::storage {

namespace {

constexpr unsigned char format_version = 1;
constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

[[noreturn]] void fail(const char* what) {
  throw error{fault::unavailable, std::string{"OpenSSL: "} + what + " failed"};
}

} // namespace

random_bytes::~random_bytes() {
  OPENSSL_cleanse(pool_.data(), pool_.size());
}

void random_bytes::fill(unsigned char* out, std::size_t size) {
  while (size > 0) {
    if (left_ == 0) {
      if (RAND_bytes(pool_.data(), static_cast<int>(pool_.size())) != 1)
        fail("the random generator");
      left_ = pool_.size();
    }
    const auto count = std::min(size, left_);
    auto* from = pool_.data() + (pool_.size() - left_);
    std::memcpy(out, from, count);
    std::memset(from, 0, count);
    out += count;
    size -= count;
    left_ -= count;
  }
}

void cipher::free_context::operator()(EVP_CIPHER_CTX* context) const noexcept {
  EVP_CIPHER_CTX_free(context);
}

cipher::cipher() {
  sealing_.context.reset(EVP_CIPHER_CTX_new());
  opening_.context.reset(EVP_CIPHER_CTX_new());
  if (!sealing_.context || !opening_.context
      || EVP_EncryptInit_ex(sealing_.context.get(), EVP_aes_256_gcm(), nullptr, nullptr, nullptr) != 1
      || EVP_DecryptInit_ex(opening_.context.get(), EVP_aes_256_gcm(), nullptr, nullptr, nullptr) != 1)
    fail("AES-256-GCM");
}

cipher::~cipher() {
  OPENSSL_cleanse(sealing_.key.data(), sealing_.key.size());
  OPENSSL_cleanse(opening_.key.data(), opening_.key.size());
}

void cipher::seal(const key_bytes& key, std::string_view associated, std::string_view plain, std::string& out) {
  auto* context = sealing_.context.get();
  out.resize(overhead + plain.size());
  auto* target = reinterpret_cast<unsigned char*>(out.data());
  target[0] = format_version;
  auto* nonce = target + 1;
  random_.fill(nonce, nonce_size);
  const bool same = sealing_.ready && sealing_.key == key;
  sealing_.ready = false;
  int written = 0;
  auto* text = nonce + nonce_size;
  if (EVP_EncryptInit_ex(context, nullptr, nullptr, same ? nullptr : key.data(), nonce) != 1
      || EVP_EncryptUpdate(context, nullptr, &written, bytes_of(associated), static_cast<int>(associated.size())) != 1
      || EVP_EncryptUpdate(context, text, &written, bytes_of(plain), static_cast<int>(plain.size())) != 1
      || EVP_EncryptFinal_ex(context, text + written, &written) != 1
      || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, text + plain.size()) != 1)
    fail("sealing");
  if (!same)
    sealing_.key = key;
  sealing_.ready = true;
}

bool cipher::open(const key_bytes& key, std::string_view associated, std::string_view sealed, std::string& out) {
  out.clear();
  if (sealed.size() < overhead || static_cast<unsigned char>(sealed[0]) != format_version)
    return false;
  auto* context = opening_.context.get();
  const auto* nonce = bytes_of(sealed) + 1;
  const auto* text = nonce + nonce_size;
  const auto size = sealed.size() - overhead;
  std::array<unsigned char, tag_size> tag;
  std::memcpy(tag.data(), text + size, tag_size);
  out.resize(size);
  auto* target = reinterpret_cast<unsigned char*>(out.data());
  const bool same = opening_.ready && opening_.key == key;
  opening_.ready = false;
  int written = 0;
  if (EVP_DecryptInit_ex(context, nullptr, nullptr, same ? nullptr : key.data(), nonce) != 1
      || EVP_DecryptUpdate(context, nullptr, &written, bytes_of(associated), static_cast<int>(associated.size())) != 1
      || EVP_DecryptUpdate(context, target, &written, text, static_cast<int>(size)) != 1
      || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, tag.data()) != 1)
    fail("opening");
  if (!same)
    opening_.key = key;
  opening_.ready = true;
  if (EVP_DecryptFinal_ex(context, target + written, &written) != 1) {
    OPENSSL_cleanse(out.data(), out.size());
    out.clear();
    return false;
  }
  return true;
}

} // namespace troupe::storage
