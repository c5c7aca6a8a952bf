// What the core of a ticket job costs in CPU: decisions, events and their JSON text, prompt and note. No I/O.
// Usage: bench_ticket [jobs per round, default 20000]

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "actors/ticket/compose.hpp"
#include "actors/ticket/job_core.hpp"
#include "actors/ticket/note_check.hpp"
#include "actors/ticket/prompt.hpp"

using namespace troupe;
using namespace troupe::actors::ticket;

namespace {

constexpr std::string_view job_id = "01930f3e-8a00-7000-8000-0123456789ab";
constexpr int rounds = 7;

accepted ticket() {
  accepted out;
  out.ticket_id = "1760000000000123";
  out.subject = "printer driver spooler reported by user";
  out.description =
      "The printer on floor two does not accept jobs since this morning, seen on 10.1.4.77. The queue shows "
      "twenty documents and the spooler service restarts every few minutes. A reboot of the workstation did "
      "not help. Other users on the same switch report slow access to the shared drive as well. Please check "
      "the driver version and the port. The device was replaced last month, and the ticket of that time is "
      "still at hand.";
  out.priority = storage::priority::high;
  out.correlation_id = "0af7651916cd43dd8448eb211c80319c";
  return out;
}

findings found() {
  findings out;
  const std::string description =
      "The printer queue does not move and the spooler service stops again and again after the "
      "driver update. Users of the whole floor are affected, the shared drive is slow as well, "
      "and a reboot of the print server helped for an hour only, then the port went down.";
  const std::array<std::string, 5> resolutions{
      "Stopped the print spooler service and cleared the queue folder. Replaced the printer driver by version 7.2.",
      "Restarted the spooler service on the print server. Changed the printer port from WSD to TCP/IP.",
      "Updated the driver package and deployed it by policy. User confirmed that printing works again.",
      "Replaced the switch port's cable and set the port to full duplex. The interface counters stayed clean.",
      "Removed the stuck documents, then re-enabled the queue. Increased the spooler's disk space."};
  for (int i = 0; i < 5; ++i)
    out.tickets.push_back({{"HD-" + std::to_string(1'001 + i), "Printer queue stuck, spooler restarts", description,
                            resolutions[static_cast<std::size_t>(i)], "2026-03-04T10:11:12Z"},
                           9.0 - i});
  for (int i = 0; i < 3; ++i)
    out.articles.push_back(
        {{"KB-" + std::to_string(i), "Clearing a stuck print queue",
          "How to stop the spooler and remove stuck documents safely. Covers servers and workstations.", "",
          "https://kb.example.com/articles/" + std::to_string(i)},
         5.0 - i});
  out.systems.push_back({"10.1.4.77", {{"10.1.4.77"}, "ws-1477", "workstation", "Acme", "HQ-3"}});
  out.tickets_source = out.articles_source = out.assets_source = {source_status::ok, milliseconds{1}};
  return out;
}

/// Prose as the stand-in of the job benchmark answers it.
constexpr std::string_view prose =
    "The ticket matches known cases. Restart the print spooler service, clear the queue, and verify the driver version "
    "on "
    "the host. If the problem persists, check the switch port for errors and escalate to the network team with the "
    "interface counters attached. Reference articles KB-101 and KB-204 describe the procedure in detail.";

double cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

void measure(const char* name, int count, const std::function<std::size_t()>& work) {
  std::size_t sum = 0;
  for (int i = 0; i < count / 10; ++i)
    sum += work();
  std::array<double, rounds> results{};
  for (auto& result : results) {
    const auto from = cpu_us();
    for (int i = 0; i < count; ++i)
      sum += work();
    result = (cpu_us() - from) / count;
  }
  std::sort(results.begin(), results.end());
  std::printf("%-44s %7.2f us  [%.2f..%.2f]  (%zu)\n", name, results[rounds / 2], results.front(), results.back(),
              sum % 1'000);
}

/// One owner's work for one job, as the entity actor does it.
class job {
public:
  explicit job(const config::ticket_workflow& settings) : settings_{settings} {}

  std::size_t run(const accepted& what, const findings& context, std::variant<model_answer, model_failed> answer) {
    const std::vector<job_event> first{what};
    take(first);
    tell(wake{1});
    tell(context_gathered{1, context});
    tell(model_started{1});
    tell(model_replied{1, std::move(answer)});
    tell(note_outcome{1, net::desk::note_written{"n1"}});
    return bytes_;
  }

private:
  void tell(job_command what) {
    take(job_core::decide(state_, std::move(what), {now_, 0.5, job_id}, settings_).events);
  }

  void take(const std::vector<job_event>& events) {
    for (const auto& event : events) {
      bytes_ += job_core::encode(event).payload.size();
      job_core::apply(state_, event, now_);
    }
    bytes_ += job_core::project(state_).ticket_id.size();
  }

  const config::ticket_workflow& settings_;
  job_state state_;
  timestamp now_{milliseconds{1'760'000'000'000}};
  std::size_t bytes_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::max(10, std::atoi(argv[1])) : 20'000;
  config::ticket_workflow settings;
  settings.version = "bench";
  settings.instructions = std::string(2'000, 'i');
  const auto what = ticket();
  const auto context = found();
  const note_context input{what, context, settings, job_id};
  const model_answer good{compose_extractive(input), "stop", "mock", "m", 900, 300, 0, milliseconds{1}};
  const model_answer plain{std::string{prose}, "stop", "mock", "m", 900, 60, 0, milliseconds{1}};

  measure("whole job, model answers with four sections", count, [&] { return job{settings}.run(what, context, good); });
  measure("whole job, model answers with prose", count, [&] { return job{settings}.run(what, context, plain); });
  measure("whole job, no model", count, [&] { return job{settings}.run(what, context, model_failed{"none"}); });

  const gathered event{context};
  const auto text = job_core::encode(event);
  measure("encode accepted", count, [&] { return job_core::encode(what).payload.size(); });
  measure("encode gathered", count, [&] { return job_core::encode(event).payload.size(); });
  measure("decode gathered", count, [&] { return job_core::decode(text.type, text.payload).index(); });
  measure("prompt", count, [&] { return compose_prompt(what, context, settings)[1].text.size(); });
  measure("note without a model", count, [&] { return compose_extractive(input).size(); });
  measure("check of a note", count, [&] { return check_note(good.text, "stop", input).markdown.size(); });
  measure("check of 20 kB", count / 10, [&] {
    std::string reply = good.text;
    while (reply.size() < 20'000)
      reply += "\n- Clear the queue of the printer on the server and restart the spooler service.";
    return check_note(reply, "stop", input).markdown.size();
  });
  return 0;
}
