#include "tests/simulation/operators.hpp"

#include "actors/ticket/offline.hpp"
#include "net/jwt.hpp"
#include "tests/simulation/conversations.hpp"
#include "tests/simulation/erasures.hpp"
#include "tests/simulation/webhooks.hpp"
#include "tests/simulation/world.hpp"

namespace troupe::simulation {

using namespace std::chrono_literals;
namespace ticket = actors::ticket;

namespace {

net::http::request signed_in(world& in, const std::string& tenant, std::string method, std::string path) {
  net::jwt::claims who;
  who.sub = "u1";
  who.tenant = tenant;
  who.exp = std::chrono::floor<std::chrono::seconds>(in.time->now()) + 1h;
  net::http::request result;
  result.method = std::move(method);
  result.path = std::move(path);
  result.id = "user";
  result.headers.emplace_back("Authorization", "Bearer " + net::jwt::mint(who, in.plan.settings.jwt.secret));
  return result;
}

} // namespace

/// Users look at a job now and then: their own they see, others' they don't.
void operators::begin() {
  for (int i = 1; i <= 3; ++i)
    world_.events.at(world_.plan.quiet_from * i / 3, [this, i] {
      const auto& jobs = world_.checker.jobs();
      if (jobs.empty())
        return;
      const auto& one = jobs[static_cast<std::size_t>(i) * 7 % jobs.size()];
      for (const auto& tenant : world_.plan.tenants)
        look(one, tenant.id, tenant.id == one.tenant ? 200 : 404);
    });
}

void operators::look(const checker::job_story& of, const std::string& as, unsigned expected) {
  auto* to = world_.engine();
  if (!to)
    return;
  auto request = signed_in(world_, as, "GET", "/api/v1/jobs/" + of.id);
  to->serve(request, [this, expected, as, id = of.id](const net::http::response& answer) {
    if (answer.status != expected && answer.status != 503)
      world_.violated("job " + id + " is shown to " + as + " with status " + std::to_string(answer.status));
  });
}

void operators::apply(const fault& what) {
  const auto& tenant = world_.plan.tenants[what.target % world_.plan.tenants.size()];
  const auto& jobs = world_.checker.jobs();
  switch (what.kind) {
  case fault_kind::pause_tenant:
    return pause(tenant, what.span);
  case fault_kind::change_tenant:
    return change(what.target % static_cast<unsigned>(world_.plan.tenants.size()),
                  [](storage::tenant& each) { each.desk_options = R"({"portal_id":"2"})"; });
  case fault_kind::operator_retry:
    if (!jobs.empty())
      decide(jobs[what.span.count() % jobs.size()], ticket::operator_retry{"cli"});
    return;
  case fault_kind::operator_discard:
    if (!jobs.empty())
      decide(jobs[what.span.count() % jobs.size()], ticket::operator_discard{"cli"});
    return;
  case fault_kind::user_retry:
    if (!jobs.empty())
      retry_by_api(jobs[what.span.count() % jobs.size()]);
    return;
  default:
    return;
  }
}

void operators::pause(const storage::tenant& which, nanoseconds span) {
  const auto number = static_cast<unsigned>(&which - world_.plan.tenants.data());
  const auto set = [this, number](bool on) {
    change(number, [on](storage::tenant& each) { each.paused = on; });
    world_.checker.pause_known(world_.plan.tenants[number].id, false);
    world_.note("operator", on ? "pauses " : "resumes ", world_.plan.tenants[number].id);
  };
  set(true);
  watch_pause(number);
  world_.after(span, [set] { set(false); });
}

/// From when on the engine knows of a pause.
void operators::watch_pause(unsigned number) {
  const auto& id = world_.plan.tenants[number].id;
  auto* to = world_.engine();
  const auto known = to ? to->parts().tenants->find(id) : nullptr;
  world_.checker.pause_known(id, known && known->paused);
  if (world_.store->open_reader()->find_tenant(id)->paused)
    world_.after(250ms, [this, number] { watch_pause(number); });
  else
    world_.checker.pause_known(id, false);
}

void operators::change(unsigned which, const std::function<void(storage::tenant&)>& how) {
  auto row = *world_.store->open_reader()->find_tenant(world_.plan.tenants[which].id);
  const auto read_at = row.updated_at;
  how(row);
  row.updated_at = world_.time->now();
  world_.store->open_writer()->update_tenant(row, read_at);
}

void operators::decide(const checker::job_story& of, ticket::job_command what) {
  const storage::entity_key key{of.tenant, storage::entity_kind::ticket_job, of.id};
  const auto row = world_.store->job(of.tenant, of.id);
  auto decided = ticket::decide_offline({of.tenant, of.id, *row}, world_.store->events(key), std::move(what),
                                        {world_.time->now(), 0.5, key.id}, world_.plan.workflow);
  if (decided.append)
    world_.checker.appended(*decided.append, world_.store->write(*decided.append));
}

void operators::retry_by_api(const checker::job_story& of) {
  if (auto* to = world_.engine()) {
    auto request = signed_in(world_, of.tenant, "POST", "/api/v1/jobs/" + of.id + "/retry");
    to->serve(request, [this](const net::http::response& answer) {
      world_.note("user", "hears ", answer.status);
      if (answer.status != 202 && answer.status != 409 && answer.status != 503)
        world_.violated("a retry is answered " + std::to_string(answer.status));
    });
  }
}

std::vector<std::unique_ptr<workload>> make_workloads(world& in) {
  std::vector<std::unique_ptr<workload>> result;
  result.push_back(std::make_unique<webhooks>(in));
  result.push_back(std::make_unique<operators>(in));
  if (in.plan.users > 0) {
    result.push_back(std::make_unique<conversations>(in));
    result.push_back(std::make_unique<erasures>(in));
  }
  return result;
}

} // namespace troupe::simulation
