#include "storage/sqlite/jobs.hpp"

#include <algorithm>
#include <limits>

namespace troupe::storage::sqlite {

namespace {

#define SELECT_JOBS                                                                                                    \
  "SELECT t.id, j.id, j.ticket_id, j.priority, j.status, j.attempt, j.step, j.error, j.received_at, j.due_at, "        \
  "j.finished_at, j.provider, j.input_tokens, j.output_tokens, j.cost, j.note_id, j.correlation_id FROM "
#define OF_TENANT " CROSS JOIN tenant_configs t ON t.tenant = j.tenant "
// Looks into every tenant's part of the one index that knows ids.
#define ANYWHERE "tenant_configs t CROSS JOIN journals j ON j.tenant = t.tenant AND j.kind = 1 AND j.id = ?1 "
// Sorts numbers only, then reads the rows of one page.
#define PAGE_OF(index, condition)                                                                                      \
  SELECT_JOBS "journals j" OF_TENANT "WHERE j.entity IN (SELECT entity FROM journals INDEXED BY " index                \
              " WHERE " condition " AND entity < ?1 ORDER BY entity DESC LIMIT ?2) ORDER BY j.entity DESC"

constexpr std::size_t most_rows = 1'000;

job_record from_row(const statement::run& row) {
  job_record result;
  result.tenant = row.string(0);
  result.id = row.string(1);
  auto& job = result.row;
  job.ticket_id = row.string(2);
  job.priority = static_cast<priority>(row.integer(3));
  job.status = static_cast<job_status>(row.integer(4));
  job.attempt = static_cast<std::uint32_t>(row.integer(5));
  job.step = row.string(6);
  job.error = row.string(7);
  job.received_at = row.time(8);
  job.due_at = row.time(9);
  if (!row.null(10))
    job.finished_at = row.time(10);
  job.provider = row.string(11);
  job.input_tokens = static_cast<std::uint64_t>(row.integer(12));
  job.output_tokens = static_cast<std::uint64_t>(row.integer(13));
  job.cost = row.real(14);
  job.note_id = row.string(15);
  job.correlation_id = row.string(16);
  return result;
}

template <class... Values>
std::optional<job_record> first(statement& find, const Values&... values) {
  auto row = find.rows(values...);
  return row.next() ? std::optional{from_row(row)} : std::nullopt;
}

template <class... Values>
std::vector<job_record> every(statement& list, const Values&... values) {
  std::vector<job_record> result;
  auto rows = list.rows(values...);
  while (rows.next())
    result.push_back(from_row(rows));
  return result;
}

} // namespace

jobs::jobs(connection& on)
    : find_{on,
            SELECT_JOBS "journals j" OF_TENANT "WHERE j.tenant = ?1 AND j.kind = 1 AND j.id = ?2 AND j.status >= 0"},
      find_anywhere_{on, SELECT_JOBS ANYWHERE "WHERE j.status >= 0"}, entity_of_{on, "SELECT j.entity FROM " ANYWHERE
                                                                                     "WHERE j.status >= 0"},
      all_{on, SELECT_JOBS "journals j NOT INDEXED" OF_TENANT
                           "WHERE j.kind = 1 AND j.status >= 0 AND (?3 IS NULL OR j.status = ?3) AND j.entity < ?1 "
                           "ORDER BY j.entity DESC LIMIT ?2"},
      // Any blob sorts after every text: without a last page, the search begins at the end.
      of_tenant_{on,
                 SELECT_JOBS "journals j INDEXED BY journals_by_name" OF_TENANT
                             "WHERE j.tenant = ?4 AND j.kind = 1 AND j.status >= 0 AND (?3 IS NULL OR j.status = ?3) "
                             "AND j.id < coalesce(?1, x'') ORDER BY j.id DESC LIMIT ?2"},
      open_{on, PAGE_OF("jobs_open", "status = ?3 AND status <= 1")},
      open_of_tenant_{on, PAGE_OF("jobs_open", "status = ?3 AND tenant = ?4 AND status <= 1")},
      ended_{on, PAGE_OF("jobs_ended", "status = ?3 AND status >= 3")},
      ended_of_tenant_{on, PAGE_OF("jobs_ended", "status = ?3 AND tenant = ?4 AND status >= 3")},
      version_{on, "PRAGMA data_version"},
      count_open_{on, "SELECT count(*) FROM journals INDEXED BY jobs_open WHERE status = ?1 AND status <= 1"},
      count_dead_{on, "SELECT count(*) FROM journals INDEXED BY jobs_ended WHERE status = 4 AND status >= 3"} {}

std::optional<job_record> jobs::find(std::int64_t tenant, std::string_view id) {
  return first(find_, tenant, id);
}

std::optional<job_record> jobs::find(std::string_view id) {
  return first(find_anywhere_, id);
}

std::int64_t jobs::entity_of(std::string_view id) {
  auto row = entity_of_.rows(id);
  return row.next() ? row.integer(0) : 0;
}

std::vector<job_record> jobs::list(const job_filter& filter, std::int64_t tenant) {
  const auto limit = std::min(filter.limit, most_rows);
  const bool open = filter.status == job_status::pending || filter.status == job_status::running;
  const bool listed = filter.status && filter.status != job_status::completed;
  // Completed jobs are most of all jobs: walking through the others on the way costs little.
  if (filter.tenant && !listed)
    return every(of_tenant_, filter.before, limit, filter.status, tenant);
  const auto before = filter.before ? entity_of(*filter.before) : std::numeric_limits<std::int64_t>::max();
  if (!listed)
    return every(all_, before, limit, filter.status);
  if (filter.tenant)
    return every(open ? open_of_tenant_ : ended_of_tenant_, before, limit, filter.status, tenant);
  return every(open ? open_ : ended_, before, limit, filter.status);
}

queue_depth jobs::depth() {
  const auto number = [](statement& of, const auto&... values) {
    auto row = of.rows(values...);
    return row.next() ? row.integer(0) : 0;
  };
  if (const auto version = number(version_); version != counted_at_) {
    depth_.pending = static_cast<std::uint64_t>(number(count_open_, job_status::pending));
    depth_.running = static_cast<std::uint64_t>(number(count_open_, job_status::running));
    depth_.dead = static_cast<std::uint64_t>(number(count_dead_));
    counted_at_ = version;
  }
  return depth_;
}

} // namespace troupe::storage::sqlite
