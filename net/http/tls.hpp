#pragma once

#include <memory>
#include <string>

#include <openssl/types.h>

#include "config/settings.hpp"

namespace troupe::net::http {

struct tls_deleter {
  void operator()(SSL_CTX* context) const noexcept;
  void operator()(SSL* session) const noexcept;
};

using tls_context = std::unique_ptr<SSL_CTX, tls_deleter>;
using tls_session = std::unique_ptr<SSL, tls_deleter>;

/// TLS 1.2+ with a certificate chain and its key. Throws `std::runtime_error` that names the file and the reason.
tls_context make_server_tls(const config::tls_settings& settings);

/// TLS 1.2+ that verifies the peer with the system's authorities and a further one.
/// @param ca_file, ca_pem empty = none. Throws `std::invalid_argument` when one can't be read.
tls_context make_client_tls(const std::string& ca_file, const std::string& ca_pem);

/// A session on a connected socket, for the side that accepts.
tls_session make_server_session(SSL_CTX& context, int socket);

/// The same for the side that connects: names `host` (SNI) and wants the peer's certificate to name it too.
tls_session make_client_session(SSL_CTX& context, int socket, const std::string& host);

/// What it does with the name, for a session that somebody else made. False when it can't.
bool expect_peer(SSL& session, const std::string& host);

/// Text of the oldest error of this thread's queue, which is emptied; empty when there is none.
std::string take_tls_error();

} // namespace troupe::net::http
