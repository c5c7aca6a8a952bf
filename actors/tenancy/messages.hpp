#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include "actors/conversation/conversation_core.hpp"
#include "actors/runtime/core.hpp"
#include "actors/runtime/entity_types.hpp"
#include "actors/tenancy/directory.hpp"
#include "actors/ticket/job.hpp"
#include "storage/jobs.hpp"

namespace troupe::actors {

/// A job that may start.
struct job_hint {
  std::string tenant;
  std::string id;
  storage::priority priority = storage::priority::medium;
  /// Its journal, when it is at hand because it was just written.
  std::optional<std::vector<recorded<ticket::job_event>>> known;
};

using job_hint_ptr = std::shared_ptr<job_hint>;

/// What a look into the database found.
struct due_jobs {
  std::vector<storage::due_job> jobs;
  bool failed = false; ///< storage couldn't tell
};

using due_jobs_ptr = std::shared_ptr<const due_jobs>;

/// A job has left memory.
struct job_end {
  std::string tenant;
  std::string id;
  bool crashed = false;
  bool superseded = false; ///< somebody else wrote to its journal, who may be gone by now
  std::string reason;
};

/// A conversation is to be brought into memory, and perhaps told or asked something.
struct conversation_order {
  std::string id; ///< empty = all that are busy
  command_envelope_ptr<conversation::conversation_core> command;
  inspection_ptr<conversation::conversation_core> look;
};

using conversation_order_ptr = std::shared_ptr<const conversation_order>;
using job_end_ptr = std::shared_ptr<const job_end>;
using tenant_table_ptr = std::shared_ptr<const tenant_table>;

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::job_hint_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::due_jobs_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::job_end_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::conversation_order_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::tenant_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::tenant_table_ptr)

CAF_BEGIN_TYPE_ID_BLOCK(tenancy, caf::first_custom_type_id + 500)
CAF_ADD_TYPE_ID(tenancy, (troupe::actors::job_hint_ptr))
CAF_ADD_TYPE_ID(tenancy, (troupe::actors::due_jobs_ptr))
CAF_ADD_TYPE_ID(tenancy, (troupe::actors::job_end_ptr))
CAF_ADD_TYPE_ID(tenancy, (troupe::actors::tenant_ptr))
CAF_ADD_TYPE_ID(tenancy, (troupe::actors::tenant_table_ptr))
CAF_ADD_ATOM(tenancy, troupe::actors::atom, run_job, "run_job")
CAF_ADD_ATOM(tenancy, troupe::actors::atom, configure, "configure")
CAF_ADD_ATOM(tenancy, troupe::actors::atom, fetched, "fetched")
CAF_ADD_ATOM(tenancy, troupe::actors::atom, ended, "ended")
CAF_ADD_ATOM(tenancy, troupe::actors::atom, park, "park")
CAF_ADD_ATOM(tenancy, troupe::actors::atom, look, "look")
CAF_ADD_TYPE_ID(tenancy, (troupe::actors::conversation_order_ptr))
CAF_ADD_ATOM(tenancy, troupe::actors::atom, converse, "converse")
CAF_END_TYPE_ID_BLOCK(tenancy)
