#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "net/http/channel.hpp"
#include "net/websocket/frame_reader.hpp"
#include "net/websocket/listener.hpp"
#include "net/websocket/probe.hpp"
#include "net/websocket/settings.hpp"

namespace troupe::net::websocket {

/// What the sessions of an endpoint share.
struct endpoint_parts {
  endpoint_parts(settings s, config::metrics& metrics)
      : rules{std::move(s)}, bounds{rules.queue_limit, rules.keep_alive, rules.close_timeout}, count{metrics} {}

  const settings rules;
  const http::channel::limits bounds;
  probe count;
};

/// The server's side of a session: reads frames, keeps the rules of closing, asks silent clients whether they are
/// there.
class connection final : public http::channel {
public:
  /// @param admitted false: the client still has to show who it is
  connection(http::takeover::heritage&& left, std::shared_ptr<endpoint_parts> parts, std::unique_ptr<listener> ears,
             bool admitted);

  void drain() override;

private:
  void on_start() override;
  void on_bytes(char* bytes, std::size_t size) override;
  void on_tick() override;
  void on_writable() override;
  void on_letter(letter& l) override;
  void on_send(http::shared_bytes frame) override;
  void before_sending() override;
  void on_all_said() override;
  void on_closed() override;

  void on_frame(frame_reader::step what);
  void reject(std::uint16_t number, std::string_view reason);
  void end_with(std::uint16_t number, std::string_view reason);
  void say_close(http::shared_bytes frame);
  void send_own(http::shared_bytes frame);
  template <class F>
  void tell(F f);

  std::shared_ptr<endpoint_parts> parts_;
  std::unique_ptr<listener> ears_;
  frame_reader reader_;
  http::shared_bytes pong_; ///< the answer to the latest ping, when the client doesn't take what is in front of it
  http::shared_bytes last_; ///< the first close frame of both sides; none = nobody has sent one
  bool admitted_;
  bool heard_ = true;        ///< since the last tick
  std::uint8_t silent_ = 0;  ///< ticks at which nothing was heard
  std::uint8_t amid_ = 0;    ///< ticks at which a message had begun, and none has ended since
  bool deaf_ = false;        ///< nothing that comes is read any more
  bool peer_closed_ = false; ///< its close frame has come
};

} // namespace troupe::net::websocket
