#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "net/http/client.hpp"
#include "net/http/deadline_wheel.hpp"
#include "net/http/input_buffer.hpp"
#include "net/http/pending_call.hpp"
#include "net/http/resolution.hpp"
#include "net/http/response_parser.hpp"
#include "net/http/transport.hpp"

namespace troupe::net::http {

/// One connection to an origin, which carries one call at a time. Kept alive by its pool and by operations under way.
class client_connection final : public std::enable_shared_from_this<client_connection>, private deadline_wheel::entry {
public:
  explicit client_connection(client_pool& home);

  /// Connects and then carries the call.
  void open(std::shared_ptr<pending_call> c);

  /// Carries a further call. Only when it is idle.
  void carry(std::shared_ptr<pending_call> c);

  /// Whether an idle connection can't be used again: the peer has closed it, or sent something unasked.
  bool is_stale() {
    return wire_.is_stale();
  }

  /// Closes without a word to the call it carries.
  void close();

  /// The call it carries, which it gives up.
  std::shared_ptr<pending_call> give_up_call();

private:
  enum class phase : std::uint8_t { resolving, connecting, handshaking, calling, idle, closed };

  void connect_next();
  void connected();
  void shake_hands();
  void begin_call();
  void send_more();
  void receive();
  void on_readable();
  void on_bytes();
  bool hand_over();
  void prepare_for_response();
  void on_end_of_input();
  void complete();
  void fail(call_fault why, const std::string& detail);
  void break_off(const std::string& detail);
  void on_deadline() override;
  void wait(attempt what, void (client_connection::*then)());

  client_pool& home_;
  transport wire_;
  input_buffer in_;
  std::shared_ptr<pending_call> call_;
  std::optional<response_parser> parser_;
  call_response response_;
  resolution::endpoints endpoints_;
  std::size_t endpoint_ = 0; ///< the next to try
  std::string connect_fault_;
  deadline_wheel::time_point connect_deadline_;
  std::size_t size_ = 0;          ///< of the call's bytes
  std::size_t sent_ = 0;          ///< of them
  std::uint64_t sent_before_ = 0; ///< by the transport, when the call began
  std::uint8_t interim_ = 0;      ///< responses so far
  phase phase_ = phase::resolving;
  bool reading_ = false;    ///< waits until there is something to read
  bool readable_ = false;   ///< there may be more to read
  bool receiving_ = false;  ///< `receive` is running further up
  bool filled_ = false;     ///< the last read took all the room there was
  bool reused_ = false;     ///< has carried another call before
  bool got_bytes_ = false;  ///< of the response
  bool progressed_ = false; ///< something was heard of a streamed body
  bool deaf_ = false;       ///< the peer takes no more of the request; it may have answered all the same
};

} // namespace troupe::net::http
