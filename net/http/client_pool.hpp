#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "net/http/client.hpp"
#include "net/http/deadline_wheel.hpp"
#include "net/http/pending_call.hpp"
#include "net/http/resolution.hpp"
#include "net/http/tls.hpp"
#include "net/http/url.hpp"

namespace troupe::net::http {

class client_connection;

/// The connections to one origin and the calls that wait for one. Of one network thread, but for `submit`.
class client_pool : public std::enable_shared_from_this<client_pool> {
public:
  client_pool(boost::asio::io_context& context, deadline_wheel& deadlines, name_resolver& names,
              const endpoint_settings& settings);

  /// Any thread.
  void submit(call&& what, std::function<void(call_result)> done);

  /// Ends every call and connection. Later calls are refused.
  void close();

  boost::asio::io_context& context() noexcept {
    return context_;
  }
  deadline_wheel& deadlines() noexcept {
    return deadlines_;
  }
  resolution& addresses() noexcept {
    return *addresses_;
  }
  const endpoint_settings& settings() const noexcept {
    return settings_;
  }
  const url& origin() const noexcept {
    return origin_;
  }
  SSL_CTX* tls() const noexcept {
    return tls_.get();
  }

  /// A call's time is up.
  void expire(pending_call& c);
  /// A call's caller doesn't want it any more.
  void withdraw(pending_call& c);

  /// How long a connection that falls idle now is kept. What a burst of calls has left over goes soon.
  std::chrono::milliseconds idle_time() const;

  /// The connection can take another call.
  void released(client_connection& c);
  /// The connection is closed.
  void removed(client_connection& c);
  /// Nothing of the call got out on a connection that turned out to be stale, or it may be sent twice.
  void retry(std::shared_ptr<pending_call> c);

private:
  void take_submitted();
  void place(std::shared_ptr<pending_call> c, bool fresh);
  void serve_waiting();
  void open(std::shared_ptr<pending_call> c);
  std::shared_ptr<pending_call> take_back(pending_call& c);

  boost::asio::io_context& context_;
  deadline_wheel& deadlines_;
  endpoint_settings settings_;
  url origin_;
  std::string authority_;
  tls_context tls_; ///< null = plain
  std::shared_ptr<resolution> addresses_;

  std::unordered_set<std::shared_ptr<client_connection>> connections_;
  std::vector<client_connection*> idle_; ///< the one used last at the back
  std::list<std::shared_ptr<pending_call>> waiting_;
  bool closed_ = false;
  bool serving_ = false; ///< `serve_waiting` will run

  std::mutex mutex_;
  std::vector<std::shared_ptr<pending_call>> submitted_; ///< under the mutex
  bool open_ = true;                                     ///< under the mutex
};

} // namespace troupe::net::http
