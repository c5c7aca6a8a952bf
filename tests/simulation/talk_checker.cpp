#include "tests/simulation/talk_checker.hpp"

#include <algorithm>

#include "actors/conversation/conversation_core.hpp"
#include "actors/conversation/live/hub.hpp"
#include "tests/simulation/conversations.hpp"
#include "tests/simulation/world.hpp"

namespace troupe::simulation {

namespace talk = actors::conversation;

void talk_checker::wrong(std::string_view id, const story& which, std::string_view what) const {
  world_.violated("conversation " + std::string{id} + " of " + which.tenant + ": " + std::string{what} + " (event "
                  + std::to_string(which.number) + ", after " + which.last + ")");
}

const talk_checker::story* talk_checker::find(std::string_view conversation) const {
  const auto found = stories_.find(conversation);
  return found == stories_.end() ? nullptr : &found->second;
}

bool talk_checker::is_erased(std::string_view conversation) const {
  const auto* which = find(conversation);
  return which && which->erased;
}

std::uint64_t talk_checker::reply_of(std::string_view conversation) const {
  const auto* which = find(conversation);
  return which ? which->reply : 0;
}

std::optional<std::string> talk_checker::pick(std::size_t which) const {
  std::vector<std::string> all;
  for (const auto& [id, each] : stories_)
    if (!each.erased)
      all.push_back(id);
  return all.empty() ? std::nullopt : std::optional{all[which % all.size()]};
}

/// Whoever had to hear of it has.
bool talk_checker::was_long_ago(std::chrono::nanoseconds when) const {
  return world_.quiet_since(when) && world_.now() - when > std::chrono::milliseconds{100};
}

/// To a newer message.
bool talk_checker::gives_way(const story& which) const {
  return world_.plan.agents.find(which.agent)->second->while_answering == config::busy_policy::interrupt;
}

// -- The journal ------------------------------------------------------------------------------------------------------

void talk_checker::appended(const storage::append& what, const storage::append_result& result) {
  const auto& id = what.entity.id;
  if (what.expected == 0 && stories_.contains(id))
    return world_.violated("conversation " + id + " was opened twice");
  auto& which = stories_[id];
  if (what.expected == 0) {
    which.tenant = what.entity.tenant;
    which.opened = world_.now();
  }
  if (which.tenant != what.entity.tenant)
    return wrong(id, which, "written to by " + what.entity.tenant);
  if (which.erased)
    return wrong(id, which, "written to though it is erased");
  which.changed = world_.now();
  const auto before = which.number;
  for (const auto& each : what.events) {
    const auto& tenants = world_.plan.tenants;
    const auto tenant = std::ranges::find(tenants, which.tenant, &storage::tenant::id) - tenants.begin();
    world_.checker.stays_within(static_cast<unsigned>(tenant), each.payload, "an event");
    ++which.number;
    follow(id, which, talk::conversation_core::decode(each.type, each.payload));
    which.last = each.type;
  }
  if (result.number != which.number)
    wrong(id, which, "its events aren't numbered one by one");
  if (which.replying && which.reply > before && which.newest > which.answered && gives_way(which))
    wrong(id, which, "a reply is begun though a newer message breaks it off");
  const bool ends = which.last == "expired" || which.last == "deleted";
  if (ends)
    erased(id, which);
  else if (what.conversation)
    check_row(id, which, *what.conversation);
  else
    wrong(id, which, "it is written to without its row");
}

void talk_checker::erased(const std::string& id, story& which) {
  which.erased = true;
  which.changed = world_.now();
  check_gone(id);
}

void talk_checker::check_gone(const std::string& conversation) const {
  const auto& which = *find(conversation);
  if (!world_.store->events({which.tenant, storage::entity_kind::conversation, conversation}).empty()
      || world_.store->conversation(which.tenant, conversation))
    wrong(conversation, which, "something of it is left though it is erased");
}

void talk_checker::user_removed(std::string_view tenant, std::string_view user) {
  for (auto& [id, each] : stories_)
    if (!each.erased && each.tenant == tenant && each.user == user)
      erased(id, each);
}

/// What queries see, told by what happened and not by how the engine folds it.
void talk_checker::check_row(const std::string& id, const story& which, const storage::conversation_row& row) const {
  if (row.user != which.user || row.agent != which.agent)
    wrong(id, which, "its row is somebody else's");
  if (row.busy != (which.open() > 0))
    wrong(id, which, row.busy ? "its row says busy and nothing waits" : "a message waits and its row doesn't say so");
  if (row.messages != which.said.size())
    wrong(id, which, "its row counts " + std::to_string(row.messages) + " messages");
}

void talk_checker::check_all() const {
  for (const auto& [id, each] : stories_) {
    if (each.erased)
      continue;
    const storage::entity_key key{each.tenant, storage::entity_kind::conversation, id};
    talk::conversation_state state;
    for (const auto& past : talk::decode_journal(world_.store->events(key)))
      talk::conversation_core::apply(state, past.event, past.at);
    storage::append fold;
    talk::conversation_core::project(state, fold);
    const auto row = world_.store->conversation(each.tenant, id);
    if (!row || row->row != fold.conversation)
      wrong(id, each, "its row isn't the fold of its journal");
  }
}

void talk_checker::begin_reply(const std::string& id, story& which, const talk::reply_started& what) {
  const auto answers = std::stoull(what.answers.substr(1));
  if (answers < which.answered)
    wrong(id, which, "messages are answered out of order");
  if (answers != which.answered && which.in_turn)
    wrong(id, which, "a message is answered before the one before it was dealt with");
  if (which.stands && which.in_turn)
    wrong(id, which, "another reply begins although one stands");
  if (which.replying)
    wrong(id, which, "another reply begins before the one before was broken off");
  if (what.attempt != (which.in_turn ? which.attempt + 1 : 1))
    wrong(id, which, "attempt " + std::to_string(what.attempt) + " after " + std::to_string(which.attempt));
  which.answered = answers;
  which.reply = which.number;
  which.attempt = what.attempt;
  which.in_turn = true;
  which.replying = true;
  which.stands = which.paid = which.whole = which.repairing = false;
}

/// What may follow what, as `conversation.hpp` describes the events.
void talk_checker::follow(const std::string& id, story& which, const talk::event& what) {
  if (std::holds_alternative<talk::opened>(what) != (which.number == 1))
    wrong(id, which, "it doesn't begin where its journal does");
  if (const auto* opened = std::get_if<talk::opened>(&what)) {
    which.user = opened->user;
    which.agent = opened->agent;
  }
  if (const auto* said = std::get_if<talk::user_message>(&what)) {
    if (!which.said.insert(said->client_id).second)
      wrong(id, which, "message " + said->client_id + " was taken twice");
    which.newest = which.number;
    which.newest_at = world_.now();
  }
  if (const auto* started = std::get_if<talk::reply_started>(&what))
    begin_reply(id, which, *started);
  else
    end_reply(id, which, what);
}

void talk_checker::end_reply(const std::string& id, story& which, const talk::event& what) {
  if (const auto* made = std::get_if<talk::reply_completed>(&what)) {
    if (!which.replying)
      wrong(id, which, "a reply that wasn't begun");
    which.stands = true;
    which.paid = made->fallback.empty() && made->usage.provider != "extractive";
    which.repairing = !made->faults.empty();
  }
  if (const auto* repaired = std::get_if<talk::fields_repaired>(&what))
    which.repairing = !repaired->faults.empty();
  if (std::holds_alternative<talk::reply_completed>(what) || std::holds_alternative<talk::reply_broken>(what)
      || std::holds_alternative<talk::interrupted>(what))
    which.replying = false;
  if (std::holds_alternative<talk::message_skipped>(what)) {
    const auto message = std::stoull(std::get<talk::message_skipped>(what).message.substr(1));
    if (!gives_way(which) || which.in_turn || message <= which.answered || message >= which.newest)
      wrong(id, which, "a message is passed over");
    which.answered = message;
    ++which.ended;
  }
  if (std::holds_alternative<talk::turn_ended>(what) || std::holds_alternative<talk::turn_failed>(what)) {
    if (!std::exchange(which.in_turn, false))
      wrong(id, which, "a turn ends that hasn't begun");
    which.replying = which.repairing = false;
    ++which.ended;
  }
}

// -- What goes out ----------------------------------------------------------------------------------------------------

void talk_checker::model_called(std::string_view conversation, std::string_view body, bool streamed) {
  const auto& which = stories_.find(conversation)->second;
  for (unsigned i = 0; i < world_.plan.users; ++i)
    if (user_of(i) != which.user && body.find(user_of(i)) != std::string_view::npos)
      wrong(conversation, which, "a model is told of " + user_of(i));
  if (which.erased) {
    if (was_long_ago(which.changed))
      wrong(conversation, which, "a model is called for it though it is erased");
    return;
  }
  if (!which.in_turn)
    return wrong(conversation, which, "a model is called and there is nothing to answer");
  if (streamed && which.stands && which.paid)
    wrong(conversation, which, "a model is called although its reply stands");
  if (streamed && which.whole)
    wrong(conversation, which, "a model is called again although its reply was whole");
  if (!streamed && !which.repairing)
    wrong(conversation, which, "a model is asked for fields and nothing is wrong with them");
  if (streamed && gives_way(which) && which.newest > which.answered && was_long_ago(which.newest_at))
    wrong(conversation, which, "a model is called for a message that a newer one has broken off");
}

void talk_checker::model_answered(std::string_view conversation, std::uint64_t reply) {
  if (const auto found = stories_.find(conversation); found != stories_.end() && found->second.reply == reply)
    found->second.whole = true;
}

void talk_checker::promised(const std::string& conversation, const std::string& client_id) {
  const auto* which = find(conversation);
  if (!which || !which->said.contains(client_id))
    world_.violated("a client was told that message " + client_id + " was taken, and it isn't in the database");
}

void talk_checker::published(const std::string& conversation, std::uint64_t event) {
  const auto* which = find(conversation);
  if (!which || event > which->number)
    return world_.violated("a client is told of event " + std::to_string(event) + " of conversation " + conversation
                           + ", which isn't durable");
  // Who erases what somebody else is just erasing may be answered before followers are told of the end.
  if (which->gone && event < which->number)
    wrong(conversation, *which, "a client is told of it though it is erased");
}

void talk_checker::is_gone(const std::string& conversation) {
  auto& which = stories_.find(conversation)->second;
  if (!which.erased)
    wrong(conversation, which, "it is called erased and isn't");
  which.gone = true;
}

void talk_checker::user_is_gone(std::string_view tenant, std::string_view user, std::chrono::nanoseconds asked_at) {
  for (const auto& [id, each] : stories_)
    if (each.tenant == tenant && each.user == user && each.opened < asked_at)
      is_gone(id);
}

} // namespace troupe::simulation
