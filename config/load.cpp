#include "config/load.hpp"

#include "config/document.hpp"
#include "config/providers.hpp"
#include "config/source.hpp"
#include "config/table.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace troupe::config {

namespace {

std::string lines(const std::vector<std::string>& faults) {
  std::string out;
  for (const auto& f : faults)
    out.append(out.empty() ? "" : "\n").append(f);
  return out;
}

void check_tls(source& from, const tls_settings& tls) {
  if (tls.certificate.empty() != tls.key.empty())
    from.fault(from.place_of(tls.key.empty() ? "server.tls.key" : "server.tls.certificate")
               + "is missing: certificate and key go together");
}

void read_origins(source& from, std::vector<std::string>& out) {
  for (const auto& word : from.take_list("server.allowed_origins"))
    if (is_origin(word.text))
      out.push_back(word.text);
    else
      from.fault(word.place + "must be an origin such as https://app.example or http://localhost:3000, in lower case "
                 + "and without a path; found " + in_quotes(word.text));
}

/// Variables that common set-ups carry, for what a later version brings: they must not keep this one from starting.
void warn_of_reserved(const environment& variables, std::vector<std::string>& warnings) {
  constexpr std::array<std::pair<const char*, const char*>, 2> reserved{{
      {"REDIS_URL", "Redis isn't in this version, caches are kept in memory"},
      {"LOGFIRE_TOKEN", "telemetry export isn't in this version"},
  }};
  for (const auto& [name, reason] : reserved)
    if (const auto at = variables.find(name); at != variables.end() && !at->second.empty())
      warnings.push_back(std::string{name} + " has no effect: " + reason);
}

/// The variables that settings are read from.
std::vector<std::string> known_variables() {
  std::vector<std::string> out{"TROUPE_LLM_CHAIN", "TROUPE_SERVER_ALLOWED_ORIGINS", "TROUPE_CONFIG"};
  for (const auto& s : settings_table()) {
    auto names = s.variables;
    names.push_back(variable_name(s.key));
    for (auto& name : names) {
      if (s.secret)
        out.push_back(name + "_FILE");
      out.push_back(std::move(name));
    }
  }
  return out;
}

/// A misspelt variable would be passed over in silence otherwise. Foreign ones, such as TROUPE_BIN, are left alone.
void warn_of_unknown(const environment& variables, std::vector<std::string>& warnings) {
  const auto known = known_variables();
  const std::vector<std::string_view> words{known.begin(), known.end()};
  const auto in_section = [](std::string_view name) {
    constexpr std::array<std::string_view, 10> sections{"SERVER_", "STORAGE_", "CACHE_", "LLM_", "SECRETS_",
                                                        "AUTH_",   "LIMITS_",  "JOBS_",  "LOG_", "SEARCH_"};
    name.remove_prefix(std::string_view{"TROUPE_"}.size());
    return std::any_of(sections.begin(), sections.end(), [&](auto s) { return name.starts_with(s); });
  };
  for (auto at = variables.lower_bound("TROUPE_"); at != variables.end() && at->first.starts_with("TROUPE_"); ++at) {
    const auto& name = at->first;
    if (std::find(words.begin(), words.end(), name) != words.end() || name.starts_with("TROUPE_LLM_PROVIDERS_"))
      continue;
    if (in_section(name) || !nearest(name, words, 2).empty())
      warnings.push_back("environment variable " + name + " sets nothing" + suggestion(name, words));
  }
}

/// An issuer serves others, too: a token that it made for them would be good here.
void warn_of_open_audience(const jwt_settings& jwt, std::vector<std::string>& warnings) {
  if (!jwt.jwks_url.empty() && (jwt.issuer.empty() || jwt.audience.empty()))
    warnings.push_back(std::string{jwt.audience.empty() ? "auth.jwt.audience" : "auth.jwt.issuer"}
                       + " isn't set: tokens that the issuer of auth.jwt.jwks_url made for others are accepted");
}

/// `TROUPE_LLM_PROVIDERS_0_MODEL` and its like; an index that leaves a gap is unknown too.
void check_provider_variables(source& from, const environment& variables, std::size_t count) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < count; ++i)
    for (const auto& s : provider_table()) {
      known.push_back(variable_name("llm.providers." + std::to_string(i) + '.' + s.key));
      if (s.secret)
        known.push_back(known.back() + "_FILE");
    }
  const std::vector<std::string_view> words{known.begin(), known.end()};
  const std::string prefix = "TROUPE_LLM_PROVIDERS_";
  for (auto at = variables.lower_bound(prefix); at != variables.end() && at->first.starts_with(prefix); ++at)
    if (std::find(words.begin(), words.end(), at->first) == words.end())
      from.fault(at->first + ": sets nothing" + suggestion(at->first, words));
}

std::string_view reserved_reason(std::string_view key) {
  for (const auto& r : reserved_keys())
    if (key == r.key || (key.starts_with(r.key) && key[r.key.size()] == '.'))
      return r.reason;
  return {};
}

} // namespace

environment process_environment() {
  environment out;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view pair{*at};
    if (const auto equals = pair.find('='); equals != std::string_view::npos)
      out.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return out;
}

invalid_configuration::invalid_configuration(std::vector<std::string> faults)
    : std::runtime_error{lines(faults)}, faults_{std::move(faults)} {}

loaded_settings load(const std::filesystem::path& file, const environment& variables) {
  std::vector<std::string> faults;
  std::vector<entry> entries;
  const auto origin = file.empty() ? std::string{"configuration"} : file.string();
  if (!file.empty()) {
    try {
      entries = read_document(read_file(file), origin, faults);
    } catch (const std::exception& e) {
      faults.emplace_back(e.what());
    }
    interpolate(entries, variables, origin, faults);
  }
  loaded_settings out;
  source from{origin, std::move(entries), variables, faults};
  read_section(from, "", settings_table(), out.settings);
  check_tls(from, out.settings.server.tls);
  read_origins(from, out.settings.server.allowed_origins);
  const auto named = from.take_sections("llm.providers");
  read_providers(from, named, out.settings.llm, out.warnings);
  check_provider_variables(from, variables, named);
  from.report_unknown(reserved_reason);
  warn_of_open_audience(out.settings.jwt, out.warnings);
  warn_of_reserved(variables, out.warnings);
  warn_of_unknown(variables, out.warnings);
  if (!faults.empty())
    throw invalid_configuration{std::move(faults)};
  return out;
}

} // namespace troupe::config
