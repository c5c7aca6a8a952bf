#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace troupe::config {

/// Environment variables by name.
using environment = std::map<std::string, std::string, std::less<>>;

/// The process's own variables.
environment process_environment();

/// A configuration that can't be used. `what()` names every fault, one a line; no secret is part of it.
class invalid_configuration : public std::runtime_error {
public:
  explicit invalid_configuration(std::vector<std::string> faults);

  const std::vector<std::string>& faults() const noexcept {
    return faults_;
  }

private:
  std::vector<std::string> faults_;
};

struct loaded_settings {
  config::settings settings;
  std::vector<std::string> warnings; ///< what is set without effect, one sentence each
};

/// Reads settings: defaults, then the file, then the environment. Afterwards `llm.chain` names at least one provider,
/// each of which stands in `llm.providers`, and the last is of kind `extractive`.
/// @param file YAML; empty = none
/// Throws `invalid_configuration` with all faults of file and environment.
loaded_settings load(const std::filesystem::path& file, const environment& variables);

/// Where a sqlite url's database lies. Empty when `url` isn't `sqlite:PATH`.
std::filesystem::path database_path(const std::string& url);

/// Sets `value.jwt.secret` if there is neither one nor a key set: from the file beside the database that has its name
/// with the ending `.jwt`, which is made with a random secret and mode 0600 if missing; the log says so. Throws
/// `std::runtime_error` that names the file.
void provide_jwt_secret(settings& value);

} // namespace troupe::config
