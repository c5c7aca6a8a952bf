#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "actors/cli/command.hpp"
#include "config/settings.hpp"
#include "storage/backend.hpp"

namespace troupe::actors::cli {

/// The file that `-c` names, or `TROUPE_CONFIG`, or `troupe.yaml` in the working directory if it is there; else none.
std::filesystem::path config_file(const invocation& call);

/// Reads the configuration and sets up the log. Warnings go to standard error. Throws `config::invalid_configuration`.
config::settings read_settings(const invocation& call);

/// What the database is opened with.
storage::open_options open_options(const config::settings& from);

/// Opens the database; the log says if that made a master key.
std::unique_ptr<storage::backend> open_database(const config::settings& from);

/// The tenant of this name. Throws `failure` that lists the tenants there are.
storage::tenant existing_tenant(storage::reader& from, const std::string& id);

storage::timestamp now();

/// RFC 3339 in UTC.
std::string shown(storage::timestamp at);

/// Notes in the audit log that somebody did this from the command line.
void audit(storage::writer& into, const std::string& action, const std::string& tenant, const std::string& object);

} // namespace troupe::actors::cli
