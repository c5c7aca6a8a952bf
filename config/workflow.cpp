#include "config/workflow.hpp"

#include "config/digest.hpp"
#include "config/load.hpp"
#include "config/source.hpp"
#include "config/table.hpp"

namespace troupe::config {

namespace shipped {
extern const std::string_view ticket_enhancement;
}

namespace {

using namespace std::chrono_literals;
using flow = ticket_workflow;
using value::duration;
using value::integer;

template <class Access>
void declare_source(std::vector<setting<flow>>& table, const std::string& name, Access source) {
  const auto prefix = "gather." + name + '.';
  table.push_back(declare<flow>(
      prefix + "enabled", value::boolean{}, [=](flow & f) -> auto& { return source(f).enabled; }, ""));
  table.push_back(declare<flow>(
      prefix + "limit", integer{1, 50}, [=](flow & f) -> auto& { return source(f).limit; }, ""));
  table.push_back(declare<flow>(
      prefix + "timeout", duration{10ms, 2min}, [=](flow & f) -> auto& { return source(f).timeout; }, ""));
}

const std::vector<setting<flow>>& workflow_table() {
  const value::text instructions{"a text of at most 32 KiB", [](auto t) { return t.size() <= std::size_t{32} << 10; }};
  const value::text language{"a language tag such as en or pt-BR", [](std::string_view t) {
                               return t.size() <= 35
                                      && t.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                             "abcdefghijklmnopqrstuvwxyz0123456789-")
                                             == std::string_view::npos;
                             }};
  const value::text name{"ticket_enhancement", [](auto t) { return t == "ticket_enhancement"; }};
  static const auto table = [&] {
    std::vector<setting<flow>> t{
        declare<flow>(
            "name", name, [](flow & f) -> auto& { return f.name; }, ""),
        declare<flow>(
            "time_limit", duration{1s, 24h}, [](flow & f) -> auto& { return f.time_limit; }, ""),
        declare<flow>(
            "synthesize.instructions", instructions, [](flow & f) -> auto& { return f.instructions; }, ""),
        declare<flow>(
            "synthesize.language", language, [](flow & f) -> auto& { return f.language; }, ""),
        declare<flow>(
            "synthesize.word_limit", integer{50, 2'000}, [](flow & f) -> auto& { return f.word_limit; }, ""),
        declare<flow>(
            "synthesize.timeout", duration{100ms, 1h}, [](flow & f) -> auto& { return f.synthesize_timeout; }, ""),
        declare<flow>(
            "write_note.timeout", duration{100ms, 10min}, [](flow & f) -> auto& { return f.write_timeout; }, ""),
        declare<flow>(
            "write_note.margin", duration{0s, 10min}, [](flow & f) -> auto& { return f.write_margin; }, ""),
        declare<flow>(
            "write_note.writes", integer{1, 10}, [](flow & f) -> auto& { return f.writes; }, ""),
        declare<flow>(
            "retry.retries", integer{0, 100}, [](flow & f) -> auto& { return f.retries; }, ""),
        declare<flow>(
            "retry.backoff_base", duration{1ms, 24h}, [](flow & f) -> auto& { return f.backoff_base; }, ""),
        declare<flow>(
            "retry.backoff_limit", duration{1ms, 24h * 7}, [](flow & f) -> auto& { return f.backoff_limit; }, ""),
    };
    declare_source(
        t, "tickets", [](flow & f) -> auto& { return f.tickets; });
    declare_source(
        t, "articles", [](flow & f) -> auto& { return f.articles; });
    declare_source(
        t, "assets", [](flow & f) -> auto& { return f.assets; });
    return t;
  }();
  return table;
}

} // namespace

ticket_workflow parse_ticket_workflow(std::string_view text, std::string_view origin) {
  static const environment none;
  std::vector<std::string> faults;
  ticket_workflow out;
  out.version = short_digest(text);
  source from{std::string{origin}, read_document(text, origin, faults), none, faults};
  const bool readable = faults.empty();
  read_section(from, "", workflow_table(), out);
  if (readable && out.instructions.empty())
    from.fault(from.place_of("synthesize.instructions") + "is missing");
  if (out.backoff_limit < out.backoff_base)
    from.fault(from.place_of("retry.backoff_limit") + "must not be less than retry.backoff_base");
  from.report_unknown([](std::string_view) { return std::string_view{}; });
  if (!faults.empty())
    throw invalid_configuration{std::move(faults)};
  return out;
}

ticket_workflow load_ticket_workflow(const std::filesystem::path& agents_dir) {
  std::error_code unreadable;
  if (!agents_dir.empty()) {
    if (!std::filesystem::is_directory(agents_dir, unreadable))
      throw invalid_configuration{{"agents_dir: " + agents_dir.string() + " is not a directory that can be read"}};
    if (const auto file = agents_dir / "workflows" / "ticket_enhancement.yaml";
        std::filesystem::exists(file, unreadable)) {
      std::string text;
      try {
        text = read_file(file);
      } catch (const std::exception& e) {
        throw invalid_configuration{{e.what()}};
      }
      return parse_ticket_workflow(text, file.string());
    }
  }
  return parse_ticket_workflow(shipped::ticket_enhancement, "shipped ticket_enhancement.yaml");
}

} // namespace troupe::config
