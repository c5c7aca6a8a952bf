#include "actors/search/import.hpp"
#include "actors/cli/groups.hpp"
#include "actors/cli/opened.hpp"
#include "config/values.hpp"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <array>
#include <iostream>
#include <memory>

namespace troupe::actors::cli {

namespace {

using search::import_format;
using search::import_kind;

struct options {
  std::string tenant;
  std::string file;
  std::vector<std::string> mapping;
  std::string format = "automatic";
};

import_format parse_format(const std::string& word) {
  if (word == "csv")
    return import_format::csv;
  return word == "jsonl" ? import_format::json_lines : import_format::automatic;
}

/// One line on a terminal that is written over; nothing elsewhere.
void show_progress(const search::import_progress& done) {
  if (::isatty(STDERR_FILENO) != 1)
    return;
  std::cerr << "\r\x1b[K" << done.rows << " rows";
  if (done.total_bytes > 0)
    std::cerr << ", " << 100 * done.bytes / done.total_bytes << " %";
  std::cerr << std::flush;
}

void print_report(const invocation& call, const std::string& kind, const search::import_report& report) {
  if (call.json) {
    auto rows = nlohmann::ordered_json::array();
    for (const auto& r : report.examples)
      rows.push_back({{"line", r.line}, {"field", r.field}, {"rule", r.rule}, {"found", r.found}});
    auto columns = nlohmann::ordered_json::array();
    for (const auto& c : report.unknown)
      columns.push_back({{"name", c.name}, {"line", c.line}, {"nearest", c.nearest}});
    const nlohmann::ordered_json out{{"read", report.read},
                                     {"stored", report.stored},
                                     {"rejected", report.rejected},
                                     {"examples", rows},
                                     {"unknown_columns", columns}};
    std::cout << out.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    return;
  }
  std::cout << report.stored << " of " << report.read << " " << kind << " stored, " << report.rejected << " rejected\n";
  for (const auto& c : report.unknown)
    std::cerr << "  line " << c.line << ": column " << config::in_quotes(c.name) << " isn't used"
              << (c.nearest.empty() ? "" : "; did you mean " + config::in_quotes(c.nearest) + "?") << '\n';
  for (const auto& r : report.examples)
    std::cerr << "  line " << r.line << ": " << (r.field.empty() ? "" : for_terminal(r.field) + " ") << "must be "
              << r.rule << "; found " << config::in_quotes(r.found) << '\n';
  if (report.rejected > report.examples.size())
    std::cerr << "  and " << report.rejected - report.examples.size() << " more\n";
}

int import(const invocation& call, import_kind kind, const std::string& name, const options& o) {
  search::import_options how;
  how.format = parse_format(o.format);
  how.progress = show_progress;
  try {
    for (const auto& text : o.mapping)
      how.mapping.insert(search::parse_mapping(text));
  } catch (const search::import_error& e) {
    throw wrong_usage{std::string{"--map: "} + e.what()};
  }
  const auto database = open_database(read_settings(call));
  existing_tenant(*database->open_reader(), o.tenant);
  const auto writer = database->open_writer();
  const auto report = o.file == "-" ? search::import_stream(*writer, kind, o.tenant, std::cin, "standard input", how)
                                    : search::import_file(*writer, kind, o.tenant, o.file, how);
  if (::isatty(STDERR_FILENO) == 1)
    std::cerr << "\r\x1b[K";
  audit(*writer, name + "_imported", o.tenant, std::to_string(report.stored));
  print_report(call, name, report);
  return report.rejected == 0 ? 0 : 1;
}

} // namespace

void add_import(CLI::App& app, invocation& call) {
  auto* group = add_group(app, "import", "Import past tickets, articles and the inventory from CSV or JSON Lines");
  struct part {
    import_kind kind;
    const char* name;
    const char* fields;
  };
  constexpr std::array<part, 3> parts{{
      {import_kind::tickets, "tickets", "id, subject, description, resolution, resolved_at"},
      {import_kind::articles, "articles", "id, title, summary, body, url"},
      {import_kind::assets, "assets", "ip (one or several), hostname, role, client, location"},
  }};
  for (const auto& p : parts) {
    const std::string name = p.name;
    auto* command = add_command(
        *group, name,
        "Import " + name + ": " + p.fields + ". Rows replace those of the same id; exit code 1 if any is rejected",
        "troupe import " + name + " " + name + ".csv --tenant acme\n"
            + (p.kind == import_kind::assets ? "troupe import assets hosts.jsonl --tenant acme --map address=ip"
                                             : "troupe import " + name + " export.jsonl --tenant acme --map number=id"),
        call);
    auto o = std::make_shared<options>();
    command->add_option("FILE", o->file, "The file; - for standard input")->required();
    command->add_option("--tenant", o->tenant, "Tenant that gets the rows")->required();
    command->add_option("--map", o->mapping, "Name of a column of yours and ours; may be given several times")
        ->type_name("THEIRS=OURS")
        ->allow_extra_args(false);
    command->add_option("--format", o->format, "How the file is written")
        ->check(CLI::IsMember({"automatic", "csv", "jsonl"}))
        ->capture_default_str();
    command->callback([&call, o, kind = p.kind, name] {
      call.run = [&call, o, kind, name] { return import(call, kind, name, *o); };
    });
  }
}

} // namespace troupe::actors::cli
