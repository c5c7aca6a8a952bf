#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "actors/conversation/live/effects.hpp"
#include "actors/conversation/live/live_port.hpp"
#include "actors/conversation/live/observer.hpp"
#include "actors/conversation/schema_check.hpp"
#include "actors/runtime/journal_writer.hpp"
#include "actors/tenancy/tenants.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_store.hpp"

namespace troupe::testing {

using namespace std::chrono_literals;
namespace talk = actors::conversation;

/// A client's screen: what it was told, put together as AG-UI clients do.
class screen final : public talk::subscriber {
public:
  bool take(const talk::published& event) override {
    if (room == 0)
      return false;
    --room;
    // A client that gets something twice, or out of order, is broken.
    if (last && event.at() <= *last && !event.type().ends_with("SNAPSHOT"))
      faults.push_back(event.json());
    last = event.at();
    show(nlohmann::json::parse(event.json()));
    lines.emplace_back(event.type());
    return true;
  }

  void lost(std::string_view reason) override {
    lost_by = reason;
  }

  /// Text of the messages that stand, in order.
  std::vector<std::string> texts() const {
    std::vector<std::string> result;
    for (const auto& id : order)
      result.push_back(messages.at(id));
    return result;
  }

  std::size_t count(std::string_view type) const {
    return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), type));
  }

  std::size_t room = 1'000'000; ///< for so many events
  std::optional<talk::cursor> last;
  std::vector<std::string> lines; ///< types of all events
  std::map<std::string, std::string> messages;
  std::vector<std::string> order;
  std::vector<std::string> customs;
  std::vector<std::string> faults;
  nlohmann::json state;
  std::string lost_by;

private:
  void add(const std::string& id, const std::string& text) {
    if (!messages.contains(id))
      order.push_back(id);
    messages[id] += text;
  }

  void show(const nlohmann::json& e) {
    const auto type = e.at("type").get<std::string>();
    if (type == "MESSAGES_SNAPSHOT") {
      messages.clear();
      order.clear();
      for (const auto& m : e.at("messages"))
        add(m.at("id"), m.at("content"));
    } else if (type == "TEXT_MESSAGE_START") {
      add(e.at("messageId"), "");
    } else if (type == "TEXT_MESSAGE_CONTENT") {
      add(e.at("messageId"), e.at("delta"));
    } else if (type == "STATE_SNAPSHOT") {
      state = e.at("snapshot");
    } else if (type == "STATE_DELTA") {
      state = state.patch(e.at("delta"));
    } else if (type == "CUSTOM") {
      const auto name = e.at("name").get<std::string>();
      customs.push_back(name);
      if (name == "user_message") {
        add(e.at("value").at("messageId"), e.at("value").at("text"));
      } else if (name == "message_restarted") {
        const auto broken = e.at("value").at("messageId").get<std::string>();
        messages.erase(broken);
        std::erase(order, broken);
      }
    }
  }
};

/// Conversations of the tenant `acme` over a store in memory, with a gateway that does what the test says.
struct conversation_fixture : actor_fixture {
  using core = talk::conversation_core;
  using fault_or_id = std::variant<std::string, talk::port_fault>;

  std::shared_ptr<memory_store> store = memory_store::make();
  config::metrics metrics;
  std::shared_ptr<actors::journal_queue> journal = std::make_shared<actors::journal_queue>();
  std::shared_ptr<actors::reader_pool> readers = std::make_shared<actors::reader_pool>();
  std::shared_ptr<actors::timer_queue> timers = std::make_shared<actors::timer_queue>();
  std::shared_ptr<actors::tenant_registry> registry = std::make_shared<actors::tenant_registry>();
  std::shared_ptr<talk::conversation_probe> probe = std::make_shared<talk::conversation_probe>(metrics, true);
  std::shared_ptr<config::agent_store> agents =
      std::make_shared<config::agent_store>(std::filesystem::path{}, std::vector<std::string>{});
  std::shared_ptr<talk::conversation_settings> decisions = std::make_shared<talk::conversation_settings>();
  config::agent_definition chat = *agents->find("chat");
  std::chrono::milliseconds linger = 10min;
  actors::handle_ref<actors::gateway_actor> models;
  actors::handle_ref<talk::second_tries_actor> later;
  std::vector<actors::model_call_ptr> calls;
  std::shared_ptr<talk::courier> orders = std::make_shared<talk::courier>(registry, later);
  std::shared_ptr<talk::hub> followers =
      std::make_shared<talk::hub>(readers, [this](const storage::entity_key& which, auto look, auto lost) {
        orders->inspect(which, std::move(look), std::move(lost));
      });
  std::shared_ptr<actors::conversation_services> conversations = std::make_shared<actors::conversation_services>();
  std::shared_ptr<actors::id_source> ids = std::make_shared<actors::id_source>(*time, *chance);
  std::shared_ptr<talk::port> port;
  actors::tenants_actor tenants;

  conversation_fixture() {
    storage::tenant tenant;
    tenant.id = "acme";
    store->open_writer()->add_tenant(tenant);
    decisions->agent = [this](std::string_view name) {
      return name == "chat" ? std::make_shared<const config::agent_definition>(chat) : agents->find(name);
    };
    decisions->understand = talk::understand;
    decisions->check = talk::value_faults;
    start_process();
  }

  /// Conversations end while what they work with is still there: calls that were never answered fail, and tell them.
  ~conversation_fixture() {
    caf::anon_send_exit(tenants, caf::exit_reason::kill);
    run();
    calls.clear();
    run();
  }

  /// A process of its own: nothing of a former one writes for it.
  void start_process() {
    journal = std::make_shared<actors::journal_queue>();
    spawn(
        {.name = "journal_writer", .detached = true}, actors::journal_writer, journal,
        [db = store] { return db->open_writer(); }, std::shared_ptr<const actors::clock>{time},
        std::make_shared<actors::journal_probe>(metrics));
    spawn({.name = "reader", .detached = true}, actors::reader, readers, [db = store] { return db->open_reader(); });
    spawn({.name = "timers"}, actors::timer_keeper, timers);
    later.set(spawn(talk::second_tries));
    models.set(spawn([this](actors::gateway_actor::pointer) -> actors::gateway_actor::behavior_type {
      return {
          [this](actors::atom::complete, actors::model_call_ptr& call) { calls.push_back(std::move(call)); },
          [](actors::atom::fall_back, actors::chained_call_ptr&) {},
      };
    }));
    make_services();
    auto shared = std::make_shared<actors::tenant_services>();
    shared->connect = [](const storage::tenant&) { return actors::connector_ptr{}; };
    shared->jobs = [](actors::handle_ref<actors::desk_actor>) {
      return std::make_shared<const actors::entity_services<actors::ticket::job_core>>();
    };
    shared->conversations = conversations;
    shared->live_jobs = std::make_shared<std::atomic<std::size_t>>(0);
    shared->time = time;
    shared->chance = chance;
    shared->restarts = std::make_shared<actors::supervisor_probe>(metrics);
    storage::tenant acme;
    acme.id = "acme";
    tenants = spawn(
        actors::tenants, registry, std::shared_ptr<const actors::tenant_services>{shared},
        actors::tenant_table_ptr{std::make_shared<const actors::tenant_table>(1, std::vector<storage::tenant>{acme})});
    port = talk::make_port({orders, followers, readers, journal, ids, time, chance, agents, decisions, probe});
    run();
  }

  void make_services() {
    auto entities = std::make_shared<actors::entity_services<core>>();
    entities->core = decisions;
    entities->time = time;
    entities->chance = chance;
    entities->journal = journal;
    entities->readers = readers;
    entities->timers = timers;
    entities->effects = std::make_shared<talk::conversation_effects>(followers, models);
    entities->observer = std::make_shared<talk::conversation_observer>(followers, probe);
    entities->linger = [this] { return linger; };
    conversations->entities = entities;
    conversations->ended = [this](const storage::entity_key& which, std::string_view for_good) {
      followers->fell_asleep(which, for_good);
    };
  }

  // -- What clients do ----------------------------------------------------------------------------------------------

  fault_or_id find_or_open(const std::string& user, const std::string& agent = "chat", const std::string& slot = {}) {
    std::optional<fault_or_id> result;
    port->find_or_open({"acme", user}, agent, slot, [&](fault_or_id what) { result = std::move(what); });
    run();
    return result.value();
  }

  storage::entity_key open(const std::string& user = "ada", const std::string& agent = "chat") {
    return key(std::get<std::string>(find_or_open(user, agent)));
  }

  static storage::entity_key key(std::string id) {
    return {"acme", storage::entity_kind::conversation, std::move(id)};
  }

  /// Tells, and delivers what comes of it.
  actors::command_result tell(const storage::entity_key& whom, talk::command what) {
    auto result = tell_only(whom, std::move(what));
    run();
    return result->value();
  }

  std::shared_ptr<std::optional<actors::command_result>> tell_only(const storage::entity_key& whom,
                                                                   talk::command what) {
    auto result = std::make_shared<std::optional<actors::command_result>>();
    port->tell(whom, std::move(what), [result](actors::command_result x) { *result = std::move(x); });
    return result;
  }

  actors::command_result say(const storage::entity_key& whom, const std::string& id, const std::string& text) {
    return tell(whom, talk::say{id, text, {}});
  }

  struct client {
    std::shared_ptr<screen> shown = std::make_shared<screen>();
    std::unique_ptr<talk::subscription> line;

    screen* operator->() const {
      return shown.get();
    }
  };

  client follow(const storage::entity_key& which, std::optional<talk::cursor> after = std::nullopt) {
    client result;
    result.line = port->subscribe(which, after, result.shown);
    run();
    return result;
  }

  /// The same client on another connection: it keeps what it has.
  void reconnect(client& who, const storage::entity_key& which) {
    who.line.reset();
    who->lost_by.clear();
    who.line = port->subscribe(which, who->last, who.shown);
    run();
  }

  // -- What the model does ------------------------------------------------------------------------------------------

  /// A token of the reply to the last call.
  void stream(std::string_view text) {
    calls.back()->on_text(text);
  }

  void finish(const std::string& text) {
    end_call({actors::model_reply{text, "stop", "p", "m", 5, 7, 0.001, 20ms}});
  }

  void fail(const std::string& sent = {}) {
    end_call(actors::model_failure{"p: down", sent});
  }

  void end_call(actors::model_outcome outcome) {
    auto call = std::move(calls.back());
    calls.pop_back();
    call->done(std::move(outcome));
    run();
  }

  /// What stands in the journal of what was said.
  std::vector<std::string> stored_texts(const storage::entity_key& which) const {
    talk::conversation_state state;
    for (const auto& past : talk::decode_journal(store->events(which)))
      core::apply(state, past.event, past.at);
    std::vector<std::string> result;
    for (const auto& m : state.messages)
      result.push_back(m.text);
    return result;
  }
};

} // namespace troupe::testing
