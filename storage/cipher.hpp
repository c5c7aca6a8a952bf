#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

extern "C" {
typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;
}

namespace troupe::storage {

/// 256 bits.
using key_bytes = std::array<unsigned char, 32>;

/// Unpredictable bytes, fetched from OpenSSL by the kilobyte since a call costs more than the bytes. One thread; not
/// across `fork`.
class random_bytes {
public:
  ~random_bytes();

  /// Throws `error{fault::unavailable}` when the system has none.
  void fill(unsigned char* out, std::size_t size);

private:
  std::array<unsigned char, 4096> pool_;
  std::size_t left_ = 0;
};

/// AES-256-GCM. Sealed bytes are `version (1) · nonce (12) · ciphertext · tag (16)`. One thread.
class cipher {
public:
  static constexpr std::size_t overhead = 1 + 12 + 16;

  cipher();
  ~cipher();
  cipher(const cipher&) = delete;
  cipher& operator=(const cipher&) = delete;

  /// Replaces `out`. `associated` isn't stored: the same must be given to open.
  void seal(const key_bytes& key, std::string_view associated, std::string_view plain, std::string& out);

  /// Replaces `out`. False when the key or `associated` is another one or a byte was changed; `out` is then empty.
  bool open(const key_bytes& key, std::string_view associated, std::string_view sealed, std::string& out);

  random_bytes& random() noexcept {
    return random_;
  }

private:
  struct free_context {
    void operator()(EVP_CIPHER_CTX* context) const noexcept;
  };
  using context_ptr = std::unique_ptr<EVP_CIPHER_CTX, free_context>;

  /// A context and the key it was last set up for: the set-up is spared while the key stays.
  struct keyed_context {
    context_ptr context;
    key_bytes key{};
    bool ready = false;
  };

  random_bytes random_;
  keyed_context sealing_;
  keyed_context opening_;
};

} // namespace troupe::storage
