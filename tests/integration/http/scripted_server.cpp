#include "scripted_server.hpp"

#include <algorithm>
#include <utility>

namespace troupe::testing {

scripted_server::scripted_server(std::vector<part> parts) : parts_{std::move(parts)}, accepting_{[this] { run(); }} {}

scripted_server::~scripted_server() {
  socket_.close();
  accepting_.join();
  for (auto& thread : playing_)
    thread.join();
}

std::string scripted_server::url(const std::string& base) const {
  return "http://127.0.0.1:" + std::to_string(port()) + base;
}

void scripted_server::run() {
  while (auto accepted = socket_.accept()) {
    auto number = accepted_++;
    auto& play = parts_[std::min<std::size_t>(number, parts_.size() - 1)];
    std::lock_guard guard{mutex_};
    playing_.emplace_back([&play, over = std::move(*accepted)]() mutable { play(over); });
  }
}

std::string answer(const std::string& body, const std::string& fields, const std::string& status) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

} // namespace troupe::testing
