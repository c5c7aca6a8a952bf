#pragma once

#include <atomic>
#include <cstddef>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "config/settings.hpp"
#include "net/http/deadline_wheel.hpp"
#include "net/http/exchange.hpp"
#include "net/http/router.hpp"
#include "net/http/server_probe.hpp"
#include "net/http/tls.hpp"

namespace troupe::net::http {

class connection;

/// What all connections of a server share. Doesn't change once the server accepts.
struct server_parts {
  /// Throws `std::runtime_error` when certificate or key can't be used.
  server_parts(const config::server_settings& s, router r, config::metrics& metrics)
      : settings{s}, routes{std::move(r)}, tls{s.tls.enabled() ? make_server_tls(s.tls) : nullptr}, probe{metrics,
                                                                                                          routes} {}

  config::server_settings settings;
  router routes;
  tls_context tls; ///< null = plain
  server_probe probe;
  std::atomic<std::size_t> open{0}; ///< connections of all threads
};

/// The connections of one network thread. Only that thread uses it.
class shard {
public:
  shard(server_parts& parts, boost::asio::io_context& context, deadline_wheel& deadlines);
  ~shard();

  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  server_parts& parts;
  boost::asio::io_context& context;
  deadline_wheel& deadlines;
  /// Answers are put together here; empty between the steps of any connection.
  std::string scratch;

  /// Takes over an accepted, non-blocking socket, which is counted in `parts.open` already.
  void adopt(int socket, std::string remote_address);

  void remove(connection& gone);

  /// Lets idle connections go and the others finish. `done` is called when none is left.
  void drain(std::function<void()> done);
  bool is_draining() const noexcept {
    return drained_ != nullptr;
  }

  /// Closes all connections; replies that come later are dropped.
  void close();

  exchange& take_exchange();
  void give_back(exchange& x);

  std::string_view date();

private:
  void answer_waiting();

  std::shared_ptr<inbox> inbox_;
  std::vector<std::shared_ptr<connection>> connections_;
  std::vector<exchange*> spare_;
  std::function<void()> drained_;
  std::string date_;
  std::time_t date_second_ = 0;
};

} // namespace troupe::net::http
