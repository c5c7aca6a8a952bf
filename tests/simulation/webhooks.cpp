#include "tests/simulation/webhooks.hpp"

#include <algorithm>

#include "config/base64.hpp"
#include "net/digest.hpp"
#include "net/webhook/signature.hpp"
#include "tests/simulation/world.hpp"

namespace troupe::simulation {

using namespace std::chrono_literals;

namespace {

std::string member(const std::string& json, std::string_view name) {
  const auto before = '"' + std::string{name} + "\":\"";
  const auto found = json.find(before);
  if (found == std::string::npos)
    return {};
  const auto begin = found + before.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

nanoseconds retry_after(const net::http::response& answer) {
  for (const auto& [name, value] : answer.headers)
    if (name == "Retry-After")
      return std::chrono::seconds{std::stoi(value)};
  return 0ns;
}

} // namespace

webhooks::webhooks(world& in) : world_{in}, chance_{in.plan.seed, "webhooks"} {}

void webhooks::begin() {
  for (std::size_t i = 0; i < world_.plan.deliveries; ++i)
    plan_delivery(busy_moment(world_.plan, chance_), static_cast<unsigned>(chance_.below(world_.plan.tenants.size())));
}

void webhooks::apply(const fault& what) {
  if (what.kind != fault_kind::burst)
    return;
  const auto tenant = static_cast<unsigned>(what.target % world_.plan.tenants.size());
  for (unsigned i = 0; i < what.count; ++i)
    plan_delivery(world_.now(), tenant);
}

void webhooks::plan_delivery(nanoseconds at, unsigned tenant) {
  const auto number = deliveries_.size();
  const auto& owner = world_.plan.tenants[tenant];
  const std::string priorities[] = {"low", "medium", "high", "critical"};
  delivery each;
  each.tenant = tenant;
  each.body = R"({"tenant_id":")" + owner.id + R"(","ticket_id":"T-)" + std::to_string(number % 5)
              + R"(","subject":"Printer spooler )" + token_of(owner)
              + R"(","description":"The spooler of 10.0.0.7 hangs, )" + "case " + std::to_string(number)
              + R"(","priority":")" + priorities[chance_.below(4)] + "\"}";
  if (chance_.chance(0.5))
    each.webhook_id = "msg_" + std::to_string(number);
  each.repeats = chance_.chance(0.3) ? static_cast<unsigned>(chance_.between(1, 2)) : 0;
  each.stranger = chance_.chance(0.05);
  each.vanishes = chance_.chance(0.1);
  deliveries_.push_back(std::move(each));
  world_.events.at(at, [this, number] { send(number); });
}

net::http::request webhooks::request_of(delivery& what, std::size_t number) const {
  net::http::request result;
  result.method = "POST";
  result.path = "/webhook/servicedesk";
  result.remote_address = "192.0.2." + std::to_string(what.tenant);
  result.id = "r" + std::to_string(number) + "-" + std::to_string(++what.sent);
  result.body = what.body;
  const auto at = std::chrono::floor<std::chrono::seconds>(world_.time->now());
  const auto seconds = std::to_string(at.time_since_epoch().count());
  const auto& tenant = world_.plan.tenants[what.tenant];
  const config::secret secret{what.stranger ? "guessed" : tenant.signing_secrets[0].reveal()};
  result.headers.emplace_back("Content-Type", "application/json");
  if (what.webhook_id.empty()) {
    result.headers.emplace_back("X-ServiceDesk-Timestamp", seconds);
    result.headers.emplace_back("X-ServiceDesk-Signature", net::webhook::sign(secret, at, what.body));
  } else {
    const auto signature = net::hmac_sha256(secret.reveal(), {what.webhook_id, ".", seconds, ".", what.body});
    result.headers.emplace_back("webhook-id", what.webhook_id);
    result.headers.emplace_back("webhook-timestamp", seconds);
    result.headers.emplace_back("webhook-signature", "v1," + config::encode_base64(net::bytes_of(signature)));
  }
  return result;
}

void webhooks::send(std::size_t which) {
  auto& what = deliveries_[which];
  auto* to = world_.engine();
  if (!to) {
    // The connection is refused.
    what.settled = what.settled || what.vanishes;
    return what.vanishes ? void() : send_again(which, 1s);
  }
  auto request = request_of(what, which);
  world_.note("client", "sends delivery ", which, " of ", world_.plan.tenants[what.tenant].id, " as ", request.id);
  const auto listens = !what.vanishes;
  what.settled = what.settled || what.vanishes;
  const auto heard = std::make_shared<bool>(false);
  if (listens)
    world_.after(10s, [this, which, heard] {
      if (!*heard)
        send(which);
    });
  to->serve(request, [this, which, listens, heard](const net::http::response& answer) {
    // The commit comes before the answer, not before the answer arrives.
    if (answer.status == 202)
      world_.checker.promised(deliveries_[which].tenant, member(answer.body, "job_id"));
    if (!listens)
      return;
    world_.after(world_.latency.skewed(100us, 20ms), [this, which, heard, answer] {
      if (!std::exchange(*heard, true))
        answered(which, answer);
    });
  });
}

void webhooks::send_again(std::size_t which, nanoseconds wait) {
  world_.after(wait + chance_.even(0ns, 2s), [this, which] { send(which); });
}

void webhooks::answered(std::size_t which, const net::http::response& answer) {
  auto& what = deliveries_[which];
  world_.note("client", "hears ", answer.status, " for delivery ", which);
  if (answer.status == 429 || answer.status == 503)
    return send_again(which, retry_after(answer));
  if (what.stranger) {
    what.settled = true;
    if (answer.status != 401)
      world_.violated("a delivery with a wrong signature is answered " + std::to_string(answer.status));
    return;
  }
  if (answer.status != 202)
    return world_.violated("a good delivery is answered " + std::to_string(answer.status) + " " + answer.body);
  what.settled = true;
  what.jobs.insert(member(answer.body, "job_id"));
  if (what.jobs.size() > 1)
    world_.violated("delivery " + std::to_string(which) + " made two jobs");
  if (what.repeats > 0 && !world_.quiet()) {
    --what.repeats;
    send_again(which, chance_.skewed(1ms, 10s));
  }
}

bool webhooks::settled() const {
  return std::ranges::all_of(deliveries_, &delivery::settled);
}

void webhooks::check() {
  std::size_t most = 0;
  std::size_t least = 0;
  for (const auto& each : deliveries_) {
    least += each.jobs.empty() ? 0 : 1;
    most += each.stranger ? 0 : 1;
  }
  const auto jobs = world_.checker.jobs().size();
  if (jobs < least || jobs > most)
    world_.violated(std::to_string(jobs) + " jobs came of " + std::to_string(least) + " to " + std::to_string(most)
                    + " deliveries");
}

} // namespace troupe::simulation
