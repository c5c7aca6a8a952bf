#include "actors/cli/process.hpp"

#include "config/log.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace troupe::actors::cli {

namespace {

/// Seconds after which a stop has hung: longer than the engine gives itself.
constexpr unsigned hung_after = 25;

/// Files that aren't connections from outside: database, desks, models.
constexpr rlim_t own_files = 1024;

} // namespace

stop_signals::stop_signals() {
  ::sigemptyset(&set_);
  ::sigaddset(&set_, SIGINT);
  ::sigaddset(&set_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

void stop_signals::wait() const {
  int which = 0;
  while (::sigwait(&set_, &which) != 0) {
    // interrupted: go on waiting
  }
}

bool stop_signals::wait_for(std::chrono::milliseconds limit) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(limit);
  const timespec time{seconds.count(), std::chrono::nanoseconds{limit - seconds}.count()};
  return ::sigtimedwait(&set_, nullptr, &time) > 0;
}

void stop_signals::end_at_next() const {
  ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
  ::alarm(hung_after);
}

void raise_file_limit(const config::server_settings& server) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  const auto wanted = static_cast<rlim_t>(server.max_connections) + own_files;
  if (limit.rlim_cur >= wanted)
    return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < wanted)
    config::log::warn("few_open_files", "the system allows fewer open files than server.max_connections needs",
                      {{"allowed", limit.rlim_cur}, {"needed", wanted}});
}

void bound_heaps() {
  ::mallopt(M_ARENA_MAX, static_cast<int>(std::max(2U, std::thread::hardware_concurrency())));
}

std::string url_of(const config::server_settings& server, std::uint16_t port) {
  auto host = server.bind == "0.0.0.0" ? "127.0.0.1" : server.bind == "::" ? "::1" : server.bind;
  if (host.find(':') != std::string::npos)
    host = '[' + host + ']';
  return (server.tls.enabled() ? "https://" : "http://") + host + ':' + std::to_string(port);
}

} // namespace troupe::actors::cli
