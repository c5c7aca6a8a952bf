#include "actors/desk/desk.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include <caf/send.hpp>

#include "config/log.hpp"

namespace troupe::actors {

using net::desk::desk_failure;
using net::desk::desk_fault;
using std::chrono::milliseconds;

namespace {

/// Of a write's time, for the desk's answer.
constexpr milliseconds longest_reserve{1'000};

desk_end::kind ending_of(const desk_failure& failure) {
  switch (failure.fault) {
  case desk_fault::unavailable:
  case desk_fault::unknown_outcome:
    return desk_end::kind::ill;
  case desk_fault::rate_limited:
    return desk_end::kind::limited;
  case desk_fault::unauthorized:
  case desk_fault::not_found:
  case desk_fault::refused:
  case desk_fault::held:
  case desk_fault::circuit_open:
    return desk_end::kind::healthy;
  }
  return desk_end::kind::healthy;
}

/// What is left until a task's deadline; of a write no more than it may take, whatever happened to the wall clock.
milliseconds left_of(const desk_task& task, storage::timestamp now) {
  const auto left = std::visit([now](const auto& what) { return what->deadline - now; }, task);
  const auto* write = std::get_if<desk_write_ptr>(&task);
  return write ? std::min(left, (*write)->note.timeout) : left;
}

/// Past it a task isn't begun: a write that leaves no time for an answer only puts its outcome in doubt.
storage::timestamp last_start_of(const desk_task& task, storage::timestamp deadline) {
  if (const auto* write = std::get_if<desk_write_ptr>(&task))
    return deadline - std::min(longest_reserve, (*write)->note.timeout / 4);
  return deadline;
}

void refuse(const desk_task& task, const desk_failure& failure) {
  std::visit([&](const auto& what) { what->done(failure); }, task);
}

/// Tells the caller and the actor how a call ended; whether a limited one fails is the actor's decision.
template <class Task, class Success>
void report(const desk_actor& to, const desk_end_ptr& end, const Task& what,
            std::variant<Success, desk_failure> result) {
  if (const auto* failure = std::get_if<desk_failure>(&result)) {
    end->how = ending_of(*failure);
    end->failure = *failure;
  }
  if (end->how != desk_end::kind::limited)
    what->done(std::move(result));
  caf::anon_send(to, atom::freed_v, end);
}

} // namespace

desk_state::desk_state(pointer self) : self_{self} {
  // nop
}

desk_state::~desk_state() {
  for (const auto& each : waiting_)
    refuse(each.task, {desk_fault::unavailable, "the desk's actor ended", std::nullopt});
}

void desk_state::configure(std::string tenant, connector_ptr connector, desk_settings settings,
                           std::shared_ptr<const clock> time) {
  tenant_ = std::move(tenant);
  connector_ = std::move(connector);
  settings_ = std::move(settings);
  clock_ = std::move(time);
  pace_ = pace{settings_.pace};
  show_circuit();
}

void desk_state::connect(connector_ptr connector) {
  // Calls under way end with their connector: it stays until none is left.
  if (running_ > 0)
    retired_.push_back(std::move(connector_));
  connector_ = std::move(connector);
  ++connectors_;
  breaker_ = breaker{};
  pace_ = pace{settings_.pace};
  next_return_ = {};
  show_circuit();
  serve_waiting();
}

void desk_state::write(desk_write_ptr what) {
  enqueue(std::move(what));
}

void desk_state::look(desk_look_ptr what) {
  enqueue(std::move(what));
}

void desk_state::enqueue(desk_task task) {
  if (waiting_.size() >= settings_.queue_limit) {
    refuse(task, {desk_fault::unavailable, "too many calls wait for the desk", std::nullopt});
    return;
  }
  const auto deadline = now() + left_of(task, clock_->now());
  const auto last_start = last_start_of(task, deadline);
  waiting_.push_back({std::move(task), deadline, last_start});
  serve_waiting();
}

/// The wall clock may be set back, and a write must not go out when its job has given it up.
storage::timestamp desk_state::now() const {
  return storage::timestamp{std::chrono::floor<milliseconds>(clock_->monotonic())};
}

void desk_state::serve_waiting() {
  const auto now = this->now();
  put_off_late(now);
  while (!waiting_.empty() && running_ < settings_.max_calls && pace_.may_start(now)
         && (!connector_ || breaker_.admit(now))) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    start(next, now);
  }
  if (!waiting_.empty())
    set_timer(now);
}

/// Answers tasks whose turn can't come in time.
void desk_state::put_off_late(storage::timestamp now) {
  const auto open_until = breaker_.state() == circuit::open ? breaker_.retry_at() : now;
  const auto ready = std::max({now, pace_.paused_until(), open_until});
  const auto on_time = std::stable_partition(waiting_.begin(), waiting_.end(),
                                             [&](const waiting_task& each) { return each.last_start <= ready; });
  for (auto late = waiting_.begin(); late != on_time; ++late)
    refuse(late->task, delay(now));
  waiting_.erase(waiting_.begin(), on_time);
}

/// What a task hears that is put off. They come back one after the other, as fast as the desk is asked.
desk_failure desk_state::delay(storage::timestamp now) {
  if (breaker_.state() != circuit::closed)
    return {desk_fault::circuit_open, "the desk's circuit is open",
            std::max(milliseconds{0}, breaker_.retry_at() - now)};
  const auto back = std::max({now, pace_.paused_until(), next_return_});
  next_return_ = back + pace_.gap();
  return {desk_fault::held, "its turn did not come in time", back - now};
}

void desk_state::set_timer(storage::timestamp now) {
  auto due = std::ranges::min(waiting_ | std::views::transform(&waiting_task::last_start));
  const auto ready = std::max(pace_.ready_at(), breaker_.state() == circuit::closed ? now : breaker_.retry_at());
  if (ready > now)
    due = std::min(due, ready);
  if (timer_ && *timer_ <= due)
    return;
  timer_ = due;
  self_->delayed_send(self_, due - now, atom::go_on_v, ++timers_);
}

void desk_state::on_timer(std::uint64_t number) {
  if (number != timers_)
    return;
  timer_.reset();
  serve_waiting();
}

void desk_state::start(const waiting_task& next, storage::timestamp now) {
  if (!connector_) {
    refuse(next.task, {desk_fault::unavailable, "the desk's settings can't be used", std::nullopt});
    return;
  }
  ++running_;
  auto end = std::make_shared<desk_end>();
  end->task = next.task;
  end->deadline = next.deadline;
  end->connector = connectors_;
  end->first = pace_.start(now);
  std::visit([&](const auto& what) { start_call(what, end); }, next.task);
}

void desk_state::start_call(const desk_write_ptr& what, const desk_end_ptr& end) {
  auto note = what->note;
  note.timeout = std::min(note.timeout, end->deadline - now());
  connector_->write_note(
      note, [me = desk_actor{self_}, what, end](note_result result) { report(me, end, what, std::move(result)); });
}

void desk_state::start_call(const desk_look_ptr& what, const desk_end_ptr& end) {
  connector_->find_note(
      what->ticket_id, what->marker, what->correlation_id,
      [me = desk_actor{self_}, what, end](look_result result) { report(me, end, what, std::move(result)); });
}

void desk_state::on_freed(desk_end& end) {
  if (--running_ == 0)
    retired_.clear();
  const bool current = end.connector == connectors_;
  if (current)
    learn(end);
  if (end.how == desk_end::kind::limited) {
    // Who was limited because of the others goes first after the pause; who was limited all alone has failed.
    if (current && !end.first)
      waiting_.push_front({end.task, end.deadline, last_start_of(end.task, end.deadline)});
    else
      refuse(end.task, end.failure);
  }
  serve_waiting();
}

void desk_state::learn(const desk_end& end) {
  const auto now = this->now();
  const auto before = breaker_.state();
  if (end.how == desk_end::kind::ill)
    breaker_.fail(now);
  else
    breaker_.succeed();
  if (end.how == desk_end::kind::limited)
    pace_.slow_down(end.failure.retry_after.value_or(milliseconds{0}), now);
  else
    pace_.end(end.first, end.how == desk_end::kind::healthy, now);
  if (before == breaker_.state())
    return;
  show_circuit();
  config::log::warn("circuit_changed", "a desk's circuit breaker changed its state",
                    {{"tenant_id", tenant_}, {"state", static_cast<int>(breaker_.state())}});
}

void desk_state::show_circuit() {
  if (settings_.probe)
    settings_.probe->circuit(tenant_, breaker_.state());
}

desk_actor::behavior_type desk(desk_actor::stateful_pointer<desk_state> self, std::string tenant,
                               connector_ptr connector, desk_settings settings, std::shared_ptr<const clock> time) {
  self->state.configure(std::move(tenant), std::move(connector), settings, std::move(time));
  return {
      [self](atom::write_note, desk_write_ptr& what) { self->state.write(std::move(what)); },
      [self](atom::find_note, desk_look_ptr& what) { self->state.look(std::move(what)); },
      [self](atom::connect, connector_ptr& next) { self->state.connect(std::move(next)); },
      [self](atom::freed, const desk_end_ptr& end) { self->state.on_freed(*end); },
      [self](atom::go_on, std::uint64_t number) { self->state.on_timer(number); },
  };
}

} // namespace troupe::actors
