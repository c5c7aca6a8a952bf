#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/// What the load client and the stand-in server of the bench share: just enough HTTP/1.1, times and sockets.
namespace bench {

inline std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

/// A complete message at the begin of a buffer.
struct message {
  std::string_view head; ///< request line or status line with headers
  std::string_view body;
  std::size_t size = 0; ///< bytes of both
};

/// False when the buffer doesn't hold a whole message yet. Bodies have a `Content-Length` or are empty.
inline bool next_message(std::string_view buffer, message& out) {
  const auto end = buffer.find("\r\n\r\n");
  if (end == buffer.npos)
    return false;
  out.head = buffer.substr(0, end + 2);
  std::size_t length = 0;
  for (std::size_t at = out.head.find("\r\n"); at + 2 < out.head.size(); at = out.head.find("\r\n", at + 2)) {
    const auto line = out.head.substr(at + 2, out.head.find("\r\n", at + 2) - at - 2);
    constexpr std::string_view name = "content-length:";
    if (line.size() > name.size() && strncasecmp(line.data(), name.data(), name.size()) == 0) {
      const auto digits = line.substr(line.find_first_of("0123456789"));
      std::from_chars(digits.data(), digits.data() + digits.size(), length);
    }
  }
  if (buffer.size() < end + 4 + length)
    return false;
  out.body = buffer.substr(end + 4, length);
  out.size = end + 4 + length;
  return true;
}

/// Times in nanoseconds; sorts them once they are asked for.
class times {
public:
  void add(std::int64_t ns) {
    values_.push_back(ns);
  }

  std::size_t count() const {
    return values_.size();
  }

  /// In microseconds; 0 without values.
  double share(double part) {
    if (values_.empty())
      return 0;
    std::sort(values_.begin(), values_.end());
    const auto at = static_cast<std::size_t>(part * static_cast<double>(values_.size() - 1));
    return static_cast<double>(values_[at]) / 1000.0;
  }

  void clear() {
    values_.clear();
  }

  std::string json() {
    char text[160];
    std::snprintf(text, sizeof text, R"("count":%zu,"p50_us":%.1f,"p95_us":%.1f,"p99_us":%.1f,"max_us":%.1f)", count(),
                  share(0.5), share(0.95), share(0.99), share(1.0));
    return text;
  }

private:
  std::vector<std::int64_t> values_;
};

inline int checked(int result, const char* what) {
  if (result < 0)
    throw std::runtime_error{std::string{what} + ": " + std::strerror(errno)};
  return result;
}

inline sockaddr_in loopback(int port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(static_cast<std::uint16_t>(port));
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return result;
}

inline void make_quick(int socket) {
  int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  checked(fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK), "fcntl");
}

/// `--name value` pairs of a command line.
class arguments {
public:
  arguments(int count, char** words) : words_(words + 1, words + count) {}

  std::string text(std::string_view name, std::string fallback) const {
    for (std::size_t i = 0; i + 1 < words_.size(); i += 2)
      if (words_[i] == name)
        return words_[i + 1];
    return fallback;
  }

  long number(std::string_view name, long fallback) const {
    const auto found = text(name, {});
    return found.empty() ? fallback : std::stol(found);
  }

private:
  std::vector<std::string> words_;
};

} // namespace bench
