#include "actors/cli/groups.hpp"
#include "actors/cli/opened.hpp"
#include "actors/cli/tenant_removal.hpp"
#include "actors/cli/tenant_rules.hpp"
#include "actors/cli/tenant_view.hpp"
#include "config/document.hpp"
#include "config/values.hpp"

#include <CLI/App.hpp>

#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>

namespace troupe::actors::cli {

namespace {

/// What the command line says of a tenant. What isn't given stays as it is.
struct tenant_options {
  std::string id;
  std::optional<std::string> name;
  std::optional<std::string> desk;
  std::optional<std::string> desk_url;
  std::optional<std::string> desk_key;
  std::optional<std::string> desk_key_file;
  std::optional<std::string> desk_ca_file;
  std::optional<std::string> desk_ca; ///< what the file holds
  std::vector<std::string> desk_options;
  std::optional<std::string> signing_secret;
  std::optional<std::string> signing_secret_file;
  std::optional<std::uint32_t> webhooks_per_minute;
  bool no_desk_ca = false;
  bool drop_old = false;

  bool changes_anything() const {
    return name || desk || desk_url || desk_key || desk_key_file || desk_ca_file || !desk_options.empty()
           || signing_secret || signing_secret_file || webhooks_per_minute || no_desk_ca;
  }
};

/// Each change that is overtaken by another means that one got through.
constexpr int readings = 50;

using options_ptr = std::shared_ptr<tenant_options>;

void add_id(CLI::App* command, const options_ptr& o) {
  command->add_option("ID", o->id, "The tenant")->required();
}

void add_secret_options(CLI::App* command, const options_ptr& o) {
  auto* direct = command->add_option("--signing-secret", o->signing_secret,
                                     "Signs the tenant's webhooks; others on this machine may see it in the process "
                                     "list");
  command->add_option("--signing-secret-file", o->signing_secret_file, "File that holds it; - for standard input")
      ->type_name("FILE")
      ->excludes(direct);
}

void add_settings(CLI::App* command, const options_ptr& o) {
  command->add_option("--name", o->name, "Name for people");
  command->add_option("--desk", o->desk, "Where tickets live: local, servicedesk_plus");
  command->add_option("--desk-url", o->desk_url, "Address of the desk")->type_name("URL");
  auto* key = command->add_option("--desk-key", o->desk_key,
                                  "API key of the desk; others on this machine may see it in "
                                  "the process list");
  command->add_option("--desk-key-file", o->desk_key_file, "File that holds it; - for standard input")
      ->type_name("FILE")
      ->excludes(key);
  auto* authority = command
                        ->add_option("--desk-ca-file", o->desk_ca_file,
                                     "PEM file of the authority that signed the desk's certificate")
                        ->type_name("FILE");
  command->add_flag("--no-desk-ca", o->no_desk_ca, "Trust the system's authorities only")->excludes(authority);
  command->add_option("--desk-option", o->desk_options, "Option of the desk's connector; may be given several times")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  add_secret_options(command, o);
  whole_number(command->add_option("--webhooks-per-minute", o->webhooks_per_minute,
                                   "Accepted webhooks per minute; 0 = no limit"),
               0, std::numeric_limits<std::uint32_t>::max());
}

std::optional<config::secret> given_signing_secret(const tenant_options& o) {
  const auto text = o.signing_secret_file ? std::optional{read_secret("--signing-secret-file", *o.signing_secret_file)}
                                          : o.signing_secret;
  if (!text)
    return std::nullopt;
  if (!is_signing_secret(*text))
    throw wrong_usage{(o.signing_secret_file ? "--signing-secret-file: " : "--signing-secret: ") + signing_secret_rule
                      + "; found " + std::to_string(text->size()) + " bytes"};
  if (text->size() < 16)
    std::cerr << "troupe: warning: the signing secret is shorter than 16 bytes and may be guessed\n";
  return config::secret{*text};
}

/// What the options name by files, read once: standard input can't be read twice.
tenant_options with_files(tenant_options o) {
  if (o.desk_key_file)
    o.desk_key = read_secret("--desk-key-file", *o.desk_key_file);
  if (o.desk_ca_file)
    try {
      o.desk_ca = config::read_file(*o.desk_ca_file);
    } catch (const std::exception& e) {
      throw wrong_usage{std::string{"--desk-ca-file: "} + e.what()};
    }
  return o;
}

void apply(const tenant_options& o, storage::tenant& t) {
  t.name = o.name.value_or(t.name);
  if (o.desk && *o.desk != t.desk_kind) {
    t.desk_kind = *o.desk;
    t.desk_url.clear();
    t.desk_key = {};
    t.desk_ca.clear();
    t.desk_options.clear();
  }
  t.desk_url = o.desk_url.value_or(t.desk_url);
  if (o.desk_key)
    t.desk_key = config::secret{*o.desk_key};
  t.desk_ca = o.desk_ca.value_or(t.desk_ca);
  if (o.no_desk_ca)
    t.desk_ca.clear();
  for (const auto& assignment : o.desk_options)
    t.desk_options = with_option(t.desk_options, assignment);
  t.webhooks_per_minute = o.webhooks_per_minute.value_or(t.webhooks_per_minute);
  t.updated_at = now();
}

void check(const storage::tenant& t) {
  std::string lines;
  for (const auto& fault : faults_of(t))
    lines += (lines.empty() ? "" : "\n  ") + fault;
  if (!lines.empty())
    throw wrong_usage{"the tenant can't be stored:\n  " + lines};
}

int add(const invocation& call, const tenant_options& o) {
  storage::tenant t;
  t.id = o.id;
  apply(with_files(o), t);
  t.created_at = t.updated_at;
  const auto given = given_signing_secret(o);
  t.signing_secrets = {given ? *given : make_signing_secret()};
  check(t);
  const auto database = open_database(read_settings(call));
  if (database->open_reader()->find_tenant(t.id))
    throw failure{"there is a tenant " + config::in_quotes(t.id) + " already; change it by: troupe tenant update "
                  + t.id};
  const auto writer = database->open_writer();
  writer->add_tenant(t);
  audit(*writer, "tenant_added", t.id, "");
  print_change(call, t, "added", given ? nullptr : &t.signing_secrets.front());
  return 0;
}

/// Reads the tenant, lets `change` alter it, and stores it; anew when somebody else has changed it in between.
int alter(const invocation& call, const std::string& id, const char* action,
          const std::function<void(storage::tenant&)>& change, const config::secret* shown_secret = nullptr) {
  const auto database = open_database(read_settings(call));
  const auto reader = database->open_reader();
  const auto writer = database->open_writer();
  for (int reading = 0; reading < readings; ++reading) {
    auto t = existing_tenant(*reader, id);
    const auto read_at = t.updated_at;
    change(t);
    t.updated_at = now();
    check(t);
    if (!writer->update_tenant(t, read_at))
      continue;
    audit(*writer, std::string{"tenant_"} + action, t.id, "");
    print_change(call, t, action, shown_secret);
    return 0;
  }
  throw failure{"tenant " + id + " is being changed by others all the time; try again"};
}

int update(const invocation& call, const tenant_options& o) {
  if (!o.changes_anything())
    throw wrong_usage{"nothing to change: name at least one setting; see: troupe tenant update --help"};
  const auto secret = given_signing_secret(o);
  const auto given = with_files(o);
  return alter(call, o.id, "updated", [&](storage::tenant& t) {
    apply(given, t);
    if (secret)
      t.signing_secrets = {*secret};
  });
}

int rotate(const invocation& call, const tenant_options& o) {
  if (o.drop_old)
    return alter(call, o.id, "old_secret_dropped", [](storage::tenant& t) {
      if (t.signing_secrets.size() < 2)
        throw failure{"tenant " + t.id + " has no old signing secret: nothing was dropped"};
      t.signing_secrets.resize(1);
    });
  const auto given = given_signing_secret(o);
  const auto fresh = given ? *given : make_signing_secret();
  return alter(
      call, o.id, "secret_rotated",
      [&](storage::tenant& t) {
        t.signing_secrets.insert(t.signing_secrets.begin(), fresh);
        t.signing_secrets.resize(std::min<std::size_t>(t.signing_secrets.size(), 2));
      },
      given ? nullptr : &fresh);
}

int list(const invocation& call) {
  print_tenants(call, open_database(read_settings(call))->open_reader()->list_tenants());
  return 0;
}

int show(const invocation& call, const std::string& id) {
  print_tenant(call, existing_tenant(*open_database(read_settings(call))->open_reader(), id));
  return 0;
}

void add_changes(CLI::App* group, invocation& call, const options_ptr& o) {
  auto* added = add_command(*group, "add", "Add a tenant; a signing secret that isn't given is made and printed once",
                            "troupe tenant add acme --name \"Acme Ltd\"\n"
                            "troupe tenant add acme --desk servicedesk_plus --desk-url https://desk.acme.example \\\n"
                            "  --desk-key-file desk.key --signing-secret-file webhook.secret",
                            call);
  add_id(added, o);
  add_settings(added, o);
  added->callback([&call, o] { call.run = [&call, o] { return add(call, *o); }; });

  auto* updated = add_command(*group, "update",
                              "Change what is given and leave the rest; another desk begins with nothing of the "
                              "old one's",
                              "troupe tenant update acme --webhooks-per-minute 500\n"
                              "troupe tenant update acme --desk-ca-file desk-ca.pem --desk-option portal_id=2",
                              call);
  add_id(updated, o);
  add_settings(updated, o);
  updated->callback([&call, o] { call.run = [&call, o] { return update(call, *o); }; });

  auto* rotated = add_command(*group, "rotate-secret",
                              "Put a new signing secret beside the old one: both are valid until the next rotation or "
                              "--drop-old",
                              "troupe tenant rotate-secret acme\ntroupe tenant rotate-secret acme --drop-old", call);
  add_id(rotated, o);
  add_secret_options(rotated, o);
  rotated->add_flag("--drop-old", o->drop_old, "Make no new secret; let only the newest be valid")
      ->excludes("--signing-secret")
      ->excludes("--signing-secret-file");
  rotated->callback([&call, o] { call.run = [&call, o] { return rotate(call, *o); }; });
}

void add_pause(CLI::App* group, invocation& call, const options_ptr& o, bool paused) {
  const std::string name = paused ? "pause" : "resume";
  auto* command = add_command(*group, name,
                              paused ? "Begin no more of the tenant's jobs; webhooks are still taken, and wait"
                                     : "Go on with the tenant's jobs",
                              "troupe tenant " + name + " acme", call);
  add_id(command, o);
  command->callback([&call, o, paused] {
    call.run = [&call, o, paused] {
      return alter(call, o->id, paused ? "paused" : "resumed", [&](storage::tenant& t) { t.paused = paused; });
    };
  });
}

} // namespace

void add_tenant(CLI::App& app, invocation& call) {
  auto* group = add_group(app, "tenant", "Add, change and show tenants");
  const auto o = std::make_shared<tenant_options>();
  add_changes(group, call, o);
  add_pause(group, call, o, true);
  add_pause(group, call, o, false);
  add_command(*group, "list", "List the tenants", "troupe tenant list", call)->callback([&call] {
    call.run = [&call] { return list(call); };
  });
  auto* shown =
      add_command(*group, "show", "Show a tenant's settings, without its secrets", "troupe tenant show acme", call);
  add_id(shown, o);
  shown->callback([&call, o] { call.run = [&call, o] { return show(call, o->id); }; });
  add_tenant_removal(*group, call);
}

} // namespace troupe::actors::cli
