#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/schema.hpp"
#include "config/settings.hpp"

namespace troupe::config {

/// All settings but the providers', in the order of the documentation.
const std::vector<setting<settings>>& settings_table();

/// Those of one of `llm.providers[]`.
const std::vector<setting<provider_settings>>& provider_table();

/// A key that is reserved for a later version. It may be there without a value.
struct reserved_key {
  std::string_view key;    ///< with everything below it
  std::string_view reason; ///< what does not work, a sentence without its full stop
};

const std::vector<reserved_key>& reserved_keys();

/// The environment variable of a key: `TROUPE_SERVER_PORT` for `server.port`.
std::string variable_name(std::string_view key);

/// The words of `log.level`, `log.format`, `kind`, `api_version` and `prompt_cache`, in the order of their
/// enumerations.
extern const std::vector<std::string_view> log_levels;
extern const std::vector<std::string_view> log_formats;
extern const std::vector<std::string_view> provider_kinds;
extern const std::vector<std::string_view> messages_versions;
extern const std::vector<std::string_view> prompt_caches;

} // namespace troupe::config
