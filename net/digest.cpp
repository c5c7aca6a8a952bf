#include "net/digest.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace troupe::net {

namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* x) const noexcept {
    Free(x);
  }
};

void demand(bool ok) {
  if (!ok)
    throw std::runtime_error{"OpenSSL can't compute a digest"};
}

// OpenSSL looks its algorithms up by name, which costs more than hashing a webhook. So each thread looks once.

class thread_sha256 {
public:
  thread_sha256() : algorithm_{EVP_MD_fetch(nullptr, "SHA256", nullptr)}, context_{EVP_MD_CTX_new()} {
    demand(algorithm_ && context_);
  }

  digest256 operator()(std::initializer_list<std::string_view> parts) {
    demand(EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) == 1);
    for (const auto part : parts)
      demand(EVP_DigestUpdate(context_.get(), part.data(), part.size()) == 1);
    digest256 result;
    demand(EVP_DigestFinal_ex(context_.get(), result.data(), nullptr) == 1);
    return result;
  }

private:
  std::unique_ptr<EVP_MD, freed_by<EVP_MD_free>> algorithm_;
  std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>> context_;
};

class thread_hmac {
public:
  thread_hmac() : algorithm_{EVP_MAC_fetch(nullptr, "HMAC", nullptr)} {
    demand(algorithm_ != nullptr);
    context_.reset(EVP_MAC_CTX_new(algorithm_.get()));
    demand(context_ != nullptr);
    char name[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", name, 0), OSSL_PARAM_construct_end()};
    demand(EVP_MAC_CTX_set_params(context_.get(), parameters) == 1);
  }

  digest256 operator()(std::string_view key, std::initializer_list<std::string_view> parts) {
    // A null key would mean the one of the call before.
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.empty() ? "" : key.data());
    demand(EVP_MAC_init(context_.get(), bytes, key.size(), nullptr) == 1);
    for (const auto part : parts)
      demand(EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(part.data()), part.size()) == 1);
    digest256 result;
    std::size_t length = 0;
    demand(EVP_MAC_final(context_.get(), result.data(), &length, result.size()) == 1 && length == result.size());
    return result;
  }

private:
  std::unique_ptr<EVP_MAC, freed_by<EVP_MAC_free>> algorithm_;
  std::unique_ptr<EVP_MAC_CTX, freed_by<EVP_MAC_CTX_free>> context_;
};

} // namespace

digest256 sha256(std::initializer_list<std::string_view> parts) {
  thread_local thread_sha256 compute;
  return compute(parts);
}

digest256 hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts) {
  thread_local thread_hmac compute;
  return compute(key, parts);
}

bool same_digest(const digest256& a, const digest256& b) noexcept {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view bytes_of(const digest256& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

} // namespace troupe::net
