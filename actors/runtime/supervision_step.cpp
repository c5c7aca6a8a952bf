#include "actors/runtime/supervision.hpp"

#include <algorithm>
#include <iterator>

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include "config/log.hpp"

// What a supervisor does next, given the phases of its children and the time.
namespace troupe::actors {
namespace {

namespace log = config::log;

/// How long a killed actor may block its thread before its supervisor stops waiting for it.
constexpr milliseconds kill_grace{1'000};

} // namespace

void supervision::step() {
  if (stopping_)
    step_stop();
  else if (rest_from_ != nullptr)
    step_rest_for_one();
  else
    step_one_for_one();
  order_tick();
}

void supervision::step_one_for_one() {
  std::vector<child*> all;
  for (const auto& each : children_)
    all.push_back(each.get());
  // Nothing but the child at hand is forgotten on the way, so the pointers after it stay good.
  for (auto* which : all) {
    if (which->state == phase::stopping) {
      if (!still_stopping(*which) && which->removed)
        forget(*which);
    } else if (which->state == phase::waiting && which->due <= now()) {
      launch(*which);
    }
    if (stopping_)
      return;
  }
}

void supervision::step_rest_for_one() {
  for (auto i = children_.size(); i-- > 0;) {
    auto& which = *children_[i];
    if (which.state == phase::running) {
      ask_to_stop(which);
      return;
    }
    if (which.state == phase::stopping && still_stopping(which))
      return;
    if (&which == rest_from_)
      break;
    if (which.removed)
      forget(which);
  }
  if (rest_from_->state == phase::waiting && rest_from_->due > now())
    return;
  std::vector<child*> rest;
  for (const auto& each : children_)
    if (each.get() == rest_from_ || !rest.empty())
      rest.push_back(each.get());
  rest_from_ = nullptr;
  for (auto* which : rest) {
    if (which->removed || (which->spec.restart == restart_policy::temporary && which->state == phase::down))
      forget(*which);
    else
      launch(*which);
    // A child that can't be started makes the rest wait once more.
    if (stopping_ || rest_from_ != nullptr)
      return;
  }
}

void supervision::step_stop() {
  if (ended_ || !dynamic_gone())
    return;
  for (auto i = children_.rbegin(); i != children_.rend(); ++i) {
    auto& which = **i;
    if (which.state == phase::running)
      ask_to_stop(which);
    if (which.state == phase::stopping && still_stopping(which))
      return;
  }
  ended_ = true;
  self_->quit(stop_reason_);
}

bool supervision::dynamic_gone() {
  if (dynamic_.empty())
    return true;
  if (now() < *dynamic_due_)
    return false;
  if (!dynamic_killed_) {
    log::warn("actor_killed", "Dynamic children did not stop in time.", {{"children", dynamic_.size()}});
    for (auto& [id, which] : dynamic_)
      caf::anon_send_exit(which.handle, caf::exit_reason::kill);
    dynamic_killed_ = true;
    dynamic_due_ = now() + kill_grace;
    return false;
  }
  log::error("actor_stuck", "Killed children block their threads; they are left behind.",
             {{"children", dynamic_.size()}});
  for (auto& [id, which] : std::exchange(dynamic_, {}))
    if (which.ended)
      which.ended(caf::make_error(caf::exit_reason::kill));
  return true;
}

void supervision::ask_to_stop(child& which) {
  which.state = phase::stopping;
  which.due = now() + which.spec.stop_limit;
  caf::anon_send_exit(which.handle, caf::exit_reason::user_shutdown);
}

bool supervision::still_stopping(child& which) {
  if (now() < which.due)
    return true;
  if (!which.killed) {
    log::warn("actor_killed", "A child did not stop in time.", {{"actor", which.spec.name}});
    which.killed = true;
    which.due = now() + kill_grace;
    caf::anon_send_exit(which.handle, caf::exit_reason::kill);
    return true;
  }
  log::error("actor_stuck", "A killed child blocks its thread; it is left behind.", {{"actor", which.spec.name}});
  life_over(which);
  return false;
}

void supervision::life_over(child& which) {
  which.state = phase::down;
  if (!which.handle)
    return;
  by_id_.erase(which.handle.id());
  which.handle = nullptr;
  if (which.spec.publish)
    which.spec.publish({});
}

void supervision::order_tick() {
  std::optional<time_point> next;
  const auto consider = [&](time_point due) {
    if (!next || due < *next)
      next = due;
  };
  for (const auto& each : children_)
    if (each->state == phase::stopping)
      consider(each->due);
  // While somebody stops, the restarts behind it wait for that and not for a time.
  if (!next && !stopping_)
    for (const auto& each : children_)
      if (each->state == phase::waiting && (rest_from_ == nullptr || each.get() == rest_from_))
        consider(each->due);
  if (stopping_ && !dynamic_.empty())
    consider(*dynamic_due_);
  if (!next || (ordered_ && *ordered_ <= *next))
    return;
  ordered_ = next;
  caf::delayed_anon_send(caf::actor_cast<caf::actor>(self_), std::max(time_point::duration{0}, *next - now()),
                         tick{++generation_});
}

supervision::time_point supervision::now() const {
  return self_->system().clock().now();
}

} // namespace troupe::actors
