// Stands in for a model provider and a desk while something else is measured: answers at once or after a set time, and
// notices how long after its webhook each note came.
//
//   peer [--latency MS]
//
// Prints its port, then serves until standard input closes. `GET /stats` tells what came since the last time it was
// asked.

#include <array>
#include <cstdlib>
#include <memory>
#include <queue>
#include <unordered_map>

#include <sys/epoll.h>

#include "http_text.hpp"

namespace {

constexpr std::string_view note_text =
    "## Similar Tickets\\n- **T-17**: Printer spooler stops, resolved in March: cleared the spool folder.\\n\\n"
    "## Documentation\\n- [Printer spooler handbook](https://kb.example.com/9): how the spooler is restarted.\\n\\n"
    "## System Info\\n- 10.0.3.7: prn-floor2, printer, floor two.\\n\\n"
    "## Recommendations\\n1. Clear the spool folder, as in ticket T-17.\\n2. Restart the spooler.\\n"
    "3. If that doesn't help, collect the driver's version and ask the print team.\\n";

struct connection {
  int socket = -1;
  std::uint64_t id = 0;
  std::string in;
};

/// An answer that is due later.
struct waiting {
  std::int64_t due;
  std::uint64_t connection;

  bool operator>(const waiting& other) const {
    return due > other.due;
  }
};

class peer {
public:
  explicit peer(const bench::arguments& given)
      : latency_{given.number("--latency", 0) * 1'000'000},
        chat_{answer(200, R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"bench","choices":[)"
                          R"({"index":0,"finish_reason":"stop","message":{"role":"assistant","content":")"
                              + std::string{note_text}
                              + R"("}}],"usage":{"prompt_tokens":900,"completion_tokens":120,"total_tokens":1020}})")},
        written_{answer(201, R"({"response_status":{"status_code":2000,"status":"success"},"note":{"id":"1"}})")},
        empty_{answer(200, R"({"response_status":[{"status_code":2000,"status":"success"}],"notes":[],)"
                           R"("list_info":{"has_more_rows":false,"row_count":0}})")} {}

  void run() {
    queue_ = bench::checked(epoll_create1(0), "epoll");
    listener_ = bench::checked(socket(AF_INET, SOCK_STREAM, 0), "socket");
    auto address = bench::loopback(0);
    bench::checked(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
    bench::checked(listen(listener_, 4096), "listen");
    socklen_t size = sizeof address;
    bench::checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    bench::make_quick(listener_);
    watch(listener_, 0);
    watch(STDIN_FILENO, 1);
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    while (step()) {
    }
  }

private:
  static std::string answer(int status, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) + " OK\r\nContent-Type: application/json\r\nContent-Length: "
           + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  void watch(int socket, std::uint64_t id) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = id;
    bench::checked(epoll_ctl(queue_, EPOLL_CTL_ADD, socket, &event), "epoll_ctl");
  }

  bool step() {
    int wait = -1;
    if (!waiting_.empty())
      wait = static_cast<int>(std::max<std::int64_t>(0, waiting_.top().due - bench::now_ns() + 999'999) / 1'000'000);
    std::array<epoll_event, 256> events;
    const auto ready = epoll_wait(queue_, events.data(), events.size(), wait);
    for (int i = 0; i < ready; ++i) {
      const auto id = events[static_cast<std::size_t>(i)].data.u64;
      if (id == 1)
        return false;
      if (id == 0)
        accept_all();
      else if (const auto found = connections_.find(id); found != connections_.end())
        receive(*found->second);
    }
    const auto now = bench::now_ns();
    while (!waiting_.empty() && waiting_.top().due <= now) {
      if (const auto found = connections_.find(waiting_.top().connection); found != connections_.end())
        send(*found->second, chat_);
      waiting_.pop();
    }
    return true;
  }

  void accept_all() {
    for (int socket = accept(listener_, nullptr, nullptr); socket >= 0; socket = accept(listener_, nullptr, nullptr)) {
      bench::make_quick(socket);
      auto made = std::make_unique<connection>();
      made->socket = socket;
      made->id = ++last_id_;
      watch(socket, made->id);
      connections_.emplace(made->id, std::move(made));
    }
  }

  void receive(connection& from) {
    std::array<char, 65'536> buffer;
    const auto size = recv(from.socket, buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (size <= 0) {
      close(from.socket);
      connections_.erase(from.id);
      return;
    }
    from.in.append(buffer.data(), static_cast<std::size_t>(size));
    bench::message request;
    while (bench::next_message(from.in, request)) {
      serve(from, request);
      from.in.erase(0, request.size);
    }
  }

  void serve(connection& from, const bench::message& request) {
    const auto line = request.head.substr(0, request.head.find("\r\n"));
    if (line.find("/chat/completions") != line.npos) {
      ++calls_;
      if (latency_ > 0)
        waiting_.push({bench::now_ns() + latency_, from.id});
      else
        send(from, chat_);
    } else if (line.starts_with("POST") && line.find("/notes") != line.npos) {
      note(line);
      send(from, written_);
    } else if (line.starts_with("GET /stats")) {
      send(from, answer(200, R"({"calls":)" + std::to_string(calls_) + R"(,"notes":)" + std::to_string(notes_)
                                 + R"(,"last_ns":)" + std::to_string(last_note_) + ',' + took_.json() + '}'));
      took_.clear();
    } else {
      send(from, empty_);
    }
  }

  void note(std::string_view line) {
    ++notes_;
    last_note_ = bench::now_ns();
    const auto at = line.find("/requests/");
    std::int64_t sent = 0;
    if (at != line.npos && std::from_chars(line.data() + at + 10, line.data() + line.size(), sent).ec == std::errc{})
      took_.add(last_note_ - sent);
  }

  void send(connection& to, const std::string& what) {
    if (::send(to.socket, what.data(), what.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(what.size()))
      std::fprintf(stderr, "peer: an answer could not be sent whole\n");
  }

  std::int64_t latency_;
  std::string chat_;
  std::string written_;
  std::string empty_;
  int queue_ = -1;
  int listener_ = -1;
  std::uint64_t last_id_ = 1;
  std::unordered_map<std::uint64_t, std::unique_ptr<connection>> connections_;
  std::priority_queue<waiting, std::vector<waiting>, std::greater<>> waiting_;
  bench::times took_;
  long calls_ = 0;
  long notes_ = 0;
  std::int64_t last_note_ = 0;
};

} // namespace

int main(int count, char** words) {
  try {
    peer{bench::arguments{count, words}}.run();
    return EXIT_SUCCESS;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "peer: %s\n", e.what());
    return EXIT_FAILURE;
  }
}
