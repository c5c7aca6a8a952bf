#include "actors/ticket/job_core.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors::ticket {

namespace {

/// Where a running job stands follows from what it has.
job_phase phase_of(const job_state& s) {
  if (s.note)
    return job_phase::writing;
  return s.found ? job_phase::synthesizing : job_phase::gathering;
}

const char* step_of(job_phase phase) {
  switch (phase) {
  case job_phase::gathering:
    return "gather";
  case job_phase::synthesizing:
    return "synthesize";
  case job_phase::writing:
    return "write_note";
  default:
    return "";
  }
}

void stop_clock(job_state& s, timestamp at) {
  // A clock that was set back must not give time to the attempt.
  if (s.active_since)
    s.used += std::max(milliseconds{0}, at - *s.active_since);
  s.active_since.reset();
}

void move_on(job_state& s) {
  s.claims = 0;
  s.phase = phase_of(s);
  s.step = step_of(s.phase);
}

void end(job_state& s, job_phase how, timestamp at) {
  s.phase = how;
  s.parked = false;
  s.active_since.reset();
  s.finished_at = at;
}

/// Drops a text with its memory.
void drop(std::string& text) {
  std::string{}.swap(text);
}

struct applier {
  job_state& s;
  timestamp at;

  void operator()(const accepted& e) const {
    s.ticket = e;
    s.received_at = at;
    s.due_at = at;
  }

  void operator()(const claimed& e) const {
    if (e.attempt != s.attempt) {
      s.attempt = e.attempt;
      s.claims = 0;
      s.used = milliseconds{0};
      s.attempt_writes = 0;
      s.spared_since.reset();
    }
    s.postponed = false;
    ++s.claims;
    s.epoch = e.epoch;
    s.parked = false;
    s.active_since = at;
    s.phase = phase_of(s);
    s.step = step_of(s.phase);
  }

  void operator()(const gathered& e) const {
    stop_clock(s, at);
    s.found = e.found;
    move_on(s);
  }

  void operator()(const synthesized& e) const {
    s.active_since.reset();
    s.used += e.took;
    s.note = e;
    s.found.reset();
    drop(s.ticket.subject);
    drop(s.ticket.description);
    move_on(s);
  }

  void operator()(const write_started& e) const {
    s.writes = e.write;
    ++s.attempt_writes;
    s.open = job_state::open_write{std::max(milliseconds{0}, e.deadline - at)};
    s.active_since = at;
    move_on(s);
  }

  void operator()(const write_unknown&) const {
    stop_clock(s, at);
    s.spared_since.reset();
    if (s.open)
      s.open->unknown = true;
    s.claims = 0;
  }

  void operator()(const write_refused&) const {
    stop_clock(s, at);
    s.open.reset();
    s.claims = 0;
  }

  void operator()(const note_written& e) const {
    stop_clock(s, at);
    s.open.reset();
    s.note_id = e.note_id;
  }

  void operator()(const completed&) const {
    end(s, job_phase::completed, at);
    s.step.clear();
    s.error.clear();
    if (s.note)
      drop(s.note->note);
  }

  void operator()(const failed& e) const {
    looked();
    s.phase = job_phase::waiting;
    s.parked = false;
    s.active_since.reset();
    s.step = e.step;
    s.error = e.error;
    s.due_at = e.retry_at;
  }

  void operator()(const postponed& e) const {
    s.phase = job_phase::waiting;
    s.postponed = true;
    s.parked = false;
    s.claims = 0;
    s.active_since.reset(); // it waited, nothing else
    if (s.open && !s.open->unknown) {
      s.open.reset();
      --s.attempt_writes;
    }
    looked();
    if (e.circuit && !s.spared_since)
      s.spared_since = at;
    s.step = e.step;
    s.error = e.reason;
    s.due_at = e.retry_at;
  }

  void operator()(const dead_lettered& e) const {
    end(s, job_phase::dead, at);
    s.step = e.step;
    s.error = e.error;
  }

  void operator()(const parked&) const {
    stop_clock(s, at);
    s.parked = true;
    s.claims = 0;
    s.due_at = at;
  }

  void operator()(const retried&) const {
    s.phase = job_phase::waiting;
    s.postponed = false;
    s.attempt = 0;
    s.claims = 0;
    s.error.clear();
    s.due_at = at;
    s.finished_at.reset();
  }

  void operator()(const discarded&) const {
    end(s, job_phase::discarded, at);
  }

private:
  /// An attempt with an open write ends or rests only after its owner has waited for the desk, and looked.
  void looked() const {
    if (s.open)
      s.open->over = true;
  }
};

storage::job_status status_of(const job_state& s) {
  switch (s.phase) {
  case job_phase::waiting:
    return storage::job_status::pending;
  case job_phase::completed:
    return storage::job_status::completed;
  case job_phase::dead:
    return storage::job_status::dead;
  case job_phase::discarded:
    return storage::job_status::discarded;
  default:
    return s.parked ? storage::job_status::pending : storage::job_status::running;
  }
}

} // namespace

void job_core::apply(job_state& s, const job_event& what, timestamp at) {
  ++s.number;
  std::visit(applier{s, at}, what);
}

storage::job_row job_core::project(const job_state& s) {
  storage::job_row row;
  row.ticket_id = s.ticket.ticket_id;
  row.priority = s.ticket.priority;
  row.status = status_of(s);
  row.attempt = s.attempt;
  row.step = s.step;
  row.error = s.error;
  row.received_at = s.received_at;
  row.due_at = s.due_at;
  row.finished_at = s.finished_at;
  if (s.note) {
    row.provider = s.note->provider;
    row.input_tokens = s.note->input_tokens;
    row.output_tokens = s.note->output_tokens;
    row.cost = s.note->cost;
  }
  row.note_id = s.note_id;
  row.correlation_id = s.ticket.correlation_id;
  return row;
}

bool job_core::finished(const job_state& s) {
  if (has_ended(s) || s.phase == job_phase::waiting)
    return true;
  if (!s.parked)
    return false;
  const bool model_may_answer = s.phase == job_phase::synthesizing;
  const bool desk_may_answer = s.open && !s.open->unknown;
  return !model_may_answer && !desk_may_answer;
}

job_command job_core::wake(std::uint64_t epoch) {
  return ticket::wake{epoch};
}

job_command job_core::stop() {
  return shutdown{};
}

std::optional<timer_order<job_command>> job_core::timer(job_effect& what) {
  const auto* order = std::get_if<set_timer>(&what);
  if (!order)
    return std::nullopt;
  return timer_order<job_command>{static_cast<std::uint32_t>(order->kind), order->after,
                                  timer_fired{order->kind, order->generation, order->round}};
}

bool job_core::gives_up(const job_effect& what) {
  return std::holds_alternative<give_up_model>(what);
}

bool has_ended(const job_state& s) {
  return s.phase == job_phase::completed || s.phase == job_phase::dead || s.phase == job_phase::discarded;
}

std::string marker_of(std::string_view job_id) {
  std::string text{"ref: "};
  text += job_id;
  return text;
}

} // namespace troupe::actors::ticket
