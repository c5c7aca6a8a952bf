#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "peer.hpp"

namespace troupe::testing {

/// TLS over a blocking `peer`, of either side. Verifies nothing.
class tls_peer {
public:
  /// @param max_version such as `TLS1_2_VERSION`; 0 = the newest
  static tls_peer client(peer over, int max_version = 0);
  static tls_peer server(peer over, const std::string& certificate_file, const std::string& key_file);

  /// Whether the handshake has succeeded.
  bool is_open() const {
    return open_;
  }
  bool send(std::string_view bytes);
  std::string receive();
  std::string receive_all();
  /// One request, head and body; empty when the connection ended before.
  std::string request();
  /// Says that nothing follows, as TLS does.
  void end();
  int version() const {
    return SSL_version(session_.get());
  }

  peer under;

private:
  tls_peer(peer over, const SSL_METHOD* method);

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> session_{nullptr, SSL_free};
  bool open_ = false;
};

} // namespace troupe::testing
