#include "net/http/server.hpp"

#include <atomic>
#include <vector>

#include <boost/asio/post.hpp>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/log.hpp"
#include "net/http/listener.hpp"
#include "net/http/request_id.hpp"
#include "net/http/response_writer.hpp"
#include "net/http/shard.hpp"
#include "net/io_threads.hpp"

namespace troupe::net::http {

namespace {

/// Each connection is a descriptor; the usual soft limit of 1,024 is there for programs that use select().
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

/// What a peer beyond the limit of connections is told, without reading its request.
std::string full_answer() {
  response_frame frame;
  frame.keep_alive = false;
  auto date = http_date();
  frame.date = date;
  std::string id;
  make_request_id(id);
  frame.request_id = id;
  auto answer = problem(503, "The server has as many connections as it may have.", id);
  answer.headers.emplace_back("Retry-After", "1");
  std::string result;
  append_response(result, answer, frame);
  return result;
}

} // namespace

struct server::impl : std::enable_shared_from_this<server::impl> {
  impl(io_threads& threads, const config::server_settings& settings, router routes, config::metrics& metrics)
      : io{threads}, parts{settings, std::move(routes), metrics} {
    raise_descriptor_limit();
    for (unsigned i = 0; i < io.size(); ++i)
      shards.push_back(std::make_unique<shard>(parts, io.context(i), io.deadlines(i)));
    door = std::make_shared<listener>(io.context(), io.deadlines(), settings.bind, settings.port);
  }

  void take(int socket, std::string remote_address) {
    if (parts.open.fetch_add(1) >= parts.settings.max_connections) {
      parts.open.fetch_sub(1);
      return refuse(socket);
    }
    auto turn = next++ % shards.size();
    auto& home = *shards[turn];
    if (turn == 0)
      home.adopt(socket, std::move(remote_address)); // the door's own thread
    else
      boost::asio::post(home.context, [&home, socket, address = std::move(remote_address)]() mutable {
        home.adopt(socket, std::move(address));
      });
  }

  void refuse(int socket) {
    parts.probe.refused_connection();
    if (!parts.tls) {
      auto answer = full_answer();
      [[maybe_unused]] auto sent = ::send(socket, answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      ::shutdown(socket, SHUT_WR);
      // What came already would turn the close into a reset, which could overtake the answer.
      char ignored[4'096];
      while (::recv(socket, ignored, sizeof ignored, MSG_DONTWAIT) > 0) {
      }
    }
    ::close(socket);
  }

  void close() {
    io.run_on(0, [this] { door->close(); });
    for (unsigned i = 0; i < io.size(); ++i)
      io.run_on(i, [this, i] { shards[i]->close(); });
  }

  void drain(std::function<void()> done) {
    drained = std::move(done);
    still_open = shards.size();
    boost::asio::post(io.context(), [self = shared_from_this()] {
      self->door->close();
      for (auto& s : self->shards)
        boost::asio::post(s->context, [self, &s] { s->drain([self] { self->one_drained(); }); });
    });
  }

  void one_drained() {
    if (--still_open == 0 && drained)
      drained();
  }

  io_threads& io;
  server_parts parts;
  std::vector<std::unique_ptr<shard>> shards;
  std::shared_ptr<listener> door;
  std::size_t next = 0;                   ///< whose turn it is to take a connection; the door's thread
  std::atomic<std::size_t> still_open{0}; ///< shards that a drain waits for
  std::function<void()> drained;
};

server::server(io_threads& io, const config::server_settings& settings, router routes, config::metrics& metrics)
    : impl_{std::make_shared<impl>(io, settings, std::move(routes), metrics)} {}

server::~server() {
  impl_->close();
}

std::uint16_t server::port() const noexcept {
  return impl_->door->port();
}

void server::start() {
  impl_->io.run_on(0, [this] {
    impl_->door->start([self = impl_.get()](int socket, std::string remote_address) {
      self->take(socket, std::move(remote_address));
    });
  });
}

void server::drain(std::function<void()> done) {
  impl_->drain(std::move(done));
}

} // namespace troupe::net::http
