#include "actors/api/webhook.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "actors/api/responses.hpp"
#include "actors/api/trace_context.hpp"
#include "actors/ticket/job_core.hpp"
#include "config/log.hpp"
#include "net/webhook/delivery.hpp"
#include "net/webhook/signature.hpp"

namespace troupe::actors::api {

namespace {

namespace http = net::http;
namespace webhook = net::webhook;

storage::priority priority_of(webhook::priority value) {
  switch (value) {
  case webhook::priority::low:
    return storage::priority::low;
  case webhook::priority::medium:
    return storage::priority::medium;
  case webhook::priority::high:
    return storage::priority::high;
  case webhook::priority::critical:
    return storage::priority::critical;
  }
  return storage::priority::medium;
}

http::response accepted_response(const std::string& job) {
  http::response result;
  result.status = 202;
  result.headers.emplace_back("Location", "/api/v1/jobs/" + job);
  result.body = R"({"job_id":")" + job + R"(","status":"accepted"})";
  return result;
}

/// One delivery that waits for its commit.
class pending_delivery final : public pending_append {
public:
  pending_delivery(storage::append what, ticket::accepted event, http::reply answer, std::string correlation_id,
                   std::shared_ptr<const webhook_services> services)
      : pending_append{std::move(what)}, event_{std::move(event)}, answer_{std::move(answer)},
        correlation_id_{std::move(correlation_id)}, services_{std::move(services)} {}

  void done(append_reply reply) override {
    if (reply.fault)
      return refuse(*reply.fault, reply.error);
    services_->health->wrote();
    const auto& tenant = request.entity.tenant;
    if (reply.result.outcome == storage::append_outcome::duplicate) {
      services_->probe->ended(tenant, webhook_ending::duplicate);
      answer_(accepted_response(reply.result.existing));
      return;
    }
    // Storage is well: it knows no tenant of that name any more.
    if (reply.result.outcome == storage::append_outcome::conflict)
      return turn_away("the tenant was removed meanwhile, or the new job's id is taken");
    services_->probe->ended(tenant, webhook_ending::accepted);
    answer_(accepted_response(request.entity.id));
    if (!services_->wanted->load())
      return;
    auto hint = std::make_shared<job_hint>();
    hint->tenant = tenant;
    hint->id = request.entity.id;
    hint->priority = event_.priority;
    hint->known.emplace();
    hint->known->push_back({std::move(event_), request.at});
    services_->accepted(std::move(hint));
  }

private:
  void refuse(storage::fault why, const std::string& error) {
    services_->health->failed(why);
    turn_away(error);
  }

  void turn_away(const std::string& error) {
    services_->probe->ended(request.entity.tenant, webhook_ending::unavailable);
    config::log::error("webhook_not_stored", "a delivery could not be stored and was refused",
                       {{"tenant_id", request.entity.tenant}, {"error", error}, {"correlation_id", correlation_id_}});
    answer_(retry_after(http::problem(503, "The delivery could not be stored. Send it again later.", correlation_id_),
                        std::chrono::seconds{5}));
  }

  ticket::accepted event_;
  http::reply answer_;
  std::string correlation_id_;
  std::shared_ptr<const webhook_services> services_;
};

class door {
public:
  explicit door(webhook_services services) : services_{std::make_shared<const webhook_services>(std::move(services))} {}

  void operator()(const http::request& r, const http::reply& answer) const {
    auto parsed = webhook::parse(r.body);
    if (const auto* fault = std::get_if<http::field_error>(&parsed)) {
      services_->probe->ended("unknown", webhook_ending::unreadable);
      if (!limited(r, answer))
        answer(http::problem(400, "The body is not readable.", r.id, {*fault}));
      return;
    }
    auto& draft = std::get<webhook::draft>(parsed);
    const auto now = services_->time->now();
    const auto tenant = services_->tenants->find(draft.tenant_id);
    const std::span<const config::secret> secrets =
        tenant ? std::span<const config::secret>{tenant->signing_secrets} : std::span<const config::secret>{};
    const auto check = webhook::verify(webhook::find_signature(r.headers), r.body, secrets, draft.timestamp,
                                       std::chrono::floor<std::chrono::seconds>(now));
    if (!tenant || check.verdict != webhook::verdict::valid)
      return refuse_stranger(r, answer, tenant ? webhook::name_of(check.verdict) : "unknown_tenant");
    if (const auto wait =
            services_->deliveries->take(tenant->id, tenant->webhooks_per_minute, services_->time->monotonic())) {
      services_->probe->ended(tenant->id, webhook_ending::limited);
      answer(retry_after(http::problem(429,
                                       "The tenant's limit of " + std::to_string(tenant->webhooks_per_minute)
                                           + " webhooks per minute is used up.",
                                       r.id),
                         *wait));
      return;
    }
    if (!draft.faults.empty()) {
      services_->probe->ended(tenant->id, webhook_ending::invalid);
      answer(http::problem(400, "The ticket is not valid.", r.id, draft.faults));
      return;
    }
    if (services_->health->corrupt()) {
      services_->probe->ended(tenant->id, webhook_ending::unavailable);
      config::log::error("webhook_not_stored", "a delivery was refused: what is stored can't be read back",
                         {{"tenant_id", tenant->id}, {"correlation_id", r.id}});
      answer(retry_after(http::problem(503, "The delivery could not be stored. Send it again later.", r.id),
                         std::chrono::seconds{60}));
      return;
    }
    store(r, answer, std::move(draft), check, now);
  }

private:
  /// Counts a delivery that nobody signed; answers it if its source has sent too many of them.
  bool limited(const http::request& r, const http::reply& answer) const {
    const auto wait = services_->failures->take(r.remote_address, failures_per_minute, services_->time->monotonic());
    if (wait)
      answer(retry_after(http::problem(429, "Too many deliveries from this address were refused.", r.id), *wait));
    return wait.has_value();
  }

  void refuse_stranger(const http::request& r, const http::reply& answer, std::string_view reason) const {
    services_->probe->ended("unknown", webhook_ending::unauthorized);
    if (limited(r, answer))
      return;
    // The address is what an operator needs to act on; it isn't a client's own text.
    config::log::warn(
        "webhook_refused", "a delivery without a valid signature was refused",
        {{"security", true}, {"reason", reason}, {"remote_address", r.remote_address}, {"correlation_id", r.id}});
    answer(http::problem(401, "The delivery's tenant or signature is not valid.", r.id));
  }

  void store(const http::request& r, const http::reply& answer, webhook::draft draft,
             const webhook::verification& check, storage::timestamp now) const {
    storage::append what;
    what.entity = {draft.tenant_id, storage::entity_kind::ticket_job, services_->ids->next()};
    what.at = now;
    what.delivery = storage::delivery{webhook::delivery_key(draft, check.webhook_id),
                                      now + (check.webhook_id.empty() ? delivery_content_memory : delivery_id_memory)};
    ticket::accepted event;
    event.ticket_id = std::move(draft.ticket.ticket_id);
    event.subject = std::move(draft.ticket.subject);
    event.description = std::move(draft.ticket.description);
    event.priority = priority_of(draft.ticket.priority);
    event.requester = std::move(draft.ticket.requester);
    event.correlation_id = r.id;
    event.traceparent = valid_traceparent(r.get("traceparent"));
    ticket::job_event first{std::move(event)};
    what.events.push_back(ticket::job_core::encode(first));
    ticket::job_state state;
    ticket::job_core::apply(state, first, now);
    what.job = ticket::job_core::project(state);
    services_->journal->submit(std::make_shared<pending_delivery>(
        std::move(what), std::move(std::get<ticket::accepted>(first)), answer, r.id, services_));
  }

  std::shared_ptr<const webhook_services> services_;
};

} // namespace

net::http::handler webhook_handler(webhook_services services) {
  return door{std::move(services)};
}

} // namespace troupe::actors::api
