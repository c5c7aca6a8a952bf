#include "tls_peer.hpp"

#include <csignal>
#include <cstdlib>
#include <utility>

namespace troupe::testing {

tls_peer::tls_peer(peer over, const SSL_METHOD* method)
    : under{std::move(over)}, context_{SSL_CTX_new(method), SSL_CTX_free} {
  std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes without MSG_NOSIGNAL
}

tls_peer tls_peer::client(peer over, int max_version) {
  tls_peer result{std::move(over), TLS_client_method()};
  if (max_version != 0) {
    SSL_CTX_set_min_proto_version(result.context_.get(), 0);
    SSL_CTX_set_max_proto_version(result.context_.get(), max_version);
    SSL_CTX_set_cipher_list(result.context_.get(), "ALL:@SECLEVEL=0");
  }
  result.session_.reset(SSL_new(result.context_.get()));
  SSL_set_fd(result.session_.get(), result.under.socket());
  result.open_ = SSL_connect(result.session_.get()) == 1;
  return result;
}

tls_peer tls_peer::server(peer over, const std::string& certificate_file, const std::string& key_file) {
  tls_peer result{std::move(over), TLS_server_method()};
  SSL_CTX_use_certificate_chain_file(result.context_.get(), certificate_file.c_str());
  SSL_CTX_use_PrivateKey_file(result.context_.get(), key_file.c_str(), SSL_FILETYPE_PEM);
  result.session_.reset(SSL_new(result.context_.get()));
  SSL_set_fd(result.session_.get(), result.under.socket());
  result.open_ = SSL_accept(result.session_.get()) == 1;
  return result;
}

bool tls_peer::send(std::string_view bytes) {
  return SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}

std::string tls_peer::receive() {
  std::string result(16'384, '\0');
  int count = SSL_read(session_.get(), result.data(), static_cast<int>(result.size()));
  result.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return result;
}

std::string tls_peer::receive_all() {
  std::string result;
  for (auto part = receive(); !part.empty(); part = receive())
    result += part;
  return result;
}

std::string tls_peer::request() {
  std::string result;
  for (;;) {
    auto end = result.find("\r\n\r\n");
    if (end != result.npos) {
      auto at = result.find("Content-Length: ");
      auto size = at < end ? std::strtoul(result.c_str() + at + 16, nullptr, 10) : 0;
      if (result.size() >= end + 4 + size)
        return result;
    }
    auto part = receive();
    if (part.empty())
      return {};
    result += part;
  }
}

void tls_peer::end() {
  SSL_shutdown(session_.get());
}

} // namespace troupe::testing
