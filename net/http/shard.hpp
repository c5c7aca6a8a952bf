#pragma once

#include <atomic>
#include <cstddef>
#include <ctime>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "config/settings.hpp"
#include "net/http/channel_inbox.hpp"
#include "net/http/deadline_wheel.hpp"
#include "net/http/exchange.hpp"
#include "net/http/member.hpp"
#include "net/http/router.hpp"
#include "net/http/server_probe.hpp"
#include "net/http/tls.hpp"

namespace troupe::net::http {

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
  /// For the channels.
  const std::shared_ptr<channel_inbox> mail;

  /// Takes over an accepted, non-blocking socket, which is counted in `parts.open` already.
  void adopt(int socket, std::string remote_address);

  /// A connection goes on with a socket that another member gave back.
  /// @param early bytes that were read from it
  void adopt(transport wire, std::string remote_address, std::string_view early, member& before);

  void remove(member& gone);

  /// Another takes the place of a member, which is left alone.
  void replace(member& gone, std::shared_ptr<member> by);

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

  /// A place to read to, for the time of one step of any member.
  std::span<char> read_space();

private:
  void answer_waiting();

  std::shared_ptr<inbox> inbox_;
  std::vector<std::shared_ptr<member>> members_;
  std::vector<exchange*> spare_;
  std::function<void()> drained_;
  std::unique_ptr<char[]> space_;
  std::string date_;
  std::time_t date_second_ = 0;
};

} // namespace troupe::net::http
