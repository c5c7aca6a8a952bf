#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "net/http/message.hpp"
#include "net/http/reply.hpp"
#include "net/http/router.hpp"

namespace troupe::net::http {

class connection;
class inbox;

/// One request and its answer. Held by its connection, by the replies given out, and by the inbox on its way back;
/// gone with the last of them.
class exchange final : public answerer {
public:
  explicit exchange(std::shared_ptr<inbox> box) : box_{std::move(box)} {}

  request in;
  response out;
  router::match match;
  std::stop_source gone{std::nostopstate}; ///< with a state where the route wants to know
  std::chrono::steady_clock::time_point received;
  connection* of = nullptr; ///< null once it is closed; only its thread looks

  /// Gives out the reply. Once per use.
  reply make_reply() noexcept {
    owners_.fetch_add(1, std::memory_order_relaxed);
    return reply{*this};
  }

  /// While the handler runs on the connection's thread an answer stays here instead of going through the inbox.
  class handling {
  public:
    explicit handling(exchange& x) noexcept {
      current = &x;
    }
    ~handling() {
      current = nullptr;
    }
    handling(const handling&) = delete;
    handling& operator=(const handling&) = delete;
  };

  /// Whether the answer came while the handler ran.
  bool answered_at_once() const noexcept {
    return at_once_;
  }

  /// Whether every reply was dropped without an answer; `out` is empty then.
  bool was_abandoned() const noexcept {
    return abandoned_;
  }

  /// Nobody else holds it: it can serve another request after `clear`.
  bool is_sole() const noexcept {
    return owners_.load(std::memory_order_acquire) == 1;
  }
  void clear();
  void release() noexcept {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete this;
  }

  void answer(response&& r) override;
  void abandoned() noexcept override;
  void retire() noexcept override {
    release();
  }

private:
  friend class inbox;
  ~exchange() override = default;

  void deliver();

  static thread_local exchange* current;

  std::shared_ptr<inbox> box_;
  exchange* next_ = nullptr; ///< in the inbox
  std::atomic<std::uint32_t> owners_{1};
  bool at_once_ = false;
  bool abandoned_ = false;
};

/// Answered exchanges on their way from any thread to the connections' thread. One wake-up serves all that arrive
/// before it is followed: a group commit answers many requests at a time.
class inbox : public std::enable_shared_from_this<inbox> {
public:
  /// @param wake is run on the context's thread when something has arrived
  inbox(boost::asio::io_context& context, std::function<void()> wake);

  /// Any thread.
  void put(exchange& x);

  /// Calls `each` with everything that has arrived, oldest first; it is to release it. The thread of the context.
  template <class F>
  void take(F each) {
    for (auto* x = take_all(); x;) {
      auto* next = std::exchange(x->next_, nullptr);
      each(*x);
      x = next;
    }
  }

  /// From now on everything is dropped and the context left alone. The thread of the context.
  void close();

private:
  exchange* take_all() noexcept;

  boost::asio::io_context& context_;
  std::function<void()> wake_;
  std::mutex mutex_;
  exchange* first_ = nullptr;
  exchange* last_ = nullptr;
  bool open_ = true;
};

} // namespace troupe::net::http
