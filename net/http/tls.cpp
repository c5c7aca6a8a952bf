#include "net/http/tls.hpp"

#include <cstring>
#include <stdexcept>
#include <string_view>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace troupe::net::http {

namespace {

/// Of the protocols offered by ALPN only HTTP/1.1 is known. A client that offers others gets none of them and may go
/// on without.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned offered_length, void*) {
  constexpr std::string_view http_1_1 = "http/1.1";
  for (unsigned at = 0; at < offered_length; at += 1U + offered[at]) {
    std::string_view name{reinterpret_cast<const char*>(offered) + at + 1, offered[at]};
    if (name == http_1_1) {
      *chosen = offered + at + 1;
      *length = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

tls_context make_context(const SSL_METHOD* method) {
  ERR_clear_error();
  tls_context result{SSL_CTX_new(method)};
  if (!result)
    throw std::runtime_error{"TLS can't be set up: " + take_tls_error()};
  SSL_CTX_set_min_proto_version(result.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(result.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(result.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(result.get(), 1); // one read for the head of a record and what follows
  return result;
}

/// Adds every certificate of a PEM text. False when it has none.
bool trust(SSL_CTX& context, const std::string& pem) {
  std::unique_ptr<BIO, int (*)(BIO*)> source{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
  auto* store = SSL_CTX_get_cert_store(&context);
  int added = 0;
  while (auto* certificate = PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)) {
    added += X509_STORE_add_cert(store, certificate);
    X509_free(certificate);
  }
  ERR_clear_error(); // reading ends with "no start line"
  return added > 0;
}

bool is_ip_address(const std::string& host) {
  std::unique_ptr<ASN1_OCTET_STRING, void (*)(ASN1_OCTET_STRING*)> address{a2i_IPADDRESS(host.c_str()),
                                                                           ASN1_OCTET_STRING_free};
  ERR_clear_error();
  return address != nullptr;
}

} // namespace

void tls_deleter::operator()(SSL_CTX* context) const noexcept {
  SSL_CTX_free(context);
}

void tls_deleter::operator()(SSL* session) const noexcept {
  SSL_free(session);
}

std::string take_tls_error() {
  auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0)
    return {};
  const char* reason = ERR_SYSTEM_ERROR(code) ? std::strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);
  return reason ? reason : "error " + std::to_string(code);
}

tls_context make_server_tls(const config::tls_settings& settings) {
  auto result = make_context(TLS_server_method());
  auto check = [](int done, const char* what, const std::filesystem::path& file) {
    if (done != 1)
      throw std::runtime_error{std::string{"the TLS "} + what + " " + file.string() + ": " + take_tls_error()};
  };
  check(SSL_CTX_use_certificate_chain_file(result.get(), settings.certificate.c_str()),
        "certificate can't be read from", settings.certificate);
  // A key of the right kind that belongs to another certificate is an error of this call already.
  check(SSL_CTX_use_PrivateKey_file(result.get(), settings.key.c_str(), SSL_FILETYPE_PEM), "key can't be used from",
        settings.key);
  check(SSL_CTX_check_private_key(result.get()), "key doesn't fit the certificate:", settings.key);
  SSL_CTX_set_alpn_select_cb(result.get(), choose_protocol, nullptr);
  constexpr std::string_view sessions = "troupe";
  SSL_CTX_set_session_id_context(result.get(), reinterpret_cast<const unsigned char*>(sessions.data()),
                                 sessions.size());
  return result;
}

tls_context make_client_tls(const std::string& ca_file, const std::string& ca_pem) {
  auto result = make_context(TLS_client_method());
  SSL_CTX_set_default_verify_paths(result.get());
  if (!ca_file.empty() && SSL_CTX_load_verify_file(result.get(), ca_file.c_str()) != 1)
    throw std::invalid_argument{"the authority's certificate can't be read from " + ca_file + ": " + take_tls_error()};
  if (!ca_pem.empty() && !trust(*result, ca_pem))
    throw std::invalid_argument{"the authority's certificate isn't PEM"};
  SSL_CTX_set_verify(result.get(), SSL_VERIFY_PEER, nullptr);
  ERR_clear_error();
  return result;
}

tls_session make_server_session(SSL_CTX& context, int socket) {
  tls_session result{SSL_new(&context)};
  if (result && SSL_set_fd(result.get(), socket) == 1)
    SSL_set_accept_state(result.get());
  else
    result.reset();
  return result;
}

bool expect_peer(SSL& session, const std::string& host) {
  return is_ip_address(host)
             ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&session), host.c_str()) == 1
             : SSL_set_tlsext_host_name(&session, host.c_str()) == 1 && SSL_set1_host(&session, host.c_str()) == 1;
}

tls_session make_client_session(SSL_CTX& context, int socket, const std::string& host) {
  tls_session result{SSL_new(&context)};
  if (!result || SSL_set_fd(result.get(), socket) != 1)
    return nullptr;
  if (!expect_peer(*result, host))
    return nullptr;
  SSL_set_connect_state(result.get());
  return result;
}

} // namespace troupe::net::http
