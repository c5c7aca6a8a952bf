#include "tests/simulation/erasures.hpp"

#include <algorithm>

#include "tests/simulation/world.hpp"

namespace troupe::simulation {

using namespace std::chrono_literals;
namespace conversation = actors::conversation;
using conversation::port_fault;

void erasures::apply(const fault& what) {
  if (what.kind != fault_kind::erase_talk && what.kind != fault_kind::erase_user)
    return;
  const auto& chosen = world_.talks.pick(static_cast<std::size_t>(what.span.count()));
  if (!chosen)
    return;
  const auto& story = *world_.talks.find(*chosen);
  auto& added = wishes_.emplace_back();
  added.who = {story.tenant, story.user};
  if (what.kind == fault_kind::erase_talk)
    added.conversation = *chosen;
  ask(added);
}

void erasures::ask(wish& what) {
  if (what.fulfilled)
    return;
  auto* to = world_.engine();
  if (!to || !to->parts().ready->load())
    return world_.after(1s, [this, &what] { ask(what); });
  world_.note("operator", "erases ", what.conversation.empty() ? what.who.user : what.conversation);
  world_.after(10s, [this, &what] { ask(what); });
  auto done = [this, &what, at = world_.now(), life = to->life()](std::variant<conversation::done_well, port_fault> x) {
    if (life->alive)
      answered(what, at, std::get_if<port_fault>(&x));
  };
  auto& port = *to->parts().conversations;
  if (what.conversation.empty())
    port.erase_user(what.who, "admin", std::move(done));
  else
    port.erase({what.who.tenant, storage::entity_kind::conversation, what.conversation}, "admin", std::move(done));
}

void erasures::answered(wish& what, nanoseconds asked_at, port_fault* fault) {
  world_.note("operator", "hears ", fault ? to_string(*fault) : "that it is erased");
  // What is gone already needn't be erased.
  if (fault && *fault != port_fault::not_found) {
    if (*fault == port_fault::corrupt && !world_.plan.refuses_commits)
      world_.violated("what is to be erased is called corrupt");
    return;
  }
  what.fulfilled = true;
  if (what.conversation.empty())
    world_.talks.user_is_gone(what.who.tenant, what.who.user, asked_at);
  else
    world_.talks.is_gone(what.conversation);
}

bool erasures::settled() const {
  return std::ranges::all_of(wishes_, &wish::fulfilled);
}

std::string erasures::open_thing() const {
  return settled() ? std::string{} : "an erasure";
}

} // namespace troupe::simulation
