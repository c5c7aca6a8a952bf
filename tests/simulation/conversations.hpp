#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "actors/conversation/live/port.hpp"
#include "tests/simulation/device.hpp"
#include "tests/simulation/random_stream.hpp"
#include "tests/simulation/workload.hpp"

namespace troupe::simulation {

/// The user of that number; stands in all that they say and nowhere else.
std::string user_of(std::size_t number);

/// People who talk with agents on one or two devices: they say something, break replies off, set what the agent wants
/// to know themselves, and send again what they weren't answered. What a device shows in the end is what is stored.
class conversations final : public workload {
public:
  explicit conversations(world& in);
  ~conversations() override;

  void begin() override;
  void process_ended() override;
  bool settled() const override;
  std::string open_thing() const override;
  void check() override;

private:
  struct talk {
    std::size_t number = 0;
    std::size_t user = 0;
    std::string agent;
    std::string slot;
    std::string id;          ///< once it is open
    bool is_renewed = false; ///< another one that was erased was there before
    std::vector<std::string> texts;
    std::size_t taken = 0; ///< of them
    bool over = false;     ///< somebody was told that it was erased
    std::vector<std::unique_ptr<device>> devices;
  };

  talk& add_talk(std::size_t user, std::string agent, std::string slot);
  void open(talk& what);
  void opened(talk& what, const std::string& id);
  void end(talk& what);
  void say(talk& what, std::size_t text);
  void heard(talk& what, std::size_t text, const actors::command_result& result);
  void taken(talk& what, std::size_t text);
  void look_for(const talk& what, const std::string& client_id);
  void maybe_repeat(const talk& what, std::size_t text);
  void maybe_interrupt(const talk& what);
  void maybe_set_field(const talk& what);
  void remind(talk& what);
  void tell(const talk& what, actors::conversation::command command,
            const std::function<void(const actors::command_result&)>& hear);
  template <class F>
  void later(nanoseconds wait, F what);
  bool is_open(const talk& which) const;
  storage::entity_key key_of(const talk& which) const;
  actors::conversation::conversation_state stored(const talk& which) const;
  void compare(const talk& what, const device& with) const;

  world& world_;
  random_stream chance_;
  std::deque<talk> talks_;
  std::vector<unsigned> tenants_; ///< of the users
  std::size_t devices_ = 0;       ///< that were made
};

} // namespace troupe::simulation
