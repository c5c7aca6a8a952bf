#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/http/deadline_wheel.hpp"
#include "net/http/member.hpp"
#include "net/http/shared_bytes.hpp"
#include "net/http/takeover.hpp"
#include "net/http/transport.hpp"

namespace troupe::net::http {

class channel_inbox;

/// A connection on which the server speaks whenever it has something to say: WebSocket session or streamed response.
/// Sending is for any thread, everything else for its network thread. Idle, it holds no buffer: reads go to one of the
/// shard's, and what is to be sent is queued only while the peer doesn't take it.
class channel : public member, public std::enable_shared_from_this<channel>, private deadline_wheel::entry {
public:
  struct limits {
    std::size_t queue = 256 << 10;                ///< bytes that may wait; then `send` refuses
    std::chrono::milliseconds keep_alive{25'000}; ///< two ticks; a peer that takes nothing for this long is let go
    std::chrono::milliseconds farewell{2'000};    ///< for the peer to take the rest and to close
  };

  /// What other threads ask for.
  struct letter {
    enum class kind : std::uint8_t { send, writable, admit, end };

    std::shared_ptr<channel> to;
    kind what = kind::send;
    shared_bytes bytes;
  };

  /// Queues bytes behind all that were queued before. False when too much waits or the channel is closed: then nothing
  /// was queued, and an open channel calls `on_writable` once half of the room is free. Any thread.
  bool send(shared_bytes bytes);

  /// Any thread; nothing happens when the channel is closed.
  void ask(letter::kind what, shared_bytes bytes = {});

  /// Bytes of an open channel that were accepted and that the system hasn't taken yet. Any thread.
  std::size_t queued() const noexcept {
    return queued_.load(std::memory_order_relaxed);
  }

  /// Whether `send` can succeed. Any thread.
  bool is_open() const noexcept {
    return open_.load(std::memory_order_relaxed);
  }

  /// Begins. The shard has it already.
  /// @param early bytes that came behind the request
  void start(std::string early);

  /// What came through the inbox; what is to be sent goes out with the next `flush`.
  void deliver(letter& l);

  /// Sends what is queued as far as the peer takes it.
  void flush();

  void close() final;

  bool marked = false; ///< to be flushed; the inbox's

protected:
  /// @param l outlives the channel's time on its thread
  channel(takeover::heritage&& left, const limits& l);

  virtual void on_start() = 0;
  /// Bytes came; they may be changed in place. What this and the calls below queue is sent afterwards.
  virtual void on_bytes(char* bytes, std::size_t size) = 0;
  /// A deadline has passed while the channel was open, and the next one is half of `limits::keep_alive` away: what
  /// didn't happen from one call to the next is done before that time is over.
  virtual void on_tick() = 0;
  /// `send` has refused something, and there is room again.
  virtual void on_writable() = 0;
  /// What other threads asked for that isn't known here.
  virtual void on_letter(letter& l) = 0;
  /// Accepted bytes are to be queued with `put`.
  virtual void on_send(shared_bytes bytes) = 0;
  /// The last chance to `push` or `put` before the queue is looked at.
  virtual void before_sending() {}
  /// Everything is sent since `begin_farewell`. May be called again.
  virtual void on_all_said() = 0;
  /// Closed; the last call.
  virtual void on_closed() = 0;

  /// Queues bytes of the channel's own.
  void push(shared_bytes bytes);
  /// Queues bytes that `send` has counted.
  void put(shared_bytes bytes);

  /// Nothing more is accepted; closes when the peer does, or when it stops to take what is queued.
  void begin_farewell();
  /// Tells the peer that nothing follows, and reads away what it still sends.
  void end_output();
  /// Tells the peer that nothing follows, and closes.
  void end_and_close();
  /// Gives up the socket and closes without closing that.
  transport let_go();

  void set_deadline(std::chrono::milliseconds after);
  /// The first tick is the next deadline.
  void begin_ticking() {
    set_deadline(limits_.keep_alive / 2);
  }

  bool is_closed() const noexcept {
    return phase_ == phase::closed;
  }
  bool says_farewell() const noexcept {
    return phase_ != phase::open;
  }
  bool has_output() const noexcept {
    return !out_.empty();
  }
  /// Bytes sent so far. Not when closed.
  std::uint64_t sent() const noexcept {
    return wire_->sent();
  }
  shard& home() noexcept {
    return home_;
  }
  const limits& bounds() const noexcept {
    return limits_;
  }

private:
  enum class phase : std::uint8_t { open, farewell, ended, closed };

  void read();
  void wait_to_read(attempt what);
  void wait_to_send(attempt what);
  attempt send_some(std::size_t& count);
  void took(std::size_t count);
  bool is_stuck();
  void tell_room();
  void leave();
  void on_deadline() override;

  shard& home_;
  const limits& limits_;
  std::optional<transport> wire_; ///< none when closed: a handle may outlive the network threads
  std::shared_ptr<channel_inbox> inbox_;
  std::vector<shared_bytes> out_; ///< without memory while empty
  std::uint32_t first_ = 0;       ///< place in `out_` of what isn't sent
  std::uint32_t first_sent_ = 0;  ///< bytes of it that are
  std::atomic<std::size_t> queued_{0};
  std::uint64_t taken_ = 0; ///< by the peer, when it was looked at last
  std::atomic<bool> open_{true};
  std::atomic<bool> refused_{false};
  phase phase_ = phase::open;
  bool sending_ = false; ///< an operation waits until the socket takes more
  bool looks_ = false;   ///< at every second tick, whether the peer takes what it gets
  bool owing_ = false;   ///< the peer hadn't taken everything when it was looked at last
};

} // namespace troupe::net::http
