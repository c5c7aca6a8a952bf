#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/ticket/compose.hpp"
#include "actors/ticket/job_core.hpp"
#include "actors/ticket/note.hpp"

namespace troupe::testing {

using namespace actors::ticket;
using namespace std::chrono_literals;
using net::desk::desk_failure;
using net::desk::desk_fault;
using net::desk::note_search;
using storage::job_status;

inline constexpr std::string_view job_id = "01930f3e-8a00-7000-8000-0123456789ab";
inline constexpr timestamp start_time{std::chrono::milliseconds{1'760'000'000'000}};

inline accepted printer_ticket() {
  accepted out;
  out.ticket_id = "4711";
  out.subject = "Printer on floor two does not print";
  out.description =
      "Since this morning the printer print01 at 10.1.2.3 accepts no jobs. The queue shows twenty documents "
      "and the print spooler service restarts every few minutes.";
  out.priority = storage::priority::high;
  out.requester = "ann@example.com";
  out.correlation_id = "corr-1";
  out.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  return out;
}

inline storage::ticket_hit past(std::string id, std::string subject, std::string resolution, double score = 5) {
  return {{std::move(id), std::move(subject), "The printer shows an error and the queue does not move.",
           std::move(resolution), "2026-03-04T10:11:12Z"},
          score};
}

inline findings printer_findings() {
  findings out;
  out.tickets = {
      past("HD-1001", "Print spooler crashes on print01",
           "Stopped the print spooler service and cleared the queue. Replaced the printer driver by version 7.2. "
           "User confirmed that printing works.",
           9),
      past("HD-1002", "Printer queue stuck", "Restarted the print spooler service and deleted the stuck documents.", 7),
  };
  out.articles = {
      {{"KB-17", "Clearing a stuck print queue", "How to stop the spooler and remove stuck documents safely.", "",
        "https://kb.example.com/articles/17"},
       4}};
  out.systems = {{"10.1.2.3", {{"10.1.2.3"}, "print01", "print server", "Acme", "Berlin"}}};
  out.unknown_addresses = {"10.9.9.9"};
  out.tickets_source = {source_status::ok, 3ms};
  out.articles_source = {source_status::ok, 2ms};
  out.assets_source = {source_status::ok, 1ms};
  return out;
}

inline findings no_findings() {
  findings out;
  out.tickets_source = {source_status::empty, 1ms};
  out.articles_source = {source_status::empty, 1ms};
  out.assets_source = {source_status::empty, 1ms};
  return out;
}

inline config::ticket_workflow workflow() {
  config::ticket_workflow out;
  out.version = "v1";
  out.instructions = "Write a note.";
  return out;
}

/// Words as most programs count them.
inline std::size_t plain_words(std::string_view text) {
  std::size_t count = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    count += !space && !inside ? 1 : 0;
    inside = !space;
  }
  return count;
}

inline bool contains(std::string_view text, std::string_view what) {
  return text.find(what) != text.npos;
}

/// One section's text of a note.
inline std::string section_of(const std::string& markdown, std::string_view title) {
  const auto heading = "## " + std::string{title} + "\n\n";
  const auto from = markdown.find(heading);
  if (from == markdown.npos)
    return "<no such section>";
  const auto text = from + heading.size();
  const auto to = std::min(markdown.find("\n\n## ", text), markdown.rfind("\n\nref: "));
  return markdown.substr(text, to - text);
}

/// A job with its journal: runs commands, keeps what they led to.
class job_bench {
public:
  explicit job_bench(config::ticket_workflow with = workflow()) : settings{std::move(with)} {
    apply({printer_ticket()});
  }

  /// Decides, then journals and applies; the events go through their JSON text.
  job_core::decision tell(job_command what) {
    auto decided = job_core::decide(state, std::move(what), {now, chance, job_id}, settings);
    apply(decided.events);
    return decided;
  }

  void apply(const std::vector<job_event>& events) {
    for (const auto& event : events) {
      auto stored = job_core::encode(event);
      job_core::apply(state, job_core::decode(stored.type, stored.payload), now);
      types.push_back(stored.type);
      journal.push_back({journal.size() + 1, std::move(stored.type), now, std::move(stored.payload)});
    }
  }

  /// The state as a new owner reads it.
  job_state rebuilt() const {
    job_state out;
    for (const auto& stored : journal)
      job_core::apply(out, job_core::decode(stored.type, stored.payload), stored.at);
    return out;
  }

  // -- the usual course, step by step --------------------------------------------------------------------------------

  job_core::decision wake() {
    return tell(actors::ticket::wake{++epoch});
  }

  job_core::decision gather() {
    return tell(context_gathered{state.attempt, printer_findings()});
  }

  job_core::decision fail_model(std::string why = "no model configured") {
    return tell(model_replied{state.attempt, model_failed{std::move(why)}});
  }

  job_core::decision written(std::string id = "n1") {
    return tell(note_outcome{state.writes, net::desk::note_written{std::move(id)}});
  }

  job_core::decision write_fails(net::desk::desk_fault fault, std::optional<milliseconds> retry_after = {}) {
    return tell(note_outcome{state.writes, net::desk::desk_failure{fault, "desk trouble", retry_after}, desk_took});
  }

  /// Up to a write that is on its way.
  job_core::decision begin_write() {
    wake();
    gather();
    return fail_model();
  }

  config::ticket_workflow settings;
  job_state state;
  timestamp now = start_time;
  double chance = 0.5;
  milliseconds desk_took{0}; ///< before it fails
  std::uint64_t epoch = 0;
  std::vector<std::string> types; ///< of all events so far
  std::vector<storage::stored_event> journal;
};

template <class Effect>
const Effect* find(const std::vector<job_effect>& effects) {
  for (const auto& effect : effects)
    if (const auto* found = std::get_if<Effect>(&effect))
      return found;
  return nullptr;
}

template <class Event>
const Event* find(const std::vector<job_event>& events) {
  for (const auto& event : events)
    if (const auto* found = std::get_if<Event>(&event))
      return found;
  return nullptr;
}

/// The timer that a decision sets, as it will fire.
inline timer_fired fired(const job_core::decision& decided, timer_kind kind) {
  for (const auto& effect : decided.effects)
    if (const auto* order = std::get_if<set_timer>(&effect); order && order->kind == kind)
      return {order->kind, order->generation, order->round};
  return {kind, 0, 0};
}

inline bool does_nothing(const job_core::decision& decided) {
  return decided.events.empty() && decided.effects.empty() && decided.early_effects.empty();
}

using names = std::vector<std::string>;

/// The events that came after the first `from`.
inline names new_types(const job_bench& job, std::size_t from) {
  return {job.types.begin() + static_cast<std::ptrdiff_t>(from), job.types.end()};
}

} // namespace troupe::testing
