#include "actors/cli/groups.hpp"
#include "actors/cli/opened.hpp"
#include "actors/cli/tenant_rules.hpp"
#include "actors/cli/webhook_sender.hpp"
#include "config/values.hpp"
#include "net/io_threads.hpp"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>
#include <optional>

namespace troupe::actors::cli {

namespace {

using json = nlohmann::ordered_json;

struct options {
  std::string tenant;
  std::string file;
  std::optional<std::string> url;
  std::string ca_file;
  std::optional<std::string> secret_file;
};

config::secret signing_secret(const config::settings& settings, const options& o) {
  if (o.secret_file)
    return config::secret{read_secret("--signing-secret-file", *o.secret_file)};
  const auto tenant = existing_tenant(*open_database(settings)->open_reader(), o.tenant);
  if (tenant.signing_secrets.empty())
    throw failure{"the tenant " + tenant.id + " has no signing secret; make one by: troupe tenant rotate-secret "
                  + tenant.id};
  return tenant.signing_secrets.front();
}

void print_outcome(const invocation& call, const std::string& ticket, const delivery_outcome& outcome) {
  if (call.json)
    std::cout << json{{"ticket_id", ticket},
                      {"status", outcome.status},
                      {"job_id", outcome.job_id},
                      {"error", outcome.detail}}
                     .dump(-1, ' ', false, json::error_handler_t::replace)
              << std::endl;
  else if (outcome.status == 202)
    std::cout << for_terminal(ticket) << ": accepted as job " << for_terminal(outcome.job_id) << std::endl;
  else
    std::cerr << for_terminal(ticket) << ": not accepted: " << for_terminal(outcome.detail) << '\n';
}

int send(const invocation& call, const options& o) {
  if (!is_tenant_id(o.tenant))
    throw wrong_usage{"--tenant " + tenant_id_rule + "; found " + config::in_quotes(o.tenant)};
  const auto settings = read_settings(call);
  net::http::endpoint_settings server;
  server.url = o.url ? *o.url : server_url(settings.server);
  if (!config::is_http_url(server.url))
    throw wrong_usage{"--url must be http://host or https://host; found "
                      + config::in_quotes_without_login(server.url)};
  server.ca_file = o.ca_file;
  const auto tickets = read_tickets(o.file);
  net::io_threads io{1};
  std::unique_ptr<webhook_sender> sender;
  try {
    sender = std::make_unique<webhook_sender>(io, server, o.tenant, signing_secret(settings, o), [](const auto& why) {
      std::cerr << "troupe: " << for_terminal(why) << '\n';
    });
  } catch (const std::invalid_argument& e) {
    throw wrong_usage{e.what()};
  }
  std::size_t refused = 0;
  for (const auto& ticket : tickets) {
    const auto id = ticket.value("ticket_id", json{});
    const auto outcome = sender->deliver(ticket);
    print_outcome(call, id.is_string() ? id.get<std::string>() : id.dump(), outcome);
    refused += outcome.status == 202 ? 0 : 1;
  }
  if (refused > 0)
    throw failure{std::to_string(refused) + " of " + std::to_string(tickets.size()) + " tickets weren't accepted"};
  return 0;
}

} // namespace

void add_send_webhook(CLI::App& app, invocation& call) {
  auto o = std::make_shared<options>();
  auto* command =
      add_command(app, "send-webhook",
                  "Sign the tickets of a file and post them, as a desk does. JSON or JSON Lines, objects as "
                  "in the webhook's body without tenant_id and timestamp",
                  "troupe send-webhook --tenant acme tickets.jsonl\n"
                  "troupe send-webhook --tenant acme ticket.json --url https://troupe.example",
                  call);
  command->add_option("--tenant", o->tenant, "Tenant that the tickets are of")->required();
  command->add_option("FILE", o->file, "The tickets")->required();
  command->add_option("--url", o->url, "Address of the server (default: the configured one on this machine)");
  command->add_option("--ca-file", o->ca_file, "PEM file of a further authority to trust")->type_name("FILE");
  command
      ->add_option("--signing-secret-file", o->secret_file,
                   "File that holds the signing secret, - for standard input (default: the tenant's newest, from the "
                   "database)")
      ->type_name("FILE");
  command->callback([&call, o] { call.run = [&call, o] { return send(call, *o); }; });
}

} // namespace troupe::actors::cli
