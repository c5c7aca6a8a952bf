#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe::net::desk {

/// The address of a ServiceDesk Plus API: `https://host:8080`, `…/app/itdesk`, each also with `/api/v3`, become the one
/// that ends in `/api/v3`. Throws `std::invalid_argument` for what is no http or https address of that kind.
std::string servicedesk_plus_api(std::string_view url);

/// The Zoho accounts server of a Cloud desk's data centre, or empty where the desk's address doesn't tell it.
std::string zoho_accounts_of(std::string_view url);

/// A ticket id as one segment of a path, or nothing for an id that could change the path: empty, dots only, or with one
/// of `/ \ ? # ; %` or a control character.
std::optional<std::string> path_segment(std::string_view ticket_id);

/// As `application/x-www-form-urlencoded` writes a value.
std::string form_encoded(std::string_view text);

} // namespace troupe::net::desk
