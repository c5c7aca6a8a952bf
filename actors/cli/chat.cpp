#include "actors/api/issued_token.hpp"
#include "actors/cli/chat_session.hpp"
#include "actors/cli/groups.hpp"
#include "actors/cli/opened.hpp"
#include "actors/cli/tenant_rules.hpp"
#include "actors/cli/webhook_sender.hpp"
#include "config/load.hpp"
#include "config/values.hpp"
#include "net/jwt.hpp"

#include <CLI/App.hpp>

#include <unistd.h>

#include <memory>
#include <optional>

namespace troupe::actors::cli {

namespace {

using namespace std::chrono_literals;

struct options {
  std::string agent;
  std::string user;
  std::string tenant;
  std::optional<std::string> url;
  std::string ca_file;
  std::optional<std::string> token_file;
  std::string token;
  std::string conversation;
};

/// `ws://` as `http://` and `wss://` as `https://`; either way of writing is taken.
net::http::url server_of(const std::string& text) {
  try {
    return net::http::parse_url(text.starts_with("ws://") || text.starts_with("wss://") ? "http" + text.substr(2)
                                                                                        : text);
  } catch (const std::invalid_argument&) {
    throw wrong_usage{"--url must be ws://host, wss://host, http://host or https://host; found "
                      + config::in_quotes_without_login(text)};
  }
}

/// The tenant to talk as: the one that is named, or the only one there is.
std::string tenant_of(const config::settings& settings, const std::string& named) {
  if (!named.empty() && !is_tenant_id(named))
    throw wrong_usage{"--tenant " + tenant_id_rule + "; found " + config::in_quotes(named)};
  const auto database = open_database(settings);
  const auto reader = database->open_reader();
  if (!named.empty())
    return existing_tenant(*reader, named).id;
  const auto all = reader->list_tenants();
  if (all.size() == 1)
    return all.front().id;
  throw wrong_usage{all.empty() ? "there is no tenant; add one by: troupe tenant add NAME"
                                : "--tenant is needed, because there are several; see: troupe tenant list"};
}

/// Gives the token that was given, or mints one for each connection.
void provide_token(chat_order& order, config::settings settings, const options& o) {
  auto given = o.token_file ? read_secret("--token-file", *o.token_file) : o.token;
  if (!given.empty()) {
    order.may_mint = false;
    order.token = [given = std::move(given)] { return given; };
    return;
  }
  const auto tenant = tenant_of(settings, o.tenant);
  config::provide_jwt_secret(settings);
  if (settings.jwt.secret.empty())
    throw wrong_usage{"tokens come from the issuer of auth.jwt.jwks_url: give one by --token-file"};
  order.token = [jwt = settings.jwt, tenant, user = o.user] {
    return api::issue_token(jwt, {user, tenant, {}}, now(), 24h);
  };
}

int chat(const invocation& call, const options& o) {
  if (!net::jwt::fault_of_user(o.user).empty())
    throw wrong_usage{"--user must have 1 to 256 bytes without control characters; found " + config::in_quotes(o.user)};
  const auto settings = read_settings(call);
  chat_order order;
  order.server = server_of(o.url ? *o.url : server_url(settings.server));
  order.ca_file = !o.ca_file.empty() || o.url ? o.ca_file : settings.server.tls.certificate.string();
  order.user = o.user;
  order.agent = o.agent;
  order.conversation = o.conversation;
  order.interactive = ::isatty(STDIN_FILENO) == 1;
  order.styled = ::isatty(STDOUT_FILENO) == 1;
  order.manner = call.json           ? chat_transcript::manner::json
                 : order.interactive ? chat_transcript::manner::terminal
                                     : chat_transcript::manner::script;
  provide_token(order, settings, o);
  return hold_chat(order) ? 0 : 1;
}

} // namespace

void add_chat(CLI::App& app, invocation& call) {
  auto o = std::make_shared<options>();
  auto* command = add_command(app, "chat",
                              "Talk with an agent of a running server. Each line is a message; /help lists commands. "
                              "From a pipe, a line is said when the one before is answered, and replies alone are "
                              "printed",
                              "troupe chat --agent onboarding --user ann\n"
                              "printf 'I am 34\\n/profile\\n' | troupe chat --agent onboarding --user ann",
                              call);
  command->add_option("--agent", o->agent, "Agent to talk with (default: the tenant's chat agent)");
  command->add_option("--user", o->user, "User that talks")->required();
  command->add_option("--tenant", o->tenant, "Tenant that the user belongs to (default: the only one there is)");
  command->add_option("--url", o->url,
                      "Address of the server, ws:// or wss:// (default: the configured one on this machine)");
  command->add_option("--ca-file", o->ca_file, "PEM file of a further authority to trust")->type_name("FILE");
  auto* token =
      command->add_option("--token", o->token, "Token of the user (default: one signed with auth.jwt.secret)");
  command->add_option("--token-file", o->token_file, "File that holds the token, which then isn't in the process list")
      ->type_name("FILE")
      ->excludes(token);
  command->add_option("--conversation", o->conversation, "Conversation to go on with (default: the current one)");
  command->callback([&call, o] { call.run = [&call, o] { return chat(call, *o); }; });
}

} // namespace troupe::actors::cli
