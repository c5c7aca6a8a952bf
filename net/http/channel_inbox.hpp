#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "net/http/channel.hpp"

namespace troupe::net::http {

/// What any thread wants channels of one network thread to do, in the order in which it was put in. One wake-up serves
/// all that arrives before it is followed, and what arrives together for a channel goes out together.
class channel_inbox : public std::enable_shared_from_this<channel_inbox> {
public:
  explicit channel_inbox(boost::asio::io_context& context) : context_{context} {}

  /// False once it was closed. Any thread.
  bool put(channel::letter l);

  /// From now on everything is dropped and the context left alone. The thread of the context.
  void close();

private:
  void deliver();

  boost::asio::io_context& context_;
  std::mutex mutex_;
  std::vector<channel::letter> waiting_;
  bool open_ = true;
  std::vector<channel::letter> in_hand_; ///< the context's thread only
  std::vector<channel*> touched_;        ///< the same
};

} // namespace troupe::net::http
