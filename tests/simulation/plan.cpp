#include "tests/simulation/plan.hpp"

#include <algorithm>
#include <array>

namespace troupe::simulation {

using namespace std::chrono_literals;

namespace {

constexpr std::array<const char*, 3> names{"acme", "bolt", "corp"};

std::vector<storage::tenant> make_tenants(random_stream& chance) {
  std::vector<storage::tenant> result(chance.between(1, names.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    auto& tenant = result[i];
    tenant.id = names[i];
    tenant.name = names[i];
    tenant.desk_kind = chance.chance(0.15) ? "local" : "servicedesk_plus";
    tenant.desk_url = "http://desk-" + std::to_string(i) + ".example";
    tenant.desk_key = config::secret{"key-of-" + tenant.id};
    tenant.signing_secrets = {config::secret{"secret-of-" + tenant.id}};
    tenant.webhooks_per_minute = chance.chance(0.2) ? 4 : 100;
  }
  return result;
}

config::settings make_settings(random_stream& chance) {
  config::settings result;
  const auto providers = chance.below(3);
  for (std::uint64_t i = 0; i < providers; ++i) {
    config::provider_settings each;
    each.name = "model-" + std::to_string(i);
    each.base_url = "http://model-" + std::to_string(i) + ".example/v1";
    each.api_key = config::secret{"model-key"};
    each.model = "m";
    each.max_concurrency = chance.between(1, 4);
    each.queue_limit = chance.chance(0.2) ? 2 : 100;
    each.timeout = milliseconds{chance.between(1'000, 6'000)};
    each.attempts = static_cast<unsigned>(chance.between(1, 3));
    result.llm.chain.push_back(each.name);
    result.llm.providers.push_back(std::move(each));
  }
  result.llm.chain.push_back("extractive");
  auto& last = result.llm.providers.emplace_back();
  last.name = "extractive";
  last.kind = config::provider_kind::extractive;
  if (chance.chance(0.3)) {
    result.search.articles_url = "http://articles.example/find";
    result.search.articles_timeout = 2s;
  }
  result.jobs.max_in_flight = chance.between(1, 8);
  result.jobs.max_in_flight_per_tenant = chance.below(4);
  result.jwt.secret = config::secret{"a secret for the tokens of users"};
  result.limits.requests_per_minute = 0;
  return result;
}

/// Shorter than what is shipped, so that a world's day fits into a minute; one in four keeps the shipped times.
config::ticket_workflow make_workflow(random_stream& chance) {
  config::ticket_workflow result;
  result.version = "simulated";
  result.instructions = "Write a note.";
  if (chance.chance(0.25))
    return result;
  result.tickets.timeout = result.assets.timeout = milliseconds{chance.between(100, 1'000)};
  result.articles.timeout = milliseconds{chance.between(100, 2'000)};
  result.articles.enabled = chance.chance(0.9);
  result.assets.enabled = chance.chance(0.9);
  result.synthesize_timeout = milliseconds{chance.between(1'000, 5'000)};
  result.write_timeout = milliseconds{chance.between(500, 4'000)};
  result.write_margin = milliseconds{chance.between(200, 2'000)};
  result.writes = static_cast<unsigned>(chance.between(1, 3));
  result.time_limit = milliseconds{chance.between(5'000, 20'000)};
  result.retries = static_cast<unsigned>(chance.below(4));
  result.backoff_base = milliseconds{chance.between(100, 1'000)};
  result.backoff_limit = 4s;
  return result;
}

/// One world in four has conversations, by the seed itself: what a seed means in the others stays as it was.
void add_talks(random_stream& chance, plan& to) {
  to.users = chance.between(1, 3);
  for (const auto* name : {"chat", "profile"}) {
    auto agent = *shipped_agents()->find(name);
    agent.while_answering = static_cast<config::busy_policy>(chance.below(3));
    agent.when_broken = static_cast<config::broken_policy>(chance.below(2));
    agent.reply_timeout = milliseconds{chance.between(2'000, 15'000)};
    agent.window = chance.between(1, 20);
    agent.queue_limit = chance.between(1, 4);
    to.agents.emplace(name, std::make_shared<const config::agent_definition>(std::move(agent)));
  }
  for (auto& each : to.settings.llm.providers) {
    each.first_token_timeout = milliseconds{chance.between(500, 3'000)};
    each.silence_timeout = milliseconds{chance.between(500, 3'000)};
  }
  to.settings.conversations.idle_time = std::chrono::floor<milliseconds>(chance.skewed(0ns, 8s));
  if (chance.chance(0.15))
    to.deliveries = 0; // and weeks pass
}

/// Ends an actor, each time.
bool deadly(fault_kind kind) {
  return kind == fault_kind::kill_actor || kind == fault_kind::commit_bug || kind == fault_kind::commit_then_bug
         || kind == fault_kind::read_bug;
}

milliseconds span_of(fault_kind kind, random_stream& chance) {
  if (kind == fault_kind::pause_tenant)
    return milliseconds{chance.between(1, 30'000)};
  return std::chrono::floor<milliseconds>(chance.skewed(1ms, kind == fault_kind::clock_jump ? 600s : 10s));
}

std::vector<fault> make_faults_of(const std::vector<fault_kind>& kinds, random_stream& chance, const plan& of) {
  std::vector<fault> result;
  for (const auto kind : kinds) {
    const auto times = chance.between(1, 3);
    for (std::uint64_t i = 0; i < times; ++i) {
      fault each;
      each.at = busy_moment(of, chance);
      each.kind = kind;
      each.target = static_cast<unsigned>(chance.below(kind == fault_kind::kill_actor ? 1'000 : 4));
      each.count = static_cast<unsigned>(kind == fault_kind::burst ? chance.between(2, 12) : chance.between(1, 3));
      each.messages = static_cast<unsigned>(chance.below(chance.chance(0.3) ? 1 : 150));
      each.span = span_of(kind, chance);
      result.push_back(each);
    }
  }
  return result;
}

/// A few kinds per seed, each with a few faults: rare kinds meet often that way (Groce et al., "Swarm Testing", 2012).
std::vector<fault> make_faults(random_stream& chance, const plan& of) {
  std::vector<fault_kind> kinds;
  const auto kinds_here = chance.below(6);
  for (std::uint64_t i = 0; i < kinds_here; ++i)
    kinds.push_back(static_cast<fault_kind>(chance.below(common_fault_kinds)));
  // What makes an engine lose or repeat things deserves more than its share.
  constexpr std::array hard{fault_kind::process_crash,      fault_kind::kill_actor,       fault_kind::commit_then_bug,
                            fault_kind::crash_after_commit, fault_kind::desk_stored_drop, fault_kind::stall_writer,
                            fault_kind::read_unavailable,   fault_kind::pause_tenant};
  for (const auto kind : hard)
    if (chance.chance(0.15))
      kinds.push_back(kind);
  return make_faults_of(kinds, chance, of);
}

/// What makes conversations lose or repeat things.
std::vector<fault> make_talk_faults(random_stream& chance, const plan& of) {
  constexpr std::array hard{fault_kind::process_crash, fault_kind::process_stop, fault_kind::erase_talk,
                            fault_kind::erase_user,    fault_kind::model_cut,    fault_kind::model_garbage,
                            fault_kind::model_hang,    fault_kind::model_slow,   fault_kind::stall_actor};
  std::vector<fault_kind> kinds;
  for (const auto kind : hard)
    if (chance.chance(0.15))
      kinds.push_back(kind);
  for (const auto kind : {fault_kind::kill_actor, fault_kind::operator_first})
    if (chance.chance(0.3))
      kinds.push_back(kind);
  if (of.deliveries == 0)
    kinds.push_back(fault_kind::week_passes);
  return make_faults_of(kinds, chance, of);
}

/// What follows from the faults for what can be demanded.
void count_faults(plan& of) {
  unsigned ends = 0; // of conversations
  for (const auto& each : of.faults) {
    of.most_actor_deaths += deadly(each.kind) ? each.count : 0;
    if (each.kind == fault_kind::kill_actor)
      ++ends;
    else if (deadly(each.kind) || each.kind == fault_kind::operator_first)
      ends += each.count;
    of.refuses_commits = of.refuses_commits || each.kind == fault_kind::commit_refused;
  }
  of.gives_talks_up = of.refuses_commits || ends > 5;
}

} // namespace

plan make_plan(std::uint64_t seed) {
  plan result;
  result.seed = seed;
  random_stream shape{seed, "shape"};
  result.tenants = make_tenants(shape);
  result.settings = make_settings(shape);
  result.workflow = make_workflow(shape);
  result.deliveries = shape.between(1, 8);
  result.quiet_from = shape.even(5s, 20s);
  for (auto moments = shape.between(1, 3); moments > 0; --moments)
    result.busy.push_back(shape.even(0ns, result.quiet_from - 4s));
  random_stream talks{seed, "talks"};
  const bool has_talks = seed % 4 == 2;
  if (has_talks)
    add_talks(talks, result);
  random_stream faults{seed, "faults"};
  result.faults = make_faults(faults, result);
  if (has_talks)
    std::ranges::move(make_talk_faults(talks, result), std::back_inserter(result.faults));
  // Weeks would have webhooks forgotten.
  if (result.deliveries == 0)
    std::erase_if(result.faults, [](const fault& each) { return each.kind == fault_kind::burst; });
  std::ranges::stable_sort(result.faults, {}, &fault::at);
  count_faults(result);
  return result;
}

std::shared_ptr<config::agent_store> shipped_agents() {
  static const auto result = std::make_shared<config::agent_store>(std::filesystem::path{}, std::vector<std::string>{});
  return result;
}

nanoseconds busy_moment(const plan& of, random_stream& chance) {
  return chance.pick(of.busy) + chance.skewed(0ns, 3s);
}

std::string token_of(const storage::tenant& tenant) {
  return "zq" + tenant.id;
}

} // namespace troupe::simulation
