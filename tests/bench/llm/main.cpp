// What a token of a streamed reply costs on the way from the socket to its caller: the parser alone, then 400 paced
// streams and 16 as fast as they go, against a provider in a process of its own.

#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actors/llm/text_relay.hpp"
#include "net/io_threads.hpp"
#include "net/llm/openai/client.hpp"
#include "net/llm/openai/stream.hpp"

namespace troupe::bench {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

std::string event(std::string_view delta, std::string_view reason) {
  return R"(data: {"id":"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG","object":"chat.completion.chunk","created":1741570283,)"
         R"("model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_fc9f1d7035","choices":[{"index":0,"delta":)"
         + std::string{delta} + R"(,"logprobs":null,"finish_reason":)" + std::string{reason} + "}],\"usage\":null}\n\n";
}

const std::string token = event(R"({"content":" token"})", "null");
const std::string last = event("{}", "\"stop\"") + "data: [DONE]\n\n";

std::string chunk(const std::string& data) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", data.size());
  return size + data + "\r\n";
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Streams that many tokens to each request: one every 25 ms, or as fast as they are taken.
class provider {
public:
  provider(int listener, std::size_t tokens, bool is_paced)
      : listener_{listener}, tokens_{tokens}, is_paced_{is_paced}, token_{chunk(token)} {}

  [[noreturn]] void run() {
    auto next_tick = clock::now();
    for (;;) {
      std::vector<pollfd> watched{{listener_, POLLIN, 0}};
      for (const auto& each : open_)
        watched.push_back(
            {each.socket,
             static_cast<short>(!is_paced_ && (each.left > 0 || !each.rest.empty()) ? POLLIN | POLLOUT : POLLIN), 0});
      const auto wait =
          is_paced_ ? std::max(0ms, std::chrono::ceil<std::chrono::milliseconds>(next_tick - clock::now())) : 1'000ms;
      ::poll(watched.data(), watched.size(), static_cast<int>(wait.count()));
      if (watched[0].revents != 0)
        accept();
      for (std::size_t i = 1; i < watched.size(); ++i) {
        if ((watched[i].revents & POLLIN) != 0)
          begin(open_[i - 1]);
        if ((watched[i].revents & POLLOUT) != 0)
          send(open_[i - 1], 200);
      }
      if (is_paced_ && clock::now() >= next_tick) {
        next_tick += 25ms;
        for (auto& each : open_)
          send(each, 1);
      }
    }
  }

private:
  struct connection {
    int socket = -1;
    std::size_t left = 0;
    std::string rest; ///< that the system didn't take
  };

  void accept() {
    const int one = 1;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    open_.push_back({socket, 0, {}});
  }

  void begin(connection& c) {
    char request[4'096];
    if (::recv(c.socket, request, sizeof request, 0) <= 0)
      return;
    c.left = tokens_;
    c.rest = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  }

  void send(connection& c, std::size_t count) {
    for (; count > 0 && c.left > 0 && c.rest.size() < 60'000; --count) {
      c.rest += token_;
      if (--c.left == 0)
        c.rest += chunk(last) + "0\r\n\r\n";
    }
    const auto sent = ::send(c.socket, c.rest.data(), c.rest.size(), MSG_NOSIGNAL);
    if (sent > 0)
      c.rest.erase(0, static_cast<std::size_t>(sent));
  }

  int listener_;
  std::size_t tokens_;
  bool is_paced_;
  std::string token_;
  std::vector<connection> open_;
};

void parser() {
  constexpr std::size_t count = 20'000;
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i)
    bytes += token;
  bytes += last;
  std::size_t heard = 0;
  const auto before = cpu_seconds();
  constexpr int rounds = 20;
  for (int round = 0; round < rounds; ++round) {
    net::llm::streamed_reply reply{"m", [&](std::string_view) { ++heard; }, [](const net::llm::chat_result&) {}};
    net::llm::openai::stream stream{config::secret{}, reply};
    for (std::size_t at = 0; at < bytes.size(); at += 16'384)
      stream.put(std::string_view{bytes}.substr(at, 16'384));
  }
  const auto took = cpu_seconds() - before;
  std::printf("parser: %.3f us of CPU per token, %.0f MB/s\n", took * 1e6 / static_cast<double>(heard),
              static_cast<double>(bytes.size()) * rounds / took / 1e6);
  net::llm::sse_reader reader;
  net::llm::sse_reader::event found;
  const auto start = cpu_seconds();
  for (int round = 0; round < rounds * 5; ++round)
    for (std::size_t at = 0; at < bytes.size(); at += 16'384) {
      reader.put(std::string_view{bytes}.substr(at, 16'384));
      while (reader.next(found) == net::llm::sse_reader::step::event)
        ++heard;
    }
  std::printf("SSE reader alone: %.0f MB/s\n",
              static_cast<double>(bytes.size()) * rounds * 5 / (cpu_seconds() - start) / 1e6);
}

void streams(const char* what, std::size_t count, std::size_t tokens, bool is_paced) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, generic, size) != 0 || ::listen(listener, 1'024) != 0
      || ::getsockname(listener, generic, &size) != 0)
    std::abort();
  const auto child = ::fork();
  if (child == 0)
    provider{listener, tokens, is_paced}.run();
  std::atomic<std::size_t> heard = 0;
  std::atomic<std::size_t> failed = 0;
  {
    net::io_threads io{1};
    config::provider_settings settings;
    settings.base_url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/v1";
    settings.max_concurrency = count;
    settings.timeout = 120s;
    net::llm::openai::client client{io, settings};
    std::vector<std::future<void>> ended;
    const auto before = cpu_seconds();
    const auto start = clock::now();
    for (std::size_t i = 0; i < count; ++i) {
      auto done = std::make_shared<std::promise<void>>();
      ended.push_back(done->get_future());
      auto text = std::make_shared<std::string>();
      auto relay = std::make_shared<actors::text_relay>([&heard, text](std::string_view more) {
        heard.fetch_add(1, std::memory_order_relaxed);
        *text += more;
      });
      net::llm::chat_request request{{{net::llm::role::user, "go"}}, ""};
      request.on_text = [relay](std::string_view more) { relay->put(more); };
      client.complete(request, [done, &failed](const net::llm::chat_result& result) {
        failed += result.index();
        done->set_value();
      });
    }
    for (auto& each : ended)
      each.wait();
    const std::chrono::duration<double> took = clock::now() - start;
    std::printf("%s: %zu tokens, %zu streams failed, %.0f tokens/s, %.2f us of CPU per token\n", what, heard.load(),
                failed.load(), static_cast<double>(heard) / took.count(),
                (cpu_seconds() - before) * 1e6 / static_cast<double>(heard));
  }
  ::close(listener);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

} // namespace
} // namespace troupe::bench

int main() {
  troupe::bench::parser();
  troupe::bench::streams("400 streams, a token each 25 ms", 400, 200, true);
  troupe::bench::streams("16 streams, saturated", 16, 100'000, false);
}
