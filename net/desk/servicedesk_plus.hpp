#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "config/secret.hpp"
#include "net/desk/connector.hpp"
#include "net/desk/factory.hpp"

namespace troupe::net::desk {

/// `tenant.desk_options` of a ServiceDesk Plus: a JSON object, unknown members are refused.
struct servicedesk_plus_options {
  bool cloud = false;             ///< ServiceDesk Plus Cloud: the key is a Zoho OAuth refresh token
  std::string portal_id;          ///< sent as `PORTALID`, which installations with several portals want
  bool show_to_requester = false; ///< notes are for technicians unless this says otherwise
  std::string accounts_url;       ///< Cloud: `https://accounts.zoho.<data centre>`; told by the desk's address if empty
  std::string client_id;          ///< Cloud: of the OAuth client
  config::secret client_secret;   ///< Cloud: of the OAuth client
};

/// Throws `std::invalid_argument` that names the member at fault and lists the known ones.
servicedesk_plus_options parse_servicedesk_plus_options(std::string_view json);

/// ManageEngine ServiceDesk Plus, on-premises (API v3, technician key) and Cloud (OAuth). The address may end in the
/// host, in a portal (`/app/itdesk`) or in `/api/v3`.
class servicedesk_plus final : public connector {
public:
  /// Throws `std::invalid_argument` for a malformed address, PEM or option.
  servicedesk_plus(const http::dialer& dial, const desk_target& target, steady_clock_reading now);
  /// Breaks off what is under way: every `done` is called before this returns. Not to be called from one of them.
  ~servicedesk_plus() override;

  void write_note(const note& what, std::function<void(std::variant<note_written, desk_failure>)> done) override;
  void find_note(const std::string& ticket_id, const std::string& marker, const std::string& correlation_id,
                 std::function<void(std::variant<note_search, desk_failure>)> done) override;
  void check(std::function<void(std::optional<desk_failure>)> done) override;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::net::desk
