#include "certificate.hpp"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace troupe::testing {

namespace {

std::string text_of(BIO* bio) {
  char* data = nullptr;
  auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream{file} << text;
}

} // namespace

certificate::certificate(const std::string& name, std::chrono::seconds lifetime) {
  auto pattern = (std::filesystem::temp_directory_path() / "troupe-certificate-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    throw std::runtime_error{"no temporary folder"};
  folder_ = pattern;
  file = folder_ / "certificate.pem";
  key = folder_ / "key.pem";

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair{EVP_EC_gen("P-256"), EVP_PKEY_free};
  std::unique_ptr<X509, decltype(&X509_free)> made{X509_new(), X509_free};
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), static_cast<long>(lifetime.count()));
  X509_set_pubkey(made.get(), pair.get());
  auto* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("troupe test"), -1, -1,
                             0);
  X509_set_issuer_name(made.get(), subject);
  std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> names{
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str()), X509_EXTENSION_free};
  X509_add_ext(made.get(), names.get(), -1);
  if (X509_sign(made.get(), pair.get(), EVP_sha256()) == 0)
    throw std::runtime_error{"can't sign"};

  std::unique_ptr<BIO, decltype(&BIO_free)> out{BIO_new(BIO_s_mem()), BIO_free};
  PEM_write_bio_X509(out.get(), made.get());
  pem = text_of(out.get());
  write(file, pem);
  std::unique_ptr<BIO, decltype(&BIO_free)> secret{BIO_new(BIO_s_mem()), BIO_free};
  PEM_write_bio_PrivateKey(secret.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
  write(key, text_of(secret.get()));
}

certificate::~certificate() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

} // namespace troupe::testing
