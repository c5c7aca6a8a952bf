#include "tests/simulation/conversations.hpp"

#include <algorithm>

#include "actors/conversation/live/hub.hpp"
#include "net/json/writer.hpp"
#include "tests/simulation/world.hpp"

namespace troupe::simulation {

using namespace std::chrono_literals;
namespace conversation = actors::conversation;
using status = actors::command_result::status;

namespace {

/// Whoever isn't answered for so long asks again.
constexpr nanoseconds patience = 10s;
/// Nothing more comes once nothing has come for so long.
constexpr nanoseconds rest = 10s;
/// A message is answered within this time, or its sender is told that it can't be.
constexpr nanoseconds longest_answer = 60s;

std::string client_id(std::size_t text) {
  return "c" + std::to_string(text);
}

} // namespace

std::string user_of(std::size_t number) {
  return "zu" + std::to_string(number) + "q";
}

conversations::conversations(world& in) : world_{in}, chance_{in.plan.seed, "conversations"} {}

conversations::~conversations() = default;

storage::entity_key conversations::key_of(const talk& which) const {
  return {world_.plan.tenants[tenants_[which.user]].id, storage::entity_kind::conversation, which.id};
}

template <class F>
void conversations::later(nanoseconds wait, F what) {
  world_.after(wait + chance_.even(0ns, 1s), std::move(what));
}

void conversations::begin() {
  for (std::size_t user = 0; user < world_.plan.users; ++user) {
    tenants_.push_back(static_cast<unsigned>(chance_.below(world_.plan.tenants.size())));
    const auto agent = chance_.chance(0.6) ? "chat" : "profile";
    add_talk(user, agent, "");
    if (chance_.chance(0.3))
      add_talk(user, chance_.chance(0.5) ? "chat" : agent, std::string{storage::thread_slots} + "1");
  }
  for (auto& each : talks_)
    world_.events.at(busy_moment(world_.plan, chance_), [this, &each] { open(each); });
}

conversations::talk& conversations::add_talk(std::size_t user, std::string agent, std::string slot) {
  auto& added = talks_.emplace_back();
  added.number = talks_.size() - 1;
  added.user = user;
  added.agent = std::move(agent);
  added.slot = std::move(slot);
  const auto& tenant = world_.plan.tenants[tenants_[user]];
  for (auto i = chance_.between(1, 4); i > 0; --i)
    added.texts.push_back("I am " + user_of(user) + " of " + token_of(tenant) + ", "
                          + std::to_string(chance_.between(20, 90)));
  for (auto count = chance_.between(1, 2); count > 0; --count) {
    auto& made = added.devices.emplace_back(
        std::make_unique<device>(world_, chance_, ++devices_, [this, &added] { end(added); }));
    for (auto times = chance_.below(3); times > 0; --times)
      world_.after(busy_moment(world_.plan, chance_) + chance_.skewed(0ns, 3s), [&it = *made] { it.vanish(); });
  }
  return added;
}

// -- Opening ----------------------------------------------------------------------------------------------------------

void conversations::open(talk& what) {
  if (!what.id.empty())
    return;
  auto* to = world_.engine();
  if (!to || !to->parts().ready->load())
    return later(1s, [this, &what] { open(what); });
  later(patience, [this, &what] { open(what); });
  // Now and then by two devices at once.
  for (auto times = chance_.chance(0.2) ? 2 : 1; times > 0; --times) {
    world_.note("client", "opens conversation ", what.number);
    to->parts().conversations->find_or_open(
        {world_.plan.tenants[tenants_[what.user]].id, user_of(what.user)}, what.agent, what.slot,
        [this, &what, life = to->life()](std::variant<std::string, conversation::port_fault> answer) {
          if (!life->alive)
            return;
          if (const auto* id = std::get_if<std::string>(&answer)) {
            if (!world_.talks.find(*id) || world_.talks.is_erased(*id))
              return world_.violated("a client was told of conversation " + *id + ", which isn't in the database");
            world_.after(world_.latency.skewed(100us, 20ms), [this, &what, id = *id] { opened(what, id); });
          } else if (std::get<conversation::port_fault>(answer) != conversation::port_fault::storage_unavailable) {
            world_.violated("a conversation can't be opened: "
                            + std::string{to_string(std::get<conversation::port_fault>(answer))});
          }
        });
  }
}

void conversations::opened(talk& what, const std::string& id) {
  if (!what.id.empty()) {
    if (what.id != id && !world_.talks.is_erased(what.id))
      world_.violated("one who opened twice has conversations " + what.id + " and " + id);
    return;
  }
  what.id = id;
  for (const auto& each : what.devices)
    each->follow(key_of(what));
  say(what, 0);
}

/// It was erased. Some begin anew, once.
void conversations::end(talk& what) {
  if (std::exchange(what.over, true))
    return;
  world_.note("client", what.number, " knows that it is over");
  if (what.is_renewed || !chance_.chance(0.5))
    return;
  auto& next = add_talk(what.user, what.agent, what.slot);
  next.is_renewed = true;
  later(0s, [this, &next] { open(next); });
}

void conversations::process_ended() {
  for (auto& each : talks_)
    for (auto& one : each.devices)
      one->process_ended();
}

// -- Saying -----------------------------------------------------------------------------------------------------------

/// @param hear called once, unless the process ends before
void conversations::tell(const talk& what, conversation::command command,
                         const std::function<void(const actors::command_result&)>& hear) {
  auto* to = world_.engine();
  const auto answered = std::make_shared<bool>(false);
  to->parts().conversations->tell(key_of(what), std::move(command),
                                  [this, answered, hear, life = to->life()](const actors::command_result& result) {
                                    if (!life->alive)
                                      return;
                                    if (std::exchange(*answered, true))
                                      world_.violated("a client is answered twice");
                                    hear(result);
                                  });
  world_.after(std::max(world_.plan.quiet_from - world_.now(), 0ns) + longest_answer,
               [this, answered, life = to->life(), &what] {
                 if (life->alive && !*answered)
                   world_.violated("a client of conversation " + what.id + " isn't answered");
               });
}

void conversations::say(talk& what, std::size_t text) {
  if (what.taken != text || what.over)
    return;
  auto* to = world_.engine();
  const bool ready = to && to->parts().ready->load();
  later(ready ? patience : 1s, [this, &what, text] { say(what, text); });
  if (ready && chance_.chance(0.3))
    chance_.pick(what.devices)->come_again();
  for (auto times = !ready ? 0 : chance_.chance(0.2) ? 2 : 1; times > 0; --times) {
    world_.note("client", what.number, " says ", text);
    tell(what, conversation::say{client_id(text), what.texts[text], {}},
         [this, &what, text](const actors::command_result& result) { heard(what, text, result); });
  }
}

void conversations::heard(talk& what, std::size_t text, const actors::command_result& result) {
  world_.note("client", what.number, " hears ", static_cast<unsigned>(result.outcome), " ", result.detail);
  const bool is_known = result.outcome == status::unchanged;
  if (result.outcome == status::stored || is_known) {
    world_.talks.promised(what.id, client_id(text));
    if (is_known)
      look_for(what, client_id(text));
    world_.after(world_.latency.skewed(100us, 20ms), [this, &what, text] { taken(what, text); });
  } else if (result.outcome == status::refused) {
    const auto because = [&](std::string_view why) { return result.detail.starts_with(why); };
    if (because("not_open") || because("ended")) {
      if (!world_.talks.is_erased(what.id))
        world_.violated("conversation " + what.id + " is called over: " + result.detail);
      world_.after(world_.latency.skewed(100us, 20ms), [this, &what] { end(what); });
    } else if (!because("busy") && !because("queue_full") && !(because("corrupt") && world_.plan.refuses_commits)) {
      world_.violated("a good message is refused: " + result.detail);
    }
  }
  // What wasn't taken is sent again.
}

void conversations::taken(talk& what, std::size_t text) {
  if (what.taken != text)
    return;
  ++what.taken;
  maybe_repeat(what, text);
  maybe_interrupt(what);
  maybe_set_field(what);
  if (what.taken == what.texts.size())
    return later(60s, [this, &what] { remind(what); });
  world_.after(chance_.skewed(1ms, 5s), [this, &what, next = what.taken] { say(what, next); });
}

/// A message that was known is told by its number.
void conversations::look_for(const talk& what, const std::string& id) {
  auto* to = world_.engine();
  to->parts().conversations->inspect(
      key_of(what),
      [this, &what, id, life = to->life()](const conversation::conversation_state& s) {
        if (life->alive && !conversation::taken_as(s, id) && !world_.talks.is_erased(what.id))
          world_.violated("message " + id + " of conversation " + what.id + " was known and can't be found");
      },
      [](conversation::port_fault) {});
}

/// Both devices send what they didn't hear to be taken.
void conversations::maybe_repeat(const talk& what, std::size_t text) {
  if (!chance_.chance(0.3))
    return;
  world_.after(chance_.skewed(1ms, 10s), [this, &what, text] {
    if (!world_.engine() || what.over)
      return;
    world_.note("client", what.number, " repeats ", text);
    for (int times = 2; times > 0; --times)
      tell(what, conversation::say{client_id(text), what.texts[text], {}}, [](const actors::command_result&) {});
  });
}

void conversations::maybe_interrupt(const talk& what) {
  if (world_.quiet() || !chance_.chance(0.3))
    return;
  world_.after(chance_.skewed(1ms, 3s), [this, &what] {
    if (!world_.engine() || what.over)
      return;
    world_.note("client", what.number, " interrupts");
    tell(what, conversation::interrupt{}, [](const actors::command_result&) {});
  });
}

void conversations::maybe_set_field(const talk& what) {
  const bool has_fields = what.agent == "profile";
  if (!has_fields || world_.quiet() || !chance_.chance(0.3))
    return;
  const auto value = chance_.chance(0.2) ? std::string{} : std::to_string(chance_.between(10, 110));
  world_.after(chance_.skewed(1ms, 3s), [this, &what, value] {
    if (!world_.engine() || what.over)
      return;
    world_.note("client", what.number, " sets age ", value);
    tell(what, conversation::set_field{"about", "age", value}, [](const actors::command_result&) {});
  });
}

/// Who waits for an answer says it again. That is known already, but it brings the conversation back into memory if it
/// was given up there.
void conversations::remind(talk& what) {
  if (what.over || !is_open(what))
    return;
  if (world_.engine() && world_.plan.gives_talks_up)
    tell(what, conversation::say{client_id(what.taken - 1), what.texts.back(), {}},
         [](const actors::command_result&) {});
  later(60s, [this, &what] { remind(what); });
}

// -- The end ----------------------------------------------------------------------------------------------------------

/// A message waits to be dealt with.
bool conversations::is_open(const talk& which) const {
  const auto* story = world_.talks.find(which.id);
  return !story || (!story->erased && story->open() > 0);
}

bool conversations::settled() const {
  return open_thing().empty();
}

std::string conversations::open_thing() const {
  for (const auto& each : talks_) {
    const auto name = "conversation " + (each.id.empty() ? std::to_string(each.number) : each.id);
    if (!each.over && each.taken < each.texts.size())
      return name + ", to which something is to be said";
    if (is_open(each))
      return name + ", in which a message isn't dealt with";
    if (world_.now() - world_.talks.find(each.id)->changed < rest)
      return name + ", in which something happened lately";
    if (!std::ranges::all_of(each.devices, [](const auto& one) { return one->is_up_to_date(); }))
      return name + ", whose end a device doesn't know";
    if (world_.talks.is_erased(each.id)
        && !std::ranges::all_of(each.devices, [](const auto& one) { return one->is_over(); }))
      return name + ", which a device follows though it is erased";
  }
  return {};
}

void conversations::check() {
  for (const auto& each : talks_)
    if (world_.talks.is_erased(each.id))
      world_.talks.check_gone(each.id);
    else
      for (const auto& one : each.devices)
        compare(each, *one);
}

conversation::conversation_state conversations::stored(const talk& which) const {
  conversation::conversation_state result;
  for (const auto& past : conversation::decode_journal(world_.store->events(key_of(which))))
    conversation::conversation_core::apply(result, past.event, past.at);
  return result;
}

/// A device shows what is stored: no word is missing, none was put in twice or in the wrong place.
void conversations::compare(const talk& what, const device& with) const {
  const auto state = stored(what);
  std::map<std::string, std::string> texts;
  for (const auto& each : state.messages)
    texts.emplace(each.id, each.text);
  const auto shown = with.shown().texts();
  std::string differences;
  for (const auto& [id, text] : texts)
    if (const auto found = shown.find(id); found == shown.end() || found->second != text)
      differences += " " + id + " is '" + (found == shown.end() ? "" : found->second) + "' instead of '" + text + "'";
  for (const auto& [id, text] : shown)
    if (!texts.contains(id))
      differences += " " + id + " is not stored: '" + text + "'";
  actors::json_text written{512};
  conversation::write_state(written, state);
  const auto profile = nlohmann::json::parse(written.take());
  if (with.shown().state() != profile)
    differences += " its state is " + with.shown().state().dump() + " instead of " + profile.dump();
  if (!differences.empty())
    world_.violated("a device shows another conversation " + what.id + " than is stored:" + differences);
}

} // namespace troupe::simulation
