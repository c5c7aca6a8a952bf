#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "actors/conversation/live/port.hpp"
#include "tests/simulation/random_stream.hpp"
#include "tests/simulation/screen.hpp"
#include "tests/simulation/workload.hpp"

namespace troupe::simulation {

/// A device on which somebody follows a conversation: loses its connection, comes again with its cursor, has room for
/// little now and then. Stays where it is once it was made.
class device {
public:
  /// @param number told in traces
  /// @param over called once it was told that there is no such conversation any more
  device(world& in, random_stream& chance, std::size_t number, std::function<void()> over);
  ~device();

  device(const device&) = delete;
  device& operator=(const device&) = delete;

  /// Follows the conversation from now on, as soon as there is a process that can be asked.
  void follow(storage::entity_key which);

  /// Its connection is lost, and what is on its way. It comes again later, or another one in its place that has seen
  /// nothing.
  void vanish();

  /// Comes anew at once, as when somebody opens the app again.
  void come_again();

  /// The process is about to be gone.
  void process_ended();

  /// Has had time to hear everything; or the conversation is over for it.
  bool is_up_to_date() const;

  bool is_over() const {
    return over_;
  }

  const screen& shown() const {
    return shown_;
  }

private:
  class line;

  void connect();
  void connect_later(nanoseconds wait);
  void leave();
  void lost(const std::string& reason);

  world& world_;
  random_stream& chance_;
  std::size_t number_;
  std::size_t room_; ///< events that may be on their way to it
  std::function<void()> told_over_;
  storage::entity_key which_;
  screen shown_;
  std::shared_ptr<line> line_; ///< null while it is away
  std::unique_ptr<actors::conversation::subscription> following_;
  nanoseconds connected_{0};
  bool over_ = false;
};

} // namespace troupe::simulation
