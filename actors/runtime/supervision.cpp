#include "actors/runtime/supervision.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>

#include "actors/runtime/backoff.hpp"
#include "config/log.hpp"

namespace troupe::actors {
namespace {

namespace log = config::log;

/// An end that was asked for isn't a failure.
bool orderly(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::user_shutdown || reason == runtime_ec::stopped;
}

} // namespace

supervision::supervision(caf::scheduled_actor* self, supervisor_settings settings, random& chance,
                         std::shared_ptr<supervisor_probe> probe)
    : self_{self}, settings_{settings}, chance_{chance}, probe_{std::move(probe)} {}

supervision::~supervision() {
  for (auto i = children_.rbegin(); i != children_.rend(); ++i)
    if (auto& which = **i; which.handle) {
      caf::anon_send_exit(which.handle, caf::exit_reason::kill);
      if (which.spec.publish)
        which.spec.publish({});
    }
  for (auto& [id, which] : dynamic_)
    caf::anon_send_exit(which.handle, caf::exit_reason::kill);
}

void supervision::equip() {
  self_->set_down_handler([this](caf::scheduled_actor*, caf::down_msg& what) { on_down(what); });
  self_->set_exit_handler([this](caf::scheduled_actor*, caf::exit_msg& what) { on_exit(what); });
}

bool supervision::start(child_spec spec) {
  if (stopping_ || by_name_.contains(spec.name))
    return false;
  auto& added = *children_.emplace_back(std::make_unique<child>());
  added.spec = std::move(spec);
  by_name_.emplace(added.spec.name, &added);
  if (probe_)
    probe_->known(label_of(added));
  // While later children are being restarted, a new one waits for its turn among them.
  if (rest_from_ != nullptr) {
    added.state = phase::waiting;
    added.due = now();
  } else if (!launch(added)) {
    order_tick();
  }
  return true;
}

bool supervision::stop(const std::string& name) {
  auto found = by_name_.find(name);
  if (found == by_name_.end() || found->second->removed)
    return false;
  auto& which = *found->second;
  which.removed = true;
  if (which.state == phase::running)
    ask_to_stop(which);
  else if (which.state != phase::stopping)
    forget(which);
  step();
  return true;
}

caf::actor supervision::find(const std::string& name) const {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? caf::actor{} : found->second->handle;
}

bool supervision::knows(const std::string& name) const {
  return by_name_.contains(name);
}

void supervision::adopt(const caf::actor& life, end_handler ended) {
  dynamic_.emplace(life.id(), dynamic_child{life, std::move(ended)});
  self_->monitor(life);
  if (stopping_)
    caf::anon_send_exit(life, caf::exit_reason::user_shutdown);
}

std::size_t supervision::size() const noexcept {
  return by_id_.size() + dynamic_.size();
}

void supervision::shut_down(caf::error reason) {
  if (stopping_)
    return;
  stopping_ = true;
  stop_reason_ = std::move(reason);
  rest_from_ = nullptr;
  for (auto& which : children_)
    if (which->state == phase::waiting)
      which->state = phase::down;
  dynamic_due_ = now() + settings_.dynamic_stop_limit;
  for (auto& [id, which] : dynamic_)
    caf::anon_send_exit(which.handle, caf::exit_reason::user_shutdown);
  step();
}

void supervision::on_tick(const tick& what) {
  if (what.generation != generation_)
    return;
  ordered_.reset();
  step();
}

void supervision::on_exit(const caf::exit_msg& what) {
  if (what.reason)
    shut_down(what.reason);
}

void supervision::on_down(const caf::down_msg& what) {
  const auto id = what.source.id();
  if (auto found = dynamic_.find(id); found != dynamic_.end()) {
    auto ended = std::move(found->second.ended);
    dynamic_.erase(found);
    if (ended)
      ended(what.reason);
    if (stopping_)
      step();
    return;
  }
  if (auto found = by_id_.find(id); found != by_id_.end()) {
    child_ended(*found->second, what.reason);
    step();
  }
}

void supervision::child_ended(child& which, const caf::error& reason) {
  const auto before = which.state;
  life_over(which);
  if (which.removed) {
    forget(which);
    return;
  }
  if (stopping_ || before == phase::stopping)
    return;
  if (is_restarted_with_rest(which)) {
    which.state = phase::waiting;
    which.due = now();
    return;
  }
  const auto policy = which.spec.restart;
  const bool again = policy == restart_policy::permanent || (policy == restart_policy::transient && !orderly(reason));
  if (again)
    plan_restart(which, reason);
  else
    forget(which);
}

const std::string& supervision::label_of(const child& which) {
  return which.spec.label.empty() ? which.spec.name : which.spec.label;
}

void supervision::plan_restart(child& which, const caf::error& reason) {
  const auto time = now();
  const auto label = reason_label(reason);
  if (!may_restart(time)) {
    log::error("supervisor_gave_up", "A child ended too often; its supervisor ends too.",
               {{"actor", which.spec.name}, {"reason", label}, {"detail", describe(reason)}});
    shut_down(caf::make_error(runtime_ec::restart_intensity, which.spec.name));
    return;
  }
  if (probe_)
    probe_->restarted(label_of(which), label);
  if (time - which.started > settings_.window)
    which.failures = 0;
  const auto wait = backoff(settings_.backoff_base, settings_.backoff_limit, which.failures++, chance_.uniform());
  log::warn("actor_restarts", "A child ended and is started again.",
            {{"actor", which.spec.name}, {"reason", label}, {"detail", describe(reason)}, {"wait_ms", wait.count()}});
  which.state = phase::waiting;
  which.due = time + wait;
  if (settings_.strategy != restart_strategy::rest_for_one)
    return;
  const auto earlier = std::find_if(children_.begin(), children_.end(),
                                    [&](const auto& x) { return x.get() == &which || x.get() == rest_from_; });
  rest_from_ = earlier->get();
}

bool supervision::is_restarted_with_rest(const child& which) const {
  bool rest = false;
  for (const auto& each : children_) {
    if (each.get() == &which)
      return rest;
    rest = rest || each.get() == rest_from_;
  }
  return false;
}

bool supervision::may_restart(time_point time) {
  while (!restarts_.empty() && time - restarts_.front() > settings_.window)
    restarts_.pop_front();
  if (restarts_.size() >= settings_.max_restarts)
    return false;
  restarts_.push_back(time);
  return true;
}

bool supervision::launch(child& which) {
  which.state = phase::running;
  which.started = now();
  which.killed = false;
  try {
    which.handle = which.spec.start(self_->system());
    if (!which.handle)
      throw std::runtime_error{"no actor was started"};
  } catch (const std::exception& e) {
    child_ended(which, caf::make_error(caf::sec::runtime_error, std::string{e.what()}));
    return false;
  }
  by_id_.emplace(which.handle.id(), &which);
  self_->monitor(which.handle);
  if (which.spec.publish)
    which.spec.publish(which.handle);
  return true;
}

void supervision::forget(child& which) {
  by_name_.erase(which.spec.name);
  const auto found = std::find_if(children_.begin(), children_.end(), [&](const auto& x) { return x.get() == &which; });
  if (rest_from_ == &which)
    rest_from_ = std::next(found) == children_.end() ? nullptr : std::next(found)->get();
  children_.erase(found);
}

} // namespace troupe::actors
