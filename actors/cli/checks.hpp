#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "storage/backend.hpp"

namespace troupe::net {
class io_threads;
}

/// What `troupe check` looks at. Each looks and changes nothing; none throws. All block, within some 15 s but for
/// `check_pages`.
namespace troupe::actors::cli {

struct finding {
  std::string name; ///< such as `desk acme`
  bool ok = false;
  std::string detail; ///< what was found; no secrets
};

/// Certificate and key can be read, belong together and haven't expired.
finding check_certificate(const config::tls_settings& tls);

/// Why the address can't be listened on, as `errno` has it; 0 = it can.
int bind_fault(const config::server_settings& server);

/// The port can be bound, or a troupe that answers has it.
finding check_port(net::io_threads& io, const config::server_settings& server);

/// The file that a token secret was made in can be used.
finding check_token_secret(const config::settings& all);

/// The issuer's key set can be fetched and holds a key that can be used; says which of its keys can't.
finding check_token_keys(net::io_threads& io, const config::jwt_settings& jwt);

/// Reachable, migrated, and opened by the master key. A database that isn't there yet is no fault.
/// @param opened set if it can be opened
finding check_database(const config::settings& all, std::unique_ptr<storage::backend>& opened);

/// Every page of the database is as it was written. Takes as long as reading the file; tells on standard error every
/// some seconds that it is still at it.
finding check_pages(const config::settings& all);

finding check_desk(net::io_threads& io, const storage::tenant& tenant);

/// The endpoint answers and takes the key. Costs no tokens: it lists its models.
finding check_provider(net::io_threads& io, const config::provider_settings& provider);

finding check_articles(net::io_threads& io, const config::search_settings& search);

} // namespace troupe::actors::cli
