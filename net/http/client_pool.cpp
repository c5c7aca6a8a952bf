#include "net/http/client_pool.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "net/http/client_connection.hpp"

namespace troupe::net::http {

client_pool::client_pool(boost::asio::io_context& context, deadline_wheel& deadlines, name_resolver& names,
                         const endpoint_settings& settings)
    : context_{context}, deadlines_{deadlines}, settings_{settings}, origin_{parse_url(settings.url)},
      authority_{origin_.authority()}, tls_{origin_.secure ? make_client_tls(settings.ca_file, settings.ca_pem)
                                                           : nullptr},
      addresses_{std::make_shared<resolution>(context, deadlines, names, origin_.host, origin_.port)} {
  settings_.max_connections = std::max<std::size_t>(settings_.max_connections, 1);
}

void client_pool::submit(call&& what, std::function<void(call_result)> done) {
  auto c = std::make_shared<pending_call>(std::move(what), origin_.base, authority_, std::move(done));
  {
    std::lock_guard guard{mutex_};
    if (open_) {
      submitted_.push_back(std::move(c));
      if (submitted_.size() == 1)
        boost::asio::post(context_, [self = shared_from_this()] { self->take_submitted(); });
      return;
    }
  }
  c->fail(call_fault::unreachable, "the client is closed");
}

void client_pool::take_submitted() {
  std::vector<std::shared_ptr<pending_call>> taken;
  {
    std::lock_guard guard{mutex_};
    taken.swap(submitted_);
  }
  for (auto& c : taken) {
    if (closed_) {
      c->fail(call_fault::unreachable, "the client is closed");
    } else if (!c->fault.empty()) {
      c->fail(call_fault::unreachable, "the call isn't well-formed: " + c->fault);
    } else if (c->is_cancelled()) {
      c->fail(call_fault::cancelled, authority_ + ": the call was taken back");
    } else {
      c->start(*this);
      place(std::move(c), false);
    }
  }
}

/// @param fresh a connection that has carried a call before won't do
void client_pool::place(std::shared_ptr<pending_call> c, bool fresh) {
  while (!fresh && !idle_.empty()) {
    auto* idle = std::exchange(idle_.back(), nullptr);
    idle_.pop_back();
    if (!idle->is_stale())
      return idle->carry(std::move(c));
    idle->close();
  }
  if (connections_.size() >= settings_.max_connections && !idle_.empty())
    idle_.front()->close();
  if (connections_.size() < settings_.max_connections)
    return open(std::move(c));
  auto at = fresh ? waiting_.begin() : waiting_.end();
  c->at = pending_call::state::waiting;
  c->place = waiting_.insert(at, c);
}

void client_pool::open(std::shared_ptr<pending_call> c) {
  auto added = std::make_shared<client_connection>(*this);
  connections_.insert(added);
  added->open(std::move(c));
}

void client_pool::retry(std::shared_ptr<pending_call> c) {
  c->was_retried = true;
  place(std::move(c), true);
}

std::chrono::milliseconds client_pool::idle_time() const {
  constexpr std::size_t lasting = 64;
  constexpr std::chrono::milliseconds surplus{2'000};
  return idle_.size() < lasting ? settings_.idle_timeout : std::min(settings_.idle_timeout, surplus);
}

void client_pool::released(client_connection& c) {
  if (c.is_stale())
    return c.close();
  if (waiting_.empty()) {
    idle_.push_back(&c);
    return;
  }
  auto next = std::move(waiting_.front());
  waiting_.pop_front();
  c.carry(std::move(next));
}

void client_pool::removed(client_connection& c) {
  std::erase(idle_, &c);
  connections_.erase(c.shared_from_this());
  if (waiting_.empty() || closed_ || serving_)
    return;
  // Not at once: one failed connection after the other would pile up calls of this function.
  serving_ = true;
  boost::asio::post(context_, [self = shared_from_this()] {
    self->serving_ = false;
    self->serve_waiting();
  });
}

void client_pool::serve_waiting() {
  while (!waiting_.empty() && connections_.size() < settings_.max_connections && !closed_) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    open(std::move(next));
  }
}

/// Takes a call out of the queue, or off its connection, which is closed.
std::shared_ptr<pending_call> client_pool::take_back(pending_call& c) {
  if (c.at == pending_call::state::waiting) {
    auto taken = std::move(*c.place);
    waiting_.erase(taken->place);
    return taken;
  }
  auto* on = c.on;
  auto taken = on->give_up_call();
  on->close();
  return taken;
}

void client_pool::expire(pending_call& c) {
  const auto expired = take_back(c);
  switch (expired->at) {
  case pending_call::state::waiting:
    return expired->fail(call_fault::not_sent_in_time,
                         authority_ + ": no connection was free within the call's time limit");
  case pending_call::state::connecting:
    return expired->fail(call_fault::not_sent_in_time, authority_ + ": not sent within the call's time limit");
  case pending_call::state::sent:
    return expired->fail(call_fault::unknown_outcome, authority_ + ": no response within the call's time limit");
  }
}

void client_pool::withdraw(pending_call& c) {
  take_back(c)->fail(call_fault::cancelled, authority_ + ": the call was taken back");
}

void client_pool::close() {
  {
    std::lock_guard guard{mutex_};
    open_ = false;
  }
  closed_ = true;
  addresses_->close();
  take_submitted();
  for (auto& c : std::exchange(waiting_, {}))
    c->fail(call_fault::unreachable, "the client is closed");
  while (!connections_.empty()) {
    auto on = *connections_.begin();
    auto c = on->give_up_call();
    on->close();
    if (c)
      c->fail(c->at == pending_call::state::sent ? call_fault::unknown_outcome : call_fault::unreachable,
              "the client is closed");
  }
  addresses_.reset();
}

} // namespace troupe::net::http
