#include "net/http/name_resolver.hpp"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include <netdb.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>

namespace troupe::net::http {

namespace {

using time_point = std::chrono::steady_clock::time_point;

struct list_deleter {
  void operator()(addrinfo* list) const noexcept {
    ::freeaddrinfo(list);
  }
};

} // namespace

struct name_resolver::state {
  struct name {
    name_answer answer;
    time_point good_until{};
    std::vector<taker> waiting;
    bool looking = false; ///< queued, or on a thread
  };

  state(resolver_settings s, lookup l, clock c) : settings{s}, how{std::move(l)}, now{std::move(c)} {}

  /// Makes room for another name.
  void prune() {
    if (names.size() >= settings.names)
      std::erase_if(names,
                    [at = now()](const auto& each) { return !each.second.looking && each.second.good_until <= at; });
    if (names.size() >= settings.names)
      std::erase_if(names, [](const auto& each) { return !each.second.looking; });
  }

  static void work(const std::shared_ptr<state>& self) {
    std::unique_lock lock{self->mutex};
    for (;;) {
      ++self->idle;
      self->wanted.wait(lock, [&] { return self->closed || !self->queue.empty(); });
      --self->idle;
      if (self->closed)
        break;
      self->serve(lock);
      if (self->closed)
        break;
    }
    --self->busy;
    self->ended.notify_all();
  }

  /// Looks the next name up. The lock is released meanwhile.
  void serve(std::unique_lock<std::mutex>& lock) {
    const auto host = std::move(queue.front());
    queue.pop_front();
    --busy; // who hangs isn't waited for
    lock.unlock();
    auto found = how(host);
    lock.lock();
    ++busy;
    if (closed)
      return;
    auto& entry = names[host];
    entry.looking = false;
    entry.good_until = now() + (found.addresses.empty() ? settings.bad : settings.good);
    entry.answer = found;
    const auto takers = std::exchange(entry.waiting, {});
    lock.unlock();
    for (const auto& t : takers)
      t(found);
    lock.lock();
  }

  const resolver_settings settings;
  const lookup how;
  const clock now;

  std::mutex mutex;
  std::condition_variable wanted, ended;
  std::unordered_map<std::string, name> names;
  std::deque<std::string> queue; ///< to be looked up
  std::size_t threads = 0;
  std::size_t idle = 0; ///< of them, waiting for work
  std::size_t busy = 0; ///< of them, those that aren't inside a look-up
  bool closed = false;
};

name_resolver::name_resolver(resolver_settings settings, lookup how, clock now)
    : state_{std::make_shared<state>(settings, std::move(how), std::move(now))} {
  // nop
}

name_resolver::~name_resolver() {
  std::unique_lock lock{state_->mutex};
  state_->closed = true;
  state_->names.clear();
  state_->wanted.notify_all();
  state_->ended.wait(lock, [this] { return state_->busy == 0; });
}

void name_resolver::find(const std::string& host, taker t) {
  std::unique_lock lock{state_->mutex};
  if (const auto known = state_->names.find(host); known == state_->names.end())
    state_->prune();
  else if (!known->second.looking && state_->now() < known->second.good_until) {
    const auto answer = known->second.answer;
    lock.unlock();
    return t(answer);
  }
  auto& entry = state_->names[host];
  entry.waiting.push_back(std::move(t));
  if (std::exchange(entry.looking, true))
    return;
  state_->queue.push_back(host);
  if (state_->queue.size() <= state_->idle || state_->threads >= state_->settings.threads)
    return state_->wanted.notify_one();
  ++state_->threads;
  ++state_->busy;
  std::thread{state::work, state_}.detach();
}

void name_resolver::forget(const std::string& host) {
  const std::lock_guard lock{state_->mutex};
  if (const auto known = state_->names.find(host); known != state_->names.end())
    known->second.good_until = {};
}

name_answer name_resolver::system_lookup(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const auto code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  const std::unique_ptr<addrinfo, list_deleter> guard{list};
  if (code != 0)
    return {{}, ::gai_strerror(code)};
  name_answer result;
  for (const auto* each = list; each != nullptr; each = each->ai_next) {
    boost::asio::ip::tcp::endpoint endpoint;
    if (each->ai_addrlen > endpoint.capacity())
      continue;
    std::memcpy(endpoint.data(), each->ai_addr, each->ai_addrlen);
    result.addresses.push_back(endpoint.address());
  }
  if (result.addresses.empty())
    result.fault = "it has no address";
  return result;
}

} // namespace troupe::net::http
