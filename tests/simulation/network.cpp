#include "tests/simulation/network.hpp"

#include <algorithm>
#include <deque>

#include "tests/simulation/world.hpp"

namespace troupe::simulation {

using namespace std::chrono_literals;
namespace http = net::http;

namespace {

/// One pool of connections: calls beyond their number wait for one to become free.
class simulated_caller final : public http::caller {
public:
  simulated_caller(world& in, life_ptr of, std::string host, peer& to, std::size_t most)
      : world_{in}, life_{std::move(of)}, host_{std::move(host)}, peer_{to}, most_{most} {}

  ~simulated_caller() override {
    for (auto* calls : {&open_, &waiting_})
      for (auto& each : *calls) {
        each->ended = nullptr;
        each->finish(failure(http::call_fault::unknown_outcome));
      }
  }

  void send(http::call what, std::function<void(http::call_result)> done) override {
    if (!life_->alive)
      return;
    world_.note("engine", "calls ", host_, " ", what.method, " ", what.target);
    const auto timeout = what.timeout;
    auto self = std::make_shared<exchange>(world_, life_, std::move(what), std::move(done));
    self->ended = [this, ended = self.get()] {
      if (ended->departed)
        peer_.ended(ended->call);
      serve_waiting();
    };
    exchange::watch(self);
    waiting_.push_back(self);
    serve_waiting();
    // Nobody but a successor of an actor that died has reason to ask for more than there is; and who is called next
    // when a stream has told all that is wanted, and its connection isn't free yet.
    const auto streams = [](const exchange_ptr& each) { return each->call.stream.has_value(); };
    if (!self->departed && world_.plan.most_actor_deaths == 0 && std::ranges::none_of(open_, streams))
      world_.violated("more calls of " + host_ + " at a time than " + std::to_string(most_));
    world_.after(timeout, [self] {
      self->finish(failure(self->departed ? http::call_fault::unknown_outcome : http::call_fault::not_sent_in_time));
    });
  }

private:
  void serve_waiting() {
    const auto over = [](const exchange_ptr& each) { return !each->open(); };
    std::erase_if(open_, over);
    std::erase_if(waiting_, over);
    while (open_.size() < most_ && !waiting_.empty()) {
      auto next = std::move(waiting_.front());
      waiting_.pop_front();
      next->departed = true;
      peer_.departed(next->call);
      if (next->call.stream)
        exchange::limit_silence(next, next->call.stream->first_timeout);
      world_.after(world_.latency.skewed(100us, 20ms), [next, &to = peer_] { to.arrived(next); });
      open_.push_back(std::move(next));
    }
  }

  world& world_;
  life_ptr life_;
  std::string host_;
  peer& peer_;
  std::size_t most_;
  std::deque<exchange_ptr> open_;
  std::deque<exchange_ptr> waiting_;
};

std::string host_of(std::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  return std::string{url.substr(0, url.find('/'))};
}

} // namespace

void exchange::answer(const exchange_ptr& self, nanoseconds wait, http::call_result with) {
  self->world_.after(wait, [self, with = std::move(with)]() mutable { self->finish(std::move(with)); });
}

void exchange::watch(const exchange_ptr& self) {
  self->on_stop_.emplace(self->call.stop, [weak = std::weak_ptr{self}, &in = self->world_] {
    in.after(0ns, [weak] {
      if (const auto open = weak.lock())
        open->finish(failure(http::call_fault::cancelled));
    });
  });
}

bool exchange::begin(const http::call_response& head) {
  if (!open() || !life_->alive || !call.stream)
    return false;
  pieces_ = call.stream->begin(head);
  return static_cast<bool>(pieces_);
}

void exchange::put(const exchange_ptr& self, std::string_view piece) {
  if (!self->open() || !self->life_->alive || !self->pieces_)
    return;
  const auto was = self->pieces_(piece);
  if (was == http::uptake::enough)
    return self->finish(failure(http::call_fault::cancelled));
  if (was == http::uptake::progress) {
    ++self->heard_;
    limit_silence(self, self->call.stream->silence_timeout);
  }
}

void exchange::limit_silence(const exchange_ptr& self, nanoseconds limit) {
  self->world_.after(limit, [self, heard = self->heard_] {
    if (self->heard_ == heard)
      self->finish(failure(http::call_fault::unknown_outcome));
  });
}

void exchange::finish(http::call_result with) {
  auto done = std::exchange(done_, nullptr);
  on_stop_.reset();
  if (!done || !life_->alive)
    return;
  const auto* came = std::get_if<http::call_response>(&with);
  world_.note("engine", "hears ", came ? "status " : "failure ",
              came ? came->status : static_cast<unsigned>(std::get<http::call_failure>(with).fault));
  if (auto freed = std::exchange(ended, nullptr))
    freed();
  done(std::move(with));
}

http::dialer network::dialer_for(life_ptr whose) {
  return http::dialer{[this, whose](const http::endpoint_settings& where) -> std::unique_ptr<http::caller> {
    auto host = host_of(where.url);
    auto& to = at(host);
    return std::make_unique<simulated_caller>(world_, whose, std::move(host), to, where.max_connections);
  }};
}

http::call_response response(unsigned status, std::string body) {
  http::call_response result;
  result.status = status;
  result.body = std::move(body);
  return result;
}

http::call_failure failure(http::call_fault why) {
  return {why, "simulated"};
}

} // namespace troupe::simulation
