#include "actors/conversation/live/courier.hpp"

#include <chrono>
#include <utility>

#include <caf/send.hpp>

namespace troupe::actors::conversation {

namespace {

using core = conversation_core;

constexpr unsigned most_tries = 10;

/// 2 ms, 4 ms, … 1 s: two seconds in all.
std::chrono::milliseconds pause_before(unsigned attempt) {
  return std::chrono::milliseconds{1 << attempt};
}

} // namespace

second_tries_actor::behavior_type second_tries(second_tries_actor::pointer) {
  return {[](atom::try_again, const second_try_ptr& what) { (*what)(); }};
}

/// A try that waits for its time. Where it is dropped instead, with the actor that kept it, the order is given up.
class waiting_try {
public:
  waiting_try(std::function<void()> when_due, std::function<void()> when_dropped)
      : due_{std::move(when_due)}, dropped_{std::move(when_dropped)} {}

  waiting_try(const waiting_try&) = delete;
  waiting_try& operator=(const waiting_try&) = delete;

  ~waiting_try() {
    if (dropped_)
      dropped_();
  }

  void operator()() {
    dropped_ = nullptr;
    due_();
  }

private:
  std::function<void()> due_;
  std::function<void()> dropped_;
};

/// What is being brought. Lives until its answer is known.
struct courier_attempt {
  storage::entity_key to;
  unsigned tries = 0;
};

namespace {

struct command_attempt : courier_attempt {
  command what;
  command_done done;

  template <class Again>
  static void fill(conversation_order& order, const std::shared_ptr<command_attempt>& me, Again again) {
    order.command = std::make_shared<command_envelope<core>>(me->what, [me, again](command_result result) {
      if (result.outcome != command_result::status::ended)
        me->done(std::move(result));
      else
        again();
    });
  }

  void give_up() {
    done({command_result::status::ended, {}});
  }
};

struct look_attempt : courier_attempt {
  std::function<void(const conversation_state&)> look;
  std::function<void(port_fault)> failed;

  template <class Again>
  static void fill(conversation_order& order, const std::shared_ptr<look_attempt>& me, Again again) {
    order.look = std::make_shared<inspection<core>>([me](const conversation_state& s) { me->look(s); },
                                                    [me, again](std::string_view why) {
                                                      if (why == to_string(port_fault::corrupt))
                                                        me->failed(port_fault::corrupt);
                                                      else
                                                        again();
                                                    });
  }

  void give_up() const {
    failed(port_fault::overloaded);
  }
};

} // namespace

courier::courier(std::shared_ptr<const tenant_registry> tenants, handle_ref<second_tries_actor> later)
    : tenants_{std::move(tenants)}, later_{std::move(later)} {
  // nop
}

template <class Attempt>
void courier::send(std::shared_ptr<Attempt> what) const {
  auto again = [me = shared_from_this(), what] {
    const auto later = me->later_.get();
    if (!later || ++what->tries >= most_tries)
      return what->give_up();
    const auto wait = std::make_shared<waiting_try>([me, what] { me->send(what); }, [what] { what->give_up(); });
    caf::delayed_anon_send(later, pause_before(what->tries), atom::try_again_v,
                           std::make_shared<const second_try>([wait] { (*wait)(); }));
  };
  const auto tenant = tenants_->find(what->to.tenant);
  if (!tenant)
    return again();
  auto order = std::make_shared<conversation_order>();
  order->id = what->to.id;
  Attempt::fill(*order, what, std::move(again));
  caf::anon_send(tenant, atom::converse_v, conversation_order_ptr{std::move(order)});
}

void courier::tell(storage::entity_key whom, command what, command_done done) const {
  send(std::make_shared<command_attempt>(
      command_attempt{{std::move(whom)}, std::move(what), done ? std::move(done) : [](command_result) {}}));
}

void courier::inspect(storage::entity_key which, std::function<void(const conversation_state&)> look,
                      std::function<void(port_fault)> failed) const {
  send(std::make_shared<look_attempt>(look_attempt{{std::move(which)}, std::move(look), std::move(failed)}));
}

} // namespace troupe::actors::conversation
