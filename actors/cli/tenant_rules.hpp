#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/tenants.hpp"

namespace troupe::actors::cli {

/// `must be …`, for messages.
extern const std::string tenant_id_rule;

/// The same for signing secrets.
extern const std::string signing_secret_rule;

bool is_tenant_id(std::string_view text);

/// A secret that both forms of webhook signatures can use: `whsec_` and 32 random bytes in base64.
config::secret make_signing_secret();

/// Whether a signing secret can be used: not empty, and behind `whsec_` base64.
bool is_signing_secret(const std::string& text);

/// What is wrong with a tenant's settings, one sentence each, without secrets. Empty = all is well.
std::vector<std::string> faults_of(const storage::tenant& value);

/// Puts `key=value` into a JSON object of connector options; an empty value removes the key, `true` and `false` are
/// truth values, all else is text. Throws `wrong_usage`.
std::string with_option(const std::string& object, const std::string& assignment);

} // namespace troupe::actors::cli
