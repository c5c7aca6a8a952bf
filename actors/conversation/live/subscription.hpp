#pragma once

namespace troupe::actors::conversation {

/// That somebody is told of a conversation: it ends with this object. After its destructor `subscriber::take` isn't
/// called any more; it waits for a call under way. Any thread, but never from within the subscriber's own functions.
class subscription {
public:
  subscription() = default;
  subscription(const subscription&) = delete;
  subscription& operator=(const subscription&) = delete;
  virtual ~subscription() = default;

  /// There is room again after `subscriber::take` said that there is none: goes on without loss or repetition, from
  /// the journal where need be. Does nothing otherwise.
  virtual void resume() = 0;
};

} // namespace troupe::actors::conversation
