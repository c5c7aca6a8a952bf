#include "actors/api/give_up.hpp"

#include <utility>

#include "actors/ticket/offline.hpp"
#include "config/log.hpp"

namespace troupe::actors::api {

namespace {

/// Not given up: the job is as it was.
void tell_unwritten(const give_up_services& with, const std::string& id, const storage::error& why) {
  config::log::error("job_not_given_up", "a job that keeps crashing could not be dead-lettered",
                     {{"job_id", id}, {"error", why.what()}});
  with.failed();
}

/// Without its journal nothing can be appended to it: the record alone takes the job out of the queue.
void set_aside(const give_up_services& with, const storage::entity_key& job, const std::string& fault) {
  with.journal->run(
      [with, job, fault](storage::writer& db) {
        if (!db.mark_job(job, storage::job_status::dead, "its journal can't be read: " + fault, with.time->now()))
          return;
        config::log::error("job_unreadable",
                           "a job's journal can't be read; it is tried no more until an operator says so",
                           {{"tenant_id", job.tenant}, {"job_id", job.id}, {"error", fault}});
      },
      [with, id = job.id](const storage::error& why) { tell_unwritten(with, id, why); });
}

void append(const give_up_services& with, storage::append what) {
  const auto id = what.entity.id;
  with.journal->submit(make_pending_append(std::move(what), [with, id](append_reply reply) {
    if (reply.fault)
      tell_unwritten(with, id, {*reply.fault, reply.error});
    else if (reply.result.outcome == storage::append_outcome::conflict)
      tell_unwritten(with, id, {storage::fault::refused, "the job has moved on meanwhile"});
  }));
}

} // namespace

void give_up_job(const give_up_services& with, const std::string& tenant, const std::string& id,
                 const std::string& reason) {
  const storage::entity_key key{tenant, storage::entity_kind::ticket_job, id};
  with.readers->run(
      [with, key, reason](storage::reader& db) {
        auto decided =
            ticket::give_up_offline(key, db.load(key), "its actor keeps ending: " + reason, with.time->now());
        if (decided.append)
          append(with, std::move(*decided.append));
      },
      [with, key](const storage::error& why) {
        if (why.kind() == storage::fault::corrupt)
          set_aside(with, key, why.what());
        else
          tell_unwritten(with, key.id, why);
      });
}

} // namespace troupe::actors::api
