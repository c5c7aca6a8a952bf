#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http/deadline_wheel.hpp"
#include "net/http/input_buffer.hpp"
#include "net/http/member.hpp"
#include "net/http/request_parser.hpp"
#include "net/http/server_probe.hpp"
#include "net/http/takeover.hpp"
#include "net/http/transport.hpp"

namespace troupe::net::http {

class exchange;
class shard;

/// One connection of a server: reads a request, has it handled, writes the answer, and so on. Pipelined requests wait
/// in the socket until those before them were answered. Of one network thread; kept alive by its shard and by
/// operations under way.
class connection final : public member, public std::enable_shared_from_this<connection>, private deadline_wheel::entry {
public:
  connection(shard& home, transport wire, std::string remote_address);
  ~connection() override;

  /// Begins to read.
  void start();

  /// The same on a socket that has been in use before.
  /// @param early bytes that were read from it
  void go_on(std::string_view early);

  /// The answer to the request in hand has come through the inbox.
  void answered(exchange& x);

  /// Closes if nothing is going on, else after the answer in hand.
  void drain() override;

  /// Closes now.
  void close() override;

private:
  enum class phase : std::uint8_t {
    handshaking,
    idle, ///< nothing of a next request was seen
    head,
    body,
    answering, ///< the handler has it
    yielding,  ///< once the head of the answer is sent, something else takes the socket over
    lingering, ///< all is said: what the peer still sends is read away, so that it gets to see the answer
    closed,
  };

  /// What the deadline is for.
  enum class limit : std::uint8_t { none, handshake, idle, head, body, send, linger };

  void shake_hands();
  void pump();
  void consume();
  bool begin_request();
  void on_head();
  void handle();
  void finish(exchange& x);
  void check(exchange& x);
  void hand_over();
  void refuse(unsigned status, std::string_view detail);
  void put_down_request();
  bool receive();
  void on_read(const boost::system::error_code& ec, std::size_t count);
  void on_readable();
  void watch_peer();
  void look_for_peer();
  void on_end_of_input();
  bool flush();
  void send_rest();
  void end();
  void time(limit what, std::chrono::milliseconds after);
  void time_reading();
  void time_sending();
  bool is_taking();
  void on_deadline() override;
  void wait(attempt what, void (connection::*then)());

  shard& home_;
  transport wire_;
  input_buffer in_;
  std::string out_;          ///< what the socket didn't take at once
  std::size_t out_sent_ = 0; ///< of it
  std::optional<request_parser> parser_;
  exchange* exchange_ = nullptr;
  std::shared_ptr<takeover> then_;
  std::string remote_address_;
  std::size_t lingered_ = 0;
  std::uint64_t taken_ = 0; ///< by the peer, when sending was last looked at
  phase phase_ = phase::idle;
  limit timed_ = limit::none;
  bool reading_ = false; ///< an operation is under way, which writes into `in_`
  bool filled_ = false;  ///< the last read took all the room there was
  bool end_of_input_ = false;
  bool chunked_ = false; ///< the answer whose head was sent
  bool closing_ = false; ///< no further request after this answer
  bool unread_ = false;  ///< the peer may still be sending what nobody will read
};

} // namespace troupe::net::http
