#include "actors/cli/checks.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

namespace troupe::actors::cli {

namespace {

using context_ptr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

std::string last_fault() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

/// Day by which the certificate ends, as `2026-11-20`.
std::string day_of(const ASN1_TIME* end) {
  std::tm when{};
  std::array<char, 16> text{};
  if (ASN1_TIME_to_tm(end, &when) != 1 || std::strftime(text.data(), text.size(), "%Y-%m-%d", &when) == 0)
    return "an unknown day";
  return text.data();
}

} // namespace

finding check_certificate(const config::tls_settings& tls) {
  if (!tls.enabled())
    return {"certificate", true, "none: plain HTTP"};
  const auto fault = [](const std::string& text) { return finding{"certificate", false, text}; };
  const context_ptr context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  if (!context)
    return fault(last_fault());
  if (SSL_CTX_use_certificate_chain_file(context.get(), tls.certificate.c_str()) != 1)
    return fault("can't read the certificate " + tls.certificate.string() + ": " + last_fault());
  if (SSL_CTX_use_PrivateKey_file(context.get(), tls.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return fault("can't read the key " + tls.key.string() + ", or it belongs to another certificate: " + last_fault());
  const auto* end = X509_get0_notAfter(SSL_CTX_get0_certificate(context.get()));
  if (X509_cmp_current_time(end) < 0)
    return fault(tls.certificate.string() + " expired on " + day_of(end));
  return {"certificate", true, tls.certificate.string() + " is valid until " + day_of(end)};
}

} // namespace troupe::actors::cli
