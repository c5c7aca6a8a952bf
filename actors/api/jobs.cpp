#include "actors/api/jobs.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "actors/api/job_view.hpp"
#include "actors/api/responses.hpp"
#include "actors/ticket/offline.hpp"
#include "config/log.hpp"

namespace troupe::actors::api {

namespace http = net::http;

namespace {

using namespace std::chrono_literals;

http::response not_found(const std::string& correlation_id) {
  return http::problem(404, "There is no such job.", correlation_id);
}

http::response storage_problem(const storage::error& why, const std::string& correlation_id) {
  config::log::error("storage_failed", "a request could not be answered from storage",
                     {{"error", why.what()}, {"correlation_id", correlation_id}});
  const auto lasting = why.kind() == storage::fault::corrupt || why.kind() == storage::fault::wrong_key;
  if (lasting)
    return http::problem(500, "What is stored can't be read. An operator has to look.", correlation_id);
  return retry_after(http::problem(503, "Storage can't be used for now.", correlation_id), 5s);
}

/// A job id as it may occur in a path: anything else is no job's.
bool is_job_id(std::string_view text) {
  return text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

storage::entity_key key_of(const std::string& tenant, const std::string& id) {
  return {tenant, storage::entity_kind::ticket_job, id};
}

/// The job with its steps as far as they can be read.
nlohmann::ordered_json shown(storage::reader& db, const storage::job_record& job, const std::string& correlation_id) {
  try {
    return job_with_steps(job, db.load(key_of(job.tenant, job.id)));
  } catch (const storage::error& why) {
    if (why.kind() != storage::fault::corrupt)
      throw;
    config::log::warn("job_shown_without_steps", "a job is shown whose journal can't be read",
                      {{"error", why.what()}, {"job_id", job.id}, {"correlation_id", correlation_id}});
    return job_without_steps(job);
  }
}

/// Appends what a retry means and answers 202, or says why not.
void retry(storage::reader& db, const job_route_services& services, const storage::job_record& job,
           const std::string& by, const std::string& correlation_id, const http::reply& answer) {
  const context world{services.time->now(), services.chance->uniform(), job.id};
  auto decided = ticket::decide_offline(job, db.load(key_of(job.tenant, job.id)), ticket::operator_retry{by}, world,
                                        *services.workflow);
  if (!decided.append) {
    answer(http::problem(409, decided.refusal, correlation_id));
    return;
  }
  services.journal->submit(make_pending_append(
      std::move(*decided.append), [answer, correlation_id, id = job.id, look = services.look](append_reply reply) {
        if (reply.fault)
          return answer(storage_problem(storage::error{*reply.fault, reply.error}, correlation_id));
        if (reply.result.outcome != storage::append_outcome::stored)
          return answer(http::problem(409, "The job has just moved on. Look at it again.", correlation_id));
        look();
        http::response result;
        result.status = 202;
        result.body = R"({"job_id":")" + id + R"(","status":"pending"})";
        answer(std::move(result));
      }));
}

} // namespace

user_handler show_job(job_route_services services) {
  return [services = std::move(services)](const http::request& r, const net::jwt::claims& who, http::reply answer) {
    const std::string id{r.parameter("id")};
    if (!is_job_id(id))
      return answer(not_found(r.id));
    services.readers->run(
        [tenant = who.tenant, id, answer, correlation_id = r.id](storage::reader& db) {
          const auto job = db.find_job(tenant, id);
          if (!job)
            return answer(not_found(correlation_id));
          http::response result;
          result.body =
              shown(db, *job, correlation_id).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
          answer(std::move(result));
        },
        [answer, correlation_id = r.id](const storage::error& why) { answer(storage_problem(why, correlation_id)); });
  };
}

user_handler retry_job(job_route_services services) {
  return [services = std::move(services)](const http::request& r, const net::jwt::claims& who, http::reply answer) {
    const std::string id{r.parameter("id")};
    if (!is_job_id(id))
      return answer(not_found(r.id));
    services.readers->run(
        [services, tenant = who.tenant, by = "user:" + who.sub, id, answer,
         correlation_id = r.id](storage::reader& db) {
          const auto job = db.find_job(tenant, id);
          if (!job)
            return answer(not_found(correlation_id));
          retry(db, services, *job, by, correlation_id, answer);
        },
        [answer, correlation_id = r.id](const storage::error& why) { answer(storage_problem(why, correlation_id)); });
  };
}

} // namespace troupe::actors::api
