#include "actors/conversation/live/live_port.hpp"

#include <atomic>
#include <utility>

#include "config/log.hpp"
#include "storage/conversations.hpp"

namespace troupe::actors::conversation {

namespace {

port_fault fault_of(storage::fault why) {
  return why == storage::fault::corrupt ? port_fault::corrupt : port_fault::storage_unavailable;
}

/// For a read that couldn't be made.
template <class T>
auto failing(port_answer<T> done) {
  return [done = std::move(done)](const storage::error& why) { done(fault_of(why.kind())); };
}

bool takes_new_ones(const config::agent_store& agents, const std::string& name) {
  const auto all = agents.agents();
  const auto found = all->find(name);
  return found != all->end() && !found->second.removed;
}

/// The journal's first event on its way, and whoever waits for it.
class pending_opening final : public pending_append {
public:
  pending_opening(storage::append what, event first, port_answer<std::string> done,
                  std::shared_ptr<conversation_probe> probe)
      : pending_append{std::move(what)}, first_{std::move(first)}, done_{std::move(done)}, probe_{std::move(probe)} {}

  void done(append_reply reply) override {
    if (reply.fault)
      return done_(fault_of(*reply.fault));
    if (reply.result.outcome == storage::append_outcome::duplicate)
      return done_(std::move(reply.result.existing));
    if (reply.result.outcome == storage::append_outcome::conflict)
      return done_(port_fault::not_found); // its tenant was removed
    conversation_state state;
    conversation_core::apply(state, first_, request.at);
    probe_->committed(request.entity, state, {first_}, request.at);
    done_(request.entity.id);
  }

private:
  event first_;
  port_answer<std::string> done_;
  std::shared_ptr<conversation_probe> probe_;
};

class live_port final : public port, public std::enable_shared_from_this<live_port> {
public:
  explicit live_port(port_services services) : with_{std::move(services)} {}

  void find_or_open(owner who, std::string agent, std::string slot, port_answer<std::string> done) override {
    with_.readers->run(
        [me = shared_from_this(), who, agent, slot, done](storage::reader& db) {
          const auto found = slot.empty() ? db.current_conversation(who.tenant, who.user, agent)
                                          : db.conversation_in_slot(who.tenant, who.user, agent, slot);
          if (found)
            done(found->id);
          else
            me->open(who, agent, me->with_.ids->next(), slot, done);
        },
        failing(done));
  }

  void open_new(owner who, std::string agent, port_answer<std::string> done) override {
    auto id = with_.ids->next();
    auto slot = id;
    open(who, agent, std::move(id), std::move(slot), std::move(done));
  }

  void find(owner who, std::string id, port_answer<storage::conversation_record> done) override {
    with_.readers->run(
        [who = std::move(who), id = std::move(id), done](storage::reader& db) {
          auto found = db.find_conversation(who.tenant, id);
          if (found && found->row.user == who.user)
            done(std::move(*found));
          else
            done(port_fault::not_found);
        },
        failing(done));
  }

  void list(owner who, std::string agent, std::size_t limit, std::string before,
            port_answer<std::vector<storage::conversation_record>> done) override {
    storage::conversation_filter filter;
    filter.tenant = std::move(who.tenant);
    filter.user = std::move(who.user);
    filter.limit = limit;
    if (!agent.empty())
      filter.agent = std::move(agent);
    if (!before.empty())
      filter.before = std::move(before);
    with_.readers->run([filter = std::move(filter), done](storage::reader& db) { done(db.list_conversations(filter)); },
                       failing(done));
  }

  void tell(storage::entity_key whom, command what, command_done done) override {
    with_.orders->tell(std::move(whom), std::move(what), std::move(done));
  }

  void inspect(storage::entity_key which, std::function<void(const conversation_state&)> look,
               std::function<void(port_fault)> failed) override {
    with_.orders->inspect(std::move(which), std::move(look), std::move(failed));
  }

  std::unique_ptr<subscription> subscribe(storage::entity_key which, std::optional<cursor> after,
                                          std::shared_ptr<subscriber> who) override {
    return with_.followers->subscribe(std::move(which), after, std::move(who));
  }

  void history(storage::entity_key which, port_answer<std::vector<recorded<event>>> done) override {
    with_.readers->run(
        [which = std::move(which), done](storage::reader& db) {
          auto journal = decode_journal(db.load(which));
          if (journal.empty())
            done(port_fault::not_found);
          else
            done(std::move(journal));
        },
        failing(done));
  }

  void erase(storage::entity_key which, std::string by, port_answer<done_well> done) override {
    erase_one(std::move(which), std::move(by),
              [me = shared_from_this(), done = std::move(done)](std::variant<done_well, port_fault> how) {
                if (std::holds_alternative<done_well>(how))
                  me->clean_up(done, most_rounds);
                else
                  done(std::move(how));
              });
  }

  void erase_user(owner who, std::string by, port_answer<done_well> done) override {
    with_.readers->run([me = shared_from_this(), who, by = std::move(by),
                        done](storage::reader& db) { me->erase_all(who, by, conversations_of(db, who), done); },
                       failing(done));
  }

private:
  /// Some thousand rows. What more there is, of a removed tenant for instance, nobody is kept waiting for.
  static constexpr int most_rounds = 100;

  void erase_one(storage::entity_key which, std::string by, port_answer<done_well> done) {
    tell(std::move(which), conversation::erase{std::move(by)}, [done = std::move(done)](const command_result& result) {
      switch (result.outcome) {
      case command_result::status::stored:
        return done(done_well{});
      case command_result::status::unchanged:
        return done(port_fault::not_found);
      case command_result::status::refused:
        return done(result.detail.starts_with("corrupt") ? port_fault::corrupt : port_fault::not_found);
      default:
        return done(port_fault::overloaded);
      }
    });
  }

  void open(const owner& who, const std::string& agent, std::string id, std::string slot,
            port_answer<std::string> done) {
    if (!takes_new_ones(*with_.agents, agent))
      return done(port_fault::agent_missing);
    const auto now = with_.time->now();
    auto decided = conversation_core::decide({}, conversation::open{agent, who.user},
                                             context{now, with_.chance->uniform(), id}, *with_.talk);
    if (decided.events.empty())
      return done(port_fault::agent_missing); // it went in this very moment
    storage::append what;
    what.entity = {who.tenant, storage::entity_kind::conversation, std::move(id)};
    what.at = now;
    what.slot = std::move(slot);
    conversation_state state;
    conversation_core::apply(state, decided.events.front(), now);
    conversation_core::project(state, what);
    what.events.push_back(conversation_core::encode(decided.events.front()));
    with_.journal->submit(std::make_shared<pending_opening>(std::move(what), std::move(decided.events.front()),
                                                            std::move(done), with_.probe));
  }

  static std::vector<std::string> conversations_of(storage::reader& db, const owner& who) {
    std::vector<std::string> result;
    storage::conversation_filter filter;
    filter.tenant = who.tenant;
    filter.user = who.user;
    filter.limit = 1'000;
    for (;;) {
      const auto found = db.list_conversations(filter);
      for (const auto& each : found)
        result.push_back(each.id);
      if (found.size() < filter.limit)
        return result;
      filter.before = result.back();
    }
  }

  /// Each conversation by itself, so that its followers hear it and its life in memory ends; then what is left.
  void erase_all(const owner& who, const std::string& by, const std::vector<std::string>& ids,
                 const port_answer<done_well>& done) {
    auto left = std::make_shared<std::atomic<std::size_t>>(ids.size() + 1);
    auto one_less = [me = shared_from_this(), left, who, ids, done] {
      if (left->fetch_sub(1) == 1)
        me->remove_user(who, ids, done);
    };
    // One that can't be read goes with the user's key.
    for (const auto& id : ids)
      erase_one({who.tenant, storage::entity_kind::conversation, id}, by,
                [one_less](const std::variant<done_well, port_fault>&) { one_less(); });
    one_less();
  }

  /// Whose conversation couldn't be told itself hears of its end here.
  void remove_user(const owner& who, const std::vector<std::string>& ids, const port_answer<done_well>& done) {
    with_.journal->run(
        [me = shared_from_this(), who, ids, done](storage::writer& db) {
          db.remove_user(who.tenant, who.user);
          for (const auto& id : ids)
            me->with_.followers->gone({who.tenant, storage::entity_kind::conversation, id});
          me->clean_up(done, most_rounds);
        },
        failing(done));
  }

  /// Has the rows that are left overwritten, a round at a time so that appends get their turn, and the log of writes
  /// emptied; then answers. What is erased is so already: where this fails it is tried again later.
  void clean_up(const port_answer<done_well>& done, int rounds) {
    with_.journal->run(
        [me = shared_from_this(), done, rounds](storage::writer& db) {
          if (db.clear_removed() > 0 && rounds > 1)
            me->clean_up(done, rounds - 1);
          else
            done(done_well{});
        },
        [done](const storage::error&) { done(done_well{}); });
  }

  port_services with_;
};

} // namespace

std::shared_ptr<port> make_port(port_services services) {
  return std::make_shared<live_port>(std::move(services));
}

} // namespace troupe::actors::conversation
