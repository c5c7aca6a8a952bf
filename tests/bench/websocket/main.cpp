// What a WebSocket session costs: memory while it is idle, CPU for each frame. The clients are a process of their own.

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <malloc.h>

#include "client.hpp"
#include "net/http/server.hpp"
#include "net/io_threads.hpp"
#include "net/websocket/endpoint.hpp"

namespace troupe::bench {
namespace {

constexpr std::size_t idle_connections = 10'000;
constexpr std::size_t busy_connections = 50;
constexpr std::size_t tokens = 2'000; ///< that a "relay" is answered with

/// Sends each message back; "relay" is answered with many small messages, by a thread that isn't the network's.
class echo final : public net::websocket::listener {
public:
  explicit echo(std::function<void(net::websocket::session)> relay) : relay_{std::move(relay)} {}

  void on_open(const net::websocket::session& s) override {
    session_ = s;
  }
  void on_message(std::string_view text) override {
    if (text == "relay")
      relay_(session_);
    else
      session_.send(text);
  }
  void on_closed(std::uint16_t, std::string_view) override {}

private:
  std::function<void(net::websocket::session)> relay_;
  net::websocket::session session_;
};

/// User and system time of this process, µs.
double cpu() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6
         + static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/// Bytes that are resident.
double memory() {
  malloc_trim(0);
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  long size = 0;
  long resident = 0;
  if (std::fscanf(file, "%ld %ld", &size, &resident) != 2)
    resident = 0;
  std::fclose(file);
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// A child process that does what it is told through one pipe and says through another when it has.
class load {
public:
  explicit load(const std::function<void(std::function<void()>)>& work) {
    if (::pipe(go_) != 0 || ::pipe(done_) != 0)
      throw std::runtime_error{"no pipes"};
    child_ = ::fork();
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL); // whatever becomes of the parent
      try {
        wait(go_[0]);
        work([this] {
          tell(done_[1]);
          wait(go_[0]);
        });
        tell(done_[1]);
      } catch (const std::exception& fault) {
        std::fprintf(stderr, "%s\n", fault.what());
        ::_exit(1);
      }
      ::_exit(0);
    }
    ::close(done_[1]);
  }
  ~load() {
    ::close(go_[0]);
    ::close(go_[1]);
    ::close(done_[0]);
    ::waitpid(child_, nullptr, 0);
  }
  void step() {
    tell(go_[1]);
    wait(done_[0]);
  }

private:
  static void tell(int to) {
    if (::write(to, "x", 1) != 1)
      std::exit(1);
  }
  static void wait(int on) {
    char byte;
    if (::read(on, &byte, 1) != 1)
      std::exit(1);
  }

  int go_[2];
  int done_[2];
  pid_t child_ = -1;
};

struct running_server {
  running_server() : io{1} {
    config::server_settings http;
    http.port = 0;
    net::websocket::settings s;
    s.queue_limit = 64 << 20;
    auto sessions = std::make_shared<net::websocket::endpoint>(s, metrics);
    net::http::router routes;
    routes.add("GET", "/echo", [sessions, this](const net::http::request& r, net::http::reply done) {
      done(sessions->accept(r, std::make_unique<echo>([this](net::websocket::session s) { relay(std::move(s)); })));
    });
    server = std::make_unique<net::http::server>(io, http, std::move(routes), metrics);
    server->start();
  }
  ~running_server() {
    for (auto& each : threads)
      each.join();
  }

  /// As a model's tokens come: from another thread, a few at a time.
  void relay(net::websocket::session s) {
    if (threads.empty())
      threads.emplace_back([this] {
        while (waiting.load() < busy_connections)
          std::this_thread::yield();
        const std::string token(120, 'x');
        for (std::size_t i = 0; i < tokens; ++i)
          for (auto& each : listening)
            each.send(token);
      });
    listening.push_back(std::move(s));
    waiting.fetch_add(1);
  }

  config::metrics metrics;
  std::vector<net::websocket::session> listening;
  std::atomic<std::size_t> waiting{0};
  std::vector<std::thread> threads;
  net::io_threads io;
  std::unique_ptr<net::http::server> server;
};

/// CPU for what the load does in its next step.
double cost(load& l) {
  const auto before = cpu();
  l.step();
  return cpu() - before;
}

void measure() {
  int port_pipe[2];
  if (::pipe(port_pipe) != 0)
    throw std::runtime_error{"no pipe"};
  const auto port = [&] {
    std::uint16_t number = 0;
    if (::read(port_pipe[0], &number, sizeof number) != sizeof number)
      std::exit(1);
    return number;
  };
  load idle{[&](auto pause) {
    clients all{port(), idle_connections};
    pause();
  }};
  load busy{[&](auto pause) {
    clients all{port(), busy_connections};
    pause();
    all.echo(2'000, 32, 1);
    pause();
    all.echo(200, 32, 16);
    pause();
    all.ask("relay", tokens * 122);
  }};
  running_server running;
  const auto number = running.server->port();
  for (int i = 0; i < 2; ++i)
    if (::write(port_pipe[1], &number, sizeof number) != sizeof number)
      throw std::runtime_error{"no pipe"};
  busy.step(); // also warms up
  const auto before = memory();
  idle.step();
  std::printf("bytes per idle connection (%zu): %.0f\n", idle_connections, (memory() - before) / idle_connections);
  idle.step();
  std::printf("CPU per echoed frame of 32 bytes, us: %.2f\n", cost(busy) / (2'000.0 * busy_connections));
  std::printf("the same, 16 in flight per connection, us: %.2f\n", cost(busy) / (200.0 * 16 * busy_connections));
  std::printf("CPU per relayed frame of 120 bytes, us: %.2f\n", cost(busy) / (tokens * busy_connections));
}

} // namespace
} // namespace troupe::bench

int main() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  troupe::bench::measure();
}
