#pragma once

#include <chrono>
#include <csignal>
#include <string>

#include "config/settings.hpp"

/// What a server needs of the system around it.
namespace troupe::actors::cli {

/// SIGINT and SIGTERM as something to wait for, instead of the end at once. Made before other threads are.
class stop_signals {
public:
  stop_signals();

  void wait() const;

  /// Whether one came within the time.
  bool wait_for(std::chrono::milliseconds limit) const;

  /// For the time of stopping: a further signal ends the process at once, and so does a stop that hangs.
  void end_at_next() const;

private:
  sigset_t set_{};
};

/// Lets the process have as many open files as the settings' connections need, as far as the system allows. Says in
/// the log if that isn't enough.
void raise_file_limit(const config::server_settings& server);

/// Lets no more threads than there are cores allocate apart from each other: by default glibc keeps up to eight heaps a
/// core, each with gaps of its own. Call before there are threads.
void bound_heaps();

/// Where the server listens, as a client on this machine writes it.
std::string url_of(const config::server_settings& server, std::uint16_t port);

} // namespace troupe::actors::cli
