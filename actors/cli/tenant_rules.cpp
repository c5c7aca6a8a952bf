#include "actors/cli/tenant_rules.hpp"

#include "actors/cli/command.hpp"
#include "config/base64.hpp"
#include "config/values.hpp"
#include "net/desk/factory.hpp"
#include "net/io_threads.hpp"

#include <nlohmann/json.hpp>
#include <openssl/rand.h>

#include <algorithm>

namespace troupe::actors::cli {

const std::string tenant_id_rule = "must be 1 to 64 of a-z, 0-9, - and _, first a letter or digit";

const std::string signing_secret_rule = "must have 1 to 1024 bytes, or be whsec_ and the base64 of 1 to 512";

namespace {

constexpr std::string_view local = "local";

void check_desk(const storage::tenant& t, std::vector<std::string>& faults) {
  if (t.desk_kind == local) {
    if (!t.desk_url.empty() || !t.desk_key.empty() || !t.desk_ca.empty() || !t.desk_options.empty())
      faults.emplace_back("the desk 'local' is troupe's own: it takes no --desk-url, --desk-key, --desk-ca-file and "
                          "--desk-option; name another by --desk");
    return;
  }
  if (t.desk_kind != net::desk::desk_kinds) {
    faults.push_back("--desk must be local or " + std::string{net::desk::desk_kinds} + "; found "
                     + config::in_quotes(t.desk_kind));
    return;
  }
  if (t.desk_url.empty())
    faults.push_back("--desk-url is missing: the address of the " + t.desk_kind);
  else if (!config::is_http_url(t.desk_url))
    faults.push_back("--desk-url must be http://host or https://host, without user, query and fragment; found "
                     + config::in_quotes_without_login(t.desk_url));
  if (t.desk_key.empty())
    faults.push_back("--desk-key or --desk-key-file is missing: the key of the " + t.desk_kind);
  if (!faults.empty())
    return;
  try {
    net::io_threads io{1};
    net::desk::make_connector(io, {t.desk_kind, t.desk_url, t.desk_key, t.desk_ca, t.desk_options});
  } catch (const std::invalid_argument& e) {
    faults.emplace_back(e.what());
  }
}

} // namespace

bool is_tenant_id(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 64 && plain(text.front())
         && std::all_of(text.begin(), text.end(), [&](char c) { return plain(c) || c == '-' || c == '_'; });
}

config::secret make_signing_secret() {
  std::string bytes(32, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
    throw failure{"the system gives no random bytes"};
  return config::secret{"whsec_" + config::encode_base64(bytes)};
}

bool is_signing_secret(const std::string& text) {
  constexpr std::string_view prefix = "whsec_";
  if (!text.starts_with(prefix))
    return !text.empty() && text.size() <= 1024;
  const auto key = config::decode_base64(std::string_view{text}.substr(prefix.size()));
  return key && !key->empty() && key->size() <= 512;
}

std::vector<std::string> faults_of(const storage::tenant& t) {
  std::vector<std::string> faults;
  if (!is_tenant_id(t.id))
    faults.push_back("the tenant's id " + tenant_id_rule + "; found " + config::in_quotes(t.id));
  const auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (t.name.size() > 200 || std::any_of(t.name.begin(), t.name.end(), control))
    faults.push_back("--name must be at most 200 bytes on one line; found " + config::in_quotes(t.name)
                     + (t.name.size() > 200 ? " of " + std::to_string(t.name.size()) + " bytes" : ""));
  for (const auto& secret : t.signing_secrets)
    if (!is_signing_secret(secret.reveal()))
      faults.push_back("a signing secret " + signing_secret_rule);
  if (t.signing_secrets.empty())
    faults.emplace_back("a signing secret is missing");
  check_desk(t, faults);
  return faults;
}

std::string with_option(const std::string& object, const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == 0 || equals == std::string::npos)
    throw wrong_usage{"--desk-option must be key=value; found " + config::in_quotes(assignment)};
  auto options = object.empty() ? nlohmann::json::object() : nlohmann::json::parse(object);
  const auto key = assignment.substr(0, equals);
  const auto value = assignment.substr(equals + 1);
  if (value.empty())
    options.erase(key);
  else if (value == "true" || value == "false")
    options[key] = value == "true";
  else
    options[key] = value;
  try {
    return options.empty() ? std::string{} : options.dump();
  } catch (const nlohmann::json::exception&) {
    throw wrong_usage{"--desk-option must be UTF-8"};
  }
}

} // namespace troupe::actors::cli
