#include "actors/desk/desk.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>

#include "config/log.hpp"

namespace troupe::actors {

using net::desk::desk_failure;
using net::desk::desk_fault;
using std::chrono::milliseconds;

namespace {

/// What a call's end says about the desk.
enum class call_ending : std::uint8_t { healthy, ill, pause };

call_ending ending_of(const desk_failure& failure) {
  switch (failure.fault) {
  case desk_fault::unavailable:
  case desk_fault::unknown_outcome:
    return call_ending::ill;
  case desk_fault::rate_limited:
    return call_ending::pause;
  case desk_fault::unauthorized:
  case desk_fault::not_found:
  case desk_fault::refused:
    return call_ending::healthy;
  }
  return call_ending::healthy;
}

template <class Success>
void report(const desk_actor& to, std::uint64_t connector, const std::variant<Success, desk_failure>& result) {
  auto ending = call_ending::healthy;
  milliseconds pause{0};
  if (const auto* failure = std::get_if<desk_failure>(&result)) {
    ending = ending_of(*failure);
    pause = failure->retry_after.value_or(milliseconds{0});
  }
  caf::anon_send(to, atom::freed_v, static_cast<std::uint8_t>(ending), static_cast<std::uint64_t>(pause.count()),
                 connector);
}

} // namespace

desk_state::desk_state(pointer self) : self_{self} {
  // nop
}

desk_state::~desk_state() {
  for (auto& call : waiting_)
    call(desk_failure{desk_fault::unavailable, "the desk's actor ended", std::nullopt});
}

void desk_state::configure(std::string tenant, connector_ptr connector, desk_settings settings,
                           std::shared_ptr<const clock> time) {
  tenant_ = std::move(tenant);
  connector_ = std::move(connector);
  settings_ = settings;
  clock_ = std::move(time);
}

void desk_state::connect(connector_ptr connector) {
  // Calls under way end with their connector: it stays until none is left.
  if (running_ > 0)
    retired_.push_back(std::move(connector_));
  connector_ = std::move(connector);
  ++connectors_;
  breaker_ = breaker{};
  paused_until_ = {};
}

void desk_state::write(desk_write_ptr what) {
  enqueue([this, what = std::move(what)](std::optional<desk_failure> failure) {
    if (!failure && clock_->now() >= what->deadline)
      failure = desk_failure{desk_fault::unavailable, "the write's deadline passed while it waited", std::nullopt};
    if (failure)
      what->done(std::move(*failure));
    else
      start_write(what);
  });
}

void desk_state::look(desk_look_ptr what) {
  enqueue([this, what = std::move(what)](std::optional<desk_failure> failure) {
    if (failure)
      what->done(std::move(*failure));
    else
      start_look(what);
  });
}

void desk_state::enqueue(waiting_call call) {
  if (waiting_.size() >= settings_.queue_limit) {
    call(desk_failure{desk_fault::unavailable, "too many calls wait for the desk", std::nullopt});
    return;
  }
  waiting_.push_back(std::move(call));
  serve_waiting();
}

void desk_state::serve_waiting() {
  while (running_ < settings_.max_calls && !waiting_.empty()) {
    auto call = std::move(waiting_.front());
    waiting_.pop_front();
    call(refusal());
  }
}

std::optional<desk_failure> desk_state::refusal() {
  const auto now = clock_->now();
  if (now < paused_until_)
    return desk_failure{desk_fault::rate_limited, "the desk asked for a pause", paused_until_ - now};
  if (!connector_)
    return desk_failure{desk_fault::unavailable, "the desk's settings can't be used", std::nullopt};
  if (!breaker_.admit(now))
    return desk_failure{desk_fault::unavailable, "the desk's circuit is open",
                        std::max(milliseconds{0}, breaker_.retry_at() - now)};
  return std::nullopt;
}

void desk_state::start_write(const desk_write_ptr& what) {
  ++running_;
  auto note = what->note;
  note.timeout = std::min(note.timeout, what->deadline - clock_->now());
  connector_->write_note(note, [me = desk_actor{self_}, what, mine = connectors_](note_result result) {
    report(me, mine, result);
    what->done(std::move(result));
  });
}

void desk_state::start_look(const desk_look_ptr& what) {
  ++running_;
  connector_->find_note(what->ticket_id, what->marker, what->correlation_id,
                        [me = desk_actor{self_}, what, mine = connectors_](look_result result) {
                          report(me, mine, result);
                          what->done(std::move(result));
                        });
}

void desk_state::on_freed(std::uint8_t ending, milliseconds pause, std::uint64_t connector) {
  if (--running_ == 0)
    retired_.clear();
  if (connector == connectors_)
    learn(ending, pause);
  serve_waiting();
}

void desk_state::learn(std::uint8_t ending, milliseconds pause) {
  const auto before = breaker_.state();
  switch (static_cast<call_ending>(ending)) {
  case call_ending::healthy:
    breaker_.succeed();
    break;
  case call_ending::ill:
    breaker_.fail(clock_->now());
    break;
  case call_ending::pause:
    breaker_.succeed();
    paused_until_ = std::max(paused_until_, clock_->now() + pause);
    break;
  }
  if (before != breaker_.state())
    config::log::warn("circuit_changed", "a desk's circuit breaker changed its state",
                      {{"tenant_id", tenant_}, {"state", static_cast<int>(breaker_.state())}});
}

desk_actor::behavior_type desk(desk_actor::stateful_pointer<desk_state> self, std::string tenant,
                               connector_ptr connector, desk_settings settings, std::shared_ptr<const clock> time) {
  self->state.configure(std::move(tenant), std::move(connector), settings, std::move(time));
  return {
      [self](atom::write_note, desk_write_ptr& what) { self->state.write(std::move(what)); },
      [self](atom::find_note, desk_look_ptr& what) { self->state.look(std::move(what)); },
      [self](atom::connect, connector_ptr& next) { self->state.connect(std::move(next)); },
      [self](atom::freed, std::uint8_t ending, std::uint64_t pause_ms, std::uint64_t connector_number) {
        self->state.on_freed(ending, milliseconds{pause_ms}, connector_number);
      },
  };
}

} // namespace troupe::actors
