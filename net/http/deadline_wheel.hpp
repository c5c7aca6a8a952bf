#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

namespace troupe::net::http {

/// Coarse timers for very many connections: setting one costs a few instructions and no system call. A deadline is
/// met up to `tick` late, never early. Of one network thread; not thread-safe.
class deadline_wheel {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  static constexpr std::chrono::milliseconds tick{16};

  /// A place in a ring of entries.
  struct link {
    link* prev = nullptr;
    link* next = nullptr;

    void unlink() noexcept;
    void insert_before(link& other) noexcept;
  };

  /// Something with one deadline at a time. Leaves the wheel when destroyed.
  class entry : private link {
  public:
    entry() = default;
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

    /// The deadline has passed; it is no longer set. May set another, and may destroy the entry.
    virtual void on_deadline() = 0;

  protected:
    virtual ~entry() {
      unlink();
    }

  private:
    friend class deadline_wheel;

    time_point deadline_ = time_point::max();
    std::uint64_t turn_ = 0; ///< when the wheel looks at it, at or before the deadline
  };

  explicit deadline_wheel(boost::asio::io_context& context);
  ~deadline_wheel();

  deadline_wheel(const deadline_wheel&) = delete;
  deadline_wheel& operator=(const deadline_wheel&) = delete;

  /// Moves the entry's deadline. A later one than before only writes it down: the wheel finds out when it comes by.
  void set(entry& e, time_point deadline);

  void set(entry& e, clock::duration from_now) {
    set(e, clock::now() + from_now);
  }

  /// Takes the entry's deadline away.
  static void clear(entry& e) noexcept {
    e.deadline_ = time_point::max();
  }

  /// The same, and the entry leaves the wheel: it may then be destroyed on any thread.
  static void remove(entry& e) noexcept {
    clear(e);
    e.unlink();
  }

  /// Calls what is due at `now`.
  void advance(time_point now);

private:
  static constexpr std::size_t slots = 1'024;
  static constexpr std::uint64_t never = UINT64_MAX;

  std::uint64_t turn_of(time_point t) const noexcept;
  void place(entry& e);
  void arm(std::uint64_t turn);
  std::uint64_t next_occupied() noexcept;

  boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, boost::asio::io_context::executor_type>
      timer_;
  time_point start_ = clock::now();
  std::uint64_t current_ = 0; ///< all turns up to this one are done
  std::uint64_t armed_ = never;
  std::array<link, slots> slots_;
  std::array<std::uint64_t, slots / 64> occupied_{}; ///< a bit per slot; may be set for one that has become empty
};

} // namespace troupe::net::http
