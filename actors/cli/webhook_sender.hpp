#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "config/settings.hpp"
#include "net/http/client.hpp"

namespace troupe::net {
class io_threads;
}

namespace troupe::actors::cli {

/// Tickets of a file: one JSON object, an array of them, or JSON Lines. Throws `failure` that names file, line and
/// fault.
std::vector<nlohmann::ordered_json> read_tickets(const std::filesystem::path& file);

/// Where this machine reaches the server that these settings start. Throws `wrong_usage` when they leave the port open.
std::string server_url(const config::server_settings& server);

/// What became of one delivery.
struct delivery_outcome {
  unsigned status = 0; ///< 202 = accepted; 0 = no answer
  std::string job_id;
  std::string detail; ///< why not
};

/// Delivers tickets as a tenant's desk does: signed, over HTTP. One thread.
class webhook_sender {
public:
  /// @param on_wait told in words when a limit or an outage is waited for
  webhook_sender(net::io_threads& io, const net::http::endpoint_settings& server, std::string tenant,
                 config::secret key, std::function<void(const std::string&)> on_wait);

  /// Puts the tenant into the ticket, signs and posts it. Refusals for now (429, 503) and broken connections are met by
  /// up to five more attempts, as the server says or with growing pauses: a delivery sent again makes no second job.
  delivery_outcome deliver(const nlohmann::ordered_json& ticket);

private:
  net::http::call_result post(const std::string& body);

  net::http::client client_;
  std::string tenant_;
  config::secret key_;
  std::function<void(const std::string&)> on_wait_;
};

} // namespace troupe::actors::cli
