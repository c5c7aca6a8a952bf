#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <caf/scoped_actor.hpp>

#include "actors/runtime/entity.hpp"
#include "actors/runtime/journal_writer.hpp"
#include "actors/runtime/supervisor.hpp"
#include "actors/runtime/system_config.hpp"

// What the runtime itself costs: entities whose journal is written to nowhere.
namespace troupe::bench {
namespace {

constexpr int appends_per_job = 5;

/// A job of five steps, each with an effect whose answer leads to the next.
struct five_steps {
  static constexpr const char* name = "five_steps";

  struct state {
    int done = 0;
  };
  struct stepped {
    std::string text;
  };
  using event = std::variant<stepped>;
  struct work {};
  using effect = std::variant<work>;
  struct go_on {};
  using command = std::variant<go_on>;
  struct settings {
    std::string text;
  };
  using context = actors::context;
  using decision = actors::decision<event, effect>;

  static command wake(std::uint64_t) {
    return go_on{};
  }
  static void apply(state& s, const event&, storage::timestamp) {
    ++s.done;
  }
  static decision decide(const state& s, const command&, const context&, const settings& how) {
    decision d;
    d.events.push_back(stepped{how.text});
    if (s.done + 1 < appends_per_job)
      d.effects.push_back(work{});
    return d;
  }
  static storage::new_event encode(const event& what) {
    return {"stepped", std::get<stepped>(what).text};
  }
  static event decode(std::string_view, std::string_view payload) {
    return stepped{std::string{payload}};
  }
  static void project(const state& s, storage::append& to) {
    to.job.emplace().attempt = static_cast<std::uint32_t>(s.done);
  }
  static bool finished(const state& s) {
    return s.done == appends_per_job;
  }
};

class answer_at_once final : public actors::effect_runner<five_steps> {
public:
  void run(five_steps::effect, actors::feedback<five_steps> answer) override {
    answer(five_steps::go_on{});
  }
};

/// Accepts everything, at no cost or after the time of an fsync.
class null_writer final : public storage::writer {
public:
  explicit null_writer(std::chrono::microseconds commit) : commit_{commit} {}

  std::vector<storage::append_result> append_batch(std::span<const storage::append> batch) override {
    if (commit_.count() > 0)
      std::this_thread::sleep_for(commit_);
    std::vector<storage::append_result> results(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i)
      results[i].number = batch[i].expected + batch[i].events.size();
    ++batches;
    return results;
  }
  std::size_t release_running_jobs(storage::timestamp) override {
    return 0;
  }
  std::size_t settle_open_calls() override {
    return 0;
  }
  void add_tenant(const storage::tenant&) override {}
  bool update_tenant(const storage::tenant&, storage::timestamp) override {
    return true;
  }
  bool remove_tenant(std::string_view) override {
    return false;
  }
  bool remove_user(std::string_view, std::string_view) override {
    return false;
  }
  std::size_t clear_removed() override {
    return 0;
  }
  void put_refresh_token(const storage::refresh_token&) override {}
  storage::token_rotation rotate_refresh_token(const storage::token_hash&, const storage::token_hash&,
                                               storage::timestamp, storage::timestamp,
                                               std::chrono::milliseconds) override {
    return {};
  }
  bool mark_job(const storage::entity_key&, storage::job_status, std::string_view, storage::timestamp) override {
    return false;
  }
  void put_tickets(std::string_view, std::span<const storage::past_ticket>) override {}
  void put_articles(std::string_view, std::span<const storage::article>) override {}
  void put_assets(std::string_view, std::span<const storage::asset>) override {}
  std::string put_local_note(std::string_view, const storage::local_note&, std::string_view) override {
    return {};
  }
  void put_audit(std::span<const storage::audit_entry>) override {}
  std::size_t expire(storage::timestamp, std::chrono::hours) override {
    return 0;
  }
  std::size_t expire_calls(storage::timestamp) override {
    return 0;
  }

  static inline std::size_t batches = 0;

private:
  std::chrono::microseconds commit_;
};

double cpu_us() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6
         + static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

void measure(int jobs, int in_flight, std::size_t payload, std::chrono::microseconds commit) {
  config::metrics metrics;
  auto time = std::make_shared<actors::system_clock>();
  auto services = std::make_shared<actors::entity_services<five_steps>>();
  services->core = std::make_shared<five_steps::settings>(five_steps::settings{std::string(payload, 'x')});
  services->time = time;
  services->chance = std::make_shared<actors::system_random>();
  services->journal = std::make_shared<actors::journal_queue>();
  services->readers = std::make_shared<actors::reader_pool>();
  services->timers = std::make_shared<actors::timer_queue>();
  services->effects = std::make_shared<answer_at_once>();
  actors::system_config config;
  caf::actor_system system{config};
  auto writer = actors::spawn_named(
      system, {.name = "journal_writer", .detached = true}, actors::journal_writer, services->journal,
      [commit] { return std::make_unique<null_writer>(commit); }, std::shared_ptr<const actors::clock>{time},
      std::make_shared<actors::journal_probe>(metrics));
  null_writer::batches = 0;
  const auto cpu = cpu_us();
  const auto begin = std::chrono::steady_clock::now();
  {
    caf::scoped_actor watcher{system, true};
    int started = 0;
    const auto start = [&] {
      actors::entity_start<five_steps> life;
      life.key = {"bench", storage::entity_kind::ticket_job, std::to_string(started++)};
      life.known.emplace();
      watcher->monitor(actors::spawn_entity<five_steps>(system, services, std::move(life)));
    };
    while (started < std::min(jobs, in_flight))
      start();
    for (int ended = 0; ended < jobs; ++ended) {
      watcher->receive([](caf::down_msg&) {});
      if (started < jobs)
        start();
    }
  }
  const auto wall = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
  const auto used = cpu_us() - cpu;
  const auto appends = static_cast<double>(jobs) * appends_per_job;
  std::printf("in flight %4d, payload %5zu B, commit %4lld us: %6.2f us CPU per job, %5.2f per append; %7.0f jobs/s, "
              "%5.1f appends per batch\n",
              in_flight, payload, static_cast<long long>(commit.count()), used / jobs, used / appends,
              jobs * 1e6 / wall, appends / static_cast<double>(null_writer::batches));
  caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
}

} // namespace
} // namespace troupe::bench

/// bench_runtime [JOBS]
int main(int argc, char** argv) {
  using namespace std::chrono_literals;
  const int jobs = argc > 1 ? std::atoi(argv[1]) : 50'000;
  for (int in_flight : {1, 16, 128, 2'000})
    troupe::bench::measure(in_flight == 1 ? jobs / 10 : jobs, in_flight, 200, 0us);
  troupe::bench::measure(jobs, 128, 8'000, 0us);
  troupe::bench::measure(jobs, 128, 200, 200us);
  troupe::bench::measure(jobs, 2'000, 200, 200us);
}
