#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "net/http/channel.hpp"
#include "net/http/stream.hpp"

namespace troupe::net::http {

/// The limits of a streamed response.
struct stream_parts {
  explicit stream_parts(const stream_settings& s)
      : heartbeat{s.heartbeat}, bounds{s.queue_limit, s.keep_alive, s.close_timeout} {}

  const shared_bytes heartbeat;
  const channel::limits bounds;
};

/// The server's side of a streamed response. Goes back to being a connection with requests when it was complete.
class stream_connection final : public channel {
public:
  stream_connection(takeover::heritage&& left, std::shared_ptr<const stream_parts> parts,
                    std::unique_ptr<stream_listener> ears);

  void drain() override;

private:
  void on_start() override;
  void on_bytes(char* bytes, std::size_t size) override;
  void on_tick() override;
  void on_writable() override;
  void on_letter(letter& l) override;
  void on_send(shared_bytes bytes) override;
  void before_sending() override;
  void on_all_said() override;
  void on_closed() override;

  void end();
  void send_heartbeat();
  void go_on();
  template <class F>
  void tell(F f);

  std::shared_ptr<const stream_parts> parts_;
  std::unique_ptr<stream_listener> ears_;
  std::string remote_address_;
  std::string early_;                 ///< requests that follow
  std::vector<shared_bytes> pending_; ///< of the next chunk; without memory while empty
  std::uint64_t sent_before_ = 0;     ///< at the last tick
  bool keep_alive_;
  bool chunked_;
  bool complete_ = false;
};

} // namespace troupe::net::http
