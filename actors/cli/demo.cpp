#include "actors/api/engine.hpp"
#include "actors/api/guest.hpp"
#include "actors/api/issued_token.hpp"
#include "actors/cli/checks.hpp"
#include "actors/cli/demo_data.hpp"
#include "actors/cli/groups.hpp"
#include "actors/cli/opened.hpp"
#include "actors/cli/process.hpp"
#include "actors/cli/terminal_note.hpp"
#include "actors/cli/webhook_sender.hpp"
#include "config/load.hpp"
#include "config/log.hpp"
#include "config/workflow.hpp"
#include "net/io_threads.hpp"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <memory>
#include <optional>

namespace troupe::actors::cli {

namespace {

using namespace std::chrono_literals;
using json = nlohmann::ordered_json;

/// What a ticket may take from its webhook to its note, its retries included.
constexpr auto patience = 10min;

struct options {
  std::filesystem::path tickets;
  std::filesystem::path samples;
  std::filesystem::path folder;
  std::optional<std::uint16_t> port;
  bool once = false;
};

/// A ticket on its way.
struct sent_ticket {
  std::string id;
  std::string title;
  delivery_outcome delivery;
};

std::string text_of(const json& ticket, const char* key) {
  const auto at = ticket.find(key);
  return at == ticket.end() ? std::string{} : at->is_string() ? at->get<std::string>() : at->dump();
}

config::settings demo_settings(const invocation& call, const options& o, const demo_folder& folder) {
  auto out = read_settings(call);
  out.storage.url = "sqlite:" + (folder.path() / "troupe.db").string();
  out.limits.requests_per_minute = 0;
  if (out.log.level == config::log_level::info) // the notes are what is to be read
    out.log.level = config::log_level::warn;
  config::log::configure(out.log);
  out.server.port = o.port.value_or(out.server.port);
  if (!o.port && bind_fault(out.server) == EADDRINUSE) {
    std::cerr << "troupe: port " << out.server.port << " is in use, another one is taken\n";
    out.server.port = 0;
  }
  out.jwt.jwks_url.clear(); // the demo issues its tokens itself
  out.auth.guest_tenant = "demo";
  config::provide_jwt_secret(out);
  return out;
}

std::vector<sent_ticket> send_all(const std::vector<json>& tickets, const std::string& url,
                                  const config::server_settings& server, const storage::tenant& tenant) {
  net::io_threads io{1};
  net::http::endpoint_settings where;
  where.url = url;
  where.ca_file = server.tls.certificate.string();
  webhook_sender sender{io, where, tenant.id, tenant.signing_secrets.front(),
                        [](const std::string& why) { std::cerr << "troupe: " << for_terminal(why) << '\n'; }};
  std::vector<sent_ticket> out;
  for (const auto& ticket : tickets) {
    auto title = text_of(ticket, "subject");
    if (title.empty())
      title = text_of(ticket, "description").substr(0, 72);
    out.push_back({text_of(ticket, "ticket_id"), title, sender.deliver(ticket)});
  }
  return out;
}

/// Waits for the end of a job; nothing when it didn't end in time or a signal came.
std::optional<storage::job_record> ended(storage::reader& from, const std::string& id, const stop_signals& signals,
                                         bool& stopped) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!stopped && std::chrono::steady_clock::now() < deadline) {
    const auto job = from.find_job(id);
    using enum storage::job_status;
    if (job && (job->row.status == completed || job->row.status == dead || job->row.status == discarded))
      return job;
    stopped = signals.wait_for(20ms);
  }
  return std::nullopt;
}

/// The job's note on troupe's own desk, or empty.
std::string note_of(storage::reader& from, const storage::job_record& job) {
  for (const auto& note : from.local_notes(job.tenant, job.row.ticket_id))
    if (note.id == job.row.note_id)
      return note.markdown;
  return {};
}

void print_note(const invocation& call, const sent_ticket& ticket, const std::string& note, const std::string& fault) {
  if (call.json) {
    std::cout << json{{"ticket_id", ticket.id}, {"job_id", ticket.delivery.job_id}, {"note", note}, {"error", fault}}
                     .dump(-1, ' ', false, json::error_handler_t::replace)
              << std::endl;
    return;
  }
  winsize window{};
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  if (!terminal || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0)
    window.ws_col = 100;
  const std::size_t width = std::clamp<std::size_t>(window.ws_col, 40, 100);
  for (std::size_t i = 0; i < width; ++i)
    std::cout << "─";
  std::cout << '\n'
            << for_reading("**Ticket " + ticket.id + "** " + ticket.title, width, terminal) << '\n'
            << (note.empty() ? "No note: " + for_terminal(fault) + '\n' : for_reading(note, width, terminal))
            << std::endl;
}

/// Waits for each ticket's note and prints it; how many tickets have none.
std::size_t print_notes(const invocation& call, const std::vector<sent_ticket>& sent, storage::reader& from,
                        const stop_signals& signals, bool& stopped) {
  std::size_t without = 0;
  for (const auto& ticket : sent) {
    std::string note;
    auto fault = ticket.delivery.detail;
    if (ticket.delivery.status == 202) {
      const auto job = ended(from, ticket.delivery.job_id, signals, stopped);
      note = job ? note_of(from, *job) : std::string{};
      fault = job ? job->row.error : stopped ? "stopped" : "not ready in time";
    }
    without += note.empty() ? 1 : 0;
    print_note(call, ticket, note, note.empty() ? fault : std::string{});
    if (stopped)
      break;
  }
  return without;
}

void print_pages(const invocation& call, const config::settings& settings, const std::string& url) {
  const auto desk =
      url + "/desk/#token=" + api::issue_token(settings.jwt, {"guest", "demo", {}}, now(), api::guest_ttl);
  const auto chat = url + "/?agent=onboarding";
  if (call.json) {
    std::cout << json{{"url", url}, {"desk", desk}, {"chat", chat}, {"storage", settings.storage.url}}.dump()
              << std::endl;
    return;
  }
  std::cout << "The server keeps running until Ctrl-C:\n"
            << "  " << desk << "\n      the notes in a browser (the token is valid for a day)\n"
            << "  " << chat << "\n      an agent to talk with in a browser\n"
            << "  " << url << "/health    " << url << "/metrics\n"
            << "More tickets, from another terminal:\n"
            << "  TROUPE_STORAGE_URL='" << settings.storage.url << "' troupe send-webhook --tenant demo --url " << url
            << " FILE.jsonl" << std::endl;
}

int demo(const invocation& call, const options& o) {
  bound_heaps();
  const stop_signals signals;
  const auto samples = samples_folder(o.samples);
  const auto tickets = read_tickets(o.tickets.empty() ? samples / "new_tickets.jsonl" : o.tickets);
  const demo_folder folder{o.folder};
  const auto settings = demo_settings(call, o, folder);
  auto workflow = config::load_ticket_workflow(settings.agents_dir);
  raise_file_limit(settings.server);
  const auto database = storage::open(open_options(settings));
  const auto tenant = prepare_demo(*database, samples);

  api::engine engine{settings, std::move(workflow)};
  engine.start();
  const auto url = url_of(settings.server, engine.port());
  std::cerr << "troupe: ready at " << url << ", data in " << folder.path().string()
            << (folder.temporary() ? " (removed at the end; --folder keeps it)" : "") << '\n';
  const auto sent = send_all(tickets, url, settings.server, tenant);
  bool stopped = false;
  const auto without = print_notes(call, sent, *database->open_reader(), signals, stopped);
  if (!call.json)
    std::cout << sent.size() - without << " of " << sent.size() << " tickets have their note.\n";
  if (!o.once && !stopped) {
    print_pages(call, settings, url);
    signals.wait();
  }
  signals.end_at_next();
  engine.stop();
  return o.once && (without > 0 || stopped) ? 1 : 0;
}

} // namespace

void add_demo(CLI::App& app, invocation& call) {
  auto o = std::make_shared<options>();
  auto* command = add_command(app, "demo",
                              "Show the main job: start on a database of its own with sample data, send tickets as "
                              "signed webhooks, print each one's note, and keep running",
                              "troupe demo\ntroupe demo --once --tickets tickets.jsonl", call);
  command
      ->add_option("--tickets", o->tickets,
                   "Your own tickets: JSON Lines with ticket_id, description, priority and, if you like, subject and "
                   "requester")
      ->type_name("FILE");
  command->add_flag("--once", o->once, "End after the last note; exit code 0 only if every ticket has its note");
  command->add_option("--samples", o->samples, "Folder with the sample data (default: the one of the sources)")
      ->type_name("DIR");
  command->add_option("--folder", o->folder, "Folder for the database, which is kept (default: a temporary one)")
      ->type_name("DIR");
  whole_number(command->add_option("--port", o->port, "Port to listen on (default: the configured one, or a free one)"),
               0, 65'535);
  command->callback([&call, o] { call.run = [&call, o] { return demo(call, *o); }; });
}

} // namespace troupe::actors::cli
