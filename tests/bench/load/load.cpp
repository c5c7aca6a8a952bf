// Sends signed webhooks to a server on this machine and prints one line of JSON with how fast they were answered.
//
//   load --port P [--connections 64] [--count N] [--rate R] [--secret S] [--tenant T]
//
// Without a rate each connection sends its next webhook when the last one was answered. With one, webhooks are due at
// even times whether or not the server keeps up, and their time counts from when they were due.
// A ticket's id is the moment it was sent or due, so that whoever sees its note knows how long that took.

#include <array>
#include <cstdlib>
#include <ctime>
#include <random>

#include <openssl/hmac.h>
#include <sys/epoll.h>

#include "http_text.hpp"

namespace {

constexpr std::array words{"printer",     "spooler", "outlook", "vpn",      "tunnel",  "laptop",  "password",
                           "account",     "locked",  "monitor", "docking",  "network", "switch",  "wireless",
                           "certificate", "proxy",   "server",  "backup",   "restore", "disk",    "full",
                           "slow",        "crash",   "update",  "driver",   "scanner", "mailbox", "calendar",
                           "license",     "teams",   "excel",   "macro",    "browser", "cache",   "firewall",
                           "port",        "dns",     "lease",   "database", "timeout"};

struct connection {
  int socket = -1;
  std::string in;
  std::string out;
  std::size_t sent = 0;
  std::int64_t since = 0; ///< of the webhook that waits for its answer
  bool busy = false;
};

class client {
public:
  explicit client(const bench::arguments& given)
      : port_{static_cast<int>(given.number("--port", 8080))}, count_{given.number("--count", 10'000)},
        rate_{given.number("--rate", 0)}, secret_{given.text("--secret", "bench")}, tenant_{given.text("--tenant",
                                                                                                       "bench")},
        connections_(static_cast<std::size_t>(given.number("--connections", 64))) {}

  int run() {
    queue_ = bench::checked(epoll_create1(0), "epoll");
    for (auto& each : connections_)
      open(each);
    const auto started = bench::now_ns();
    start_ = started;
    if (rate_ == 0)
      for (auto& each : connections_)
        send_next(each, bench::now_ns());
    while (answered_ < count_)
      step();
    const auto seconds = static_cast<double>(bench::now_ns() - started) / 1e9;
    std::printf(R"({"seconds":%.3f,"per_second":%.0f,"failed":%ld,%s})"
                "\n",
                seconds, static_cast<double>(answered_) / seconds, failed_, took_.json().c_str());
    return failed_ == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  }

private:
  void open(connection& what) {
    what.socket = bench::checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
    auto address = bench::loopback(port_);
    bench::checked(connect(what.socket, reinterpret_cast<sockaddr*>(&address), sizeof address), "connect");
    bench::make_quick(what.socket);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &what;
    bench::checked(epoll_ctl(queue_, EPOLL_CTL_ADD, what.socket, &event), "epoll_ctl");
  }

  void step() {
    int wait = 1000;
    if (rate_ > 0) {
      const auto now = bench::now_ns();
      for (auto& each : connections_) {
        if (started_ >= count_ || due(started_) > now)
          break;
        if (!each.busy)
          send_next(each, due(started_));
      }
      wait = started_ >= count_ ? 1000 : static_cast<int>(std::max<std::int64_t>(0, due(started_) - now) / 1'000'000);
    }
    std::array<epoll_event, 256> events;
    const auto ready = epoll_wait(queue_, events.data(), events.size(), wait);
    for (int i = 0; i < ready; ++i)
      receive(*static_cast<connection*>(events[static_cast<std::size_t>(i)].data.ptr));
  }

  std::int64_t due(long number) const {
    return start_ + number * 1'000'000'000 / rate_;
  }

  void send_next(connection& on, std::int64_t since) {
    if (started_ >= count_)
      return;
    ++started_;
    on.since = since;
    on.busy = true;
    write_request(on.out, since);
    on.sent = 0;
    // A webhook is smaller than a socket's buffer.
    const auto written = ::send(on.socket, on.out.data(), on.out.size(), MSG_NOSIGNAL);
    if (written != static_cast<ssize_t>(on.out.size()))
      throw std::runtime_error{"the server takes no more"};
  }

  void write_request(std::string& out, std::int64_t id) {
    body_ = R"({"tenant_id":")" + tenant_ + R"(","ticket_id":")" + std::to_string(id) + '-' + std::to_string(started_)
            + R"(","priority":"high","subject":")" + word() + ' ' + word() + ' ' + word() + R"(","description":")";
    for (int i = 0; i < 60; ++i)
      body_.append(word()).append(i % 12 == 11 ? ". " : " ");
    body_ += "Seen on 10.0." + std::to_string(random_() % 20) + '.' + std::to_string(random_() % 250) + R"(."})";
    const auto at = std::to_string(std::time(nullptr));
    const auto content = at + '.' + body_;
    std::array<unsigned char, 32> digest;
    unsigned size = 0;
    HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
         reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data(), &size);
    std::string hex;
    for (const auto byte : digest) {
      hex += "0123456789abcdef"[byte >> 4];
      hex += "0123456789abcdef"[byte & 15];
    }
    out = "POST /webhook/servicedesk HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          "X-ServiceDesk-Timestamp: "
          + at + "\r\nX-ServiceDesk-Signature: sha256=" + hex + "\r\nContent-Length: " + std::to_string(body_.size())
          + "\r\n\r\n" + body_;
  }

  const char* word() {
    return words[random_() % words.size()];
  }

  void receive(connection& from) {
    std::array<char, 16'384> buffer;
    const auto size = recv(from.socket, buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (size <= 0)
      throw std::runtime_error{"the server closed a connection"};
    from.in.append(buffer.data(), static_cast<std::size_t>(size));
    bench::message answer;
    while (bench::next_message(from.in, answer)) {
      const auto now = bench::now_ns();
      took_.add(now - from.since);
      failed_ += !answer.head.starts_with("HTTP/1.1 202");
      ++answered_;
      from.in.erase(0, answer.size);
      from.busy = false;
      if (rate_ == 0)
        send_next(from, now);
    }
  }

  int port_;
  long count_;
  long rate_;
  std::string secret_;
  std::string tenant_;
  std::vector<connection> connections_;
  std::mt19937 random_{std::random_device{}()};
  std::string body_;
  bench::times took_;
  int queue_ = -1;
  std::int64_t start_ = 0;
  long started_ = 0;
  long answered_ = 0;
  long failed_ = 0;
};

} // namespace

int main(int count, char** words) {
  try {
    return client{bench::arguments{count, words}}.run();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "load: %s\n", e.what());
    return EXIT_FAILURE;
  }
}
