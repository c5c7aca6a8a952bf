#include "actors/cli/chat_transcript.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors::cli;
using nlohmann::json;
using manner = chat_transcript::manner;

namespace {

/// A talk that is told events, and what it has printed.
struct fixture {
  explicit fixture(manner how, bool styled = false) : talk{how, styled} {}

  /// @return what is printed of it
  std::string tell(const json& event) {
    const auto out = talk.take(event.dump());
    faults += out.fault;
    return out.text;
  }

  std::string custom(const char* name, json value) {
    return tell({{"type", "CUSTOM"}, {"name", name}, {"value", std::move(value)}});
  }

  std::string start_run(const char* run = "r2") {
    return tell({{"type", "RUN_STARTED"}, {"threadId", "c1"}, {"runId", run}, {"cursor", "3-1-0"}});
  }

  std::string finish_run(const char* run = "r2") {
    return tell({{"type", "RUN_FINISHED"}, {"threadId", "c1"}, {"runId", run}});
  }

  std::string say(const char* id, const char* words, const char* what = "TEXT_MESSAGE_CONTENT") {
    return tell({{"type", what}, {"messageId", id}, {"delta", words}});
  }

  std::string start(const char* id) {
    return tell({{"type", "TEXT_MESSAGE_START"}, {"messageId", id}, {"role", "assistant"}});
  }

  std::string end(const char* id) {
    return tell({{"type", "TEXT_MESSAGE_END"}, {"messageId", id}});
  }

  std::string history() {
    return tell({{"type", "MESSAGES_SNAPSHOT"},
                 {"messages",
                  {{{"id", "m1"}, {"role", "assistant"}, {"content", "Welcome"}},
                   {{"id", "m2"}, {"role", "user"}, {"content", "hello"}}}},
                 {"cursor", "2-15-0"}});
  }

  void ask() {
    talk.say({"mine", "hello"});
    custom("user_message", {{"messageId", "m2"}, {"clientId", "mine"}, {"runId", "r2"}, {"text", "hello"}});
  }

  chat_transcript talk;
  std::string faults;
};

} // namespace

TEST_CASE("a terminal shows a reply's words as they come") {
  fixture on{manner::terminal};
  on.ask();
  on.start_run();
  on.start("m3");
  CHECK(on.say("m3", "Hel") == "Hel");
  CHECK(on.say("m3", "lo") == "lo");
  CHECK(on.end("m3") == "\n\n");
  CHECK(on.talk.is_busy());
  on.finish_run();
  CHECK_FALSE(on.talk.is_busy());
  CHECK_FALSE(on.talk.failed());
}

TEST_CASE("a script gets replies alone, each once it is whole") {
  fixture on{manner::script};
  CHECK(on.history().empty());
  on.ask();
  on.start_run();
  on.start("m3");
  CHECK(on.say("m3", "Hello").empty());
  CHECK(on.end("m3").empty());
  on.start("m4");
  on.say("m4", "Now I lead.");
  on.end("m4");
  CHECK(on.finish_run() == "Hello\nNow I lead.\n");
}

TEST_CASE("of a reply that begins anew a script gets the second alone, and a terminal is told") {
  const auto broken = [](fixture& on) {
    on.ask();
    on.start_run();
    on.start("m3");
    on.say("m3", "Hel");
    on.end("m3");
    const auto told = on.custom("message_restarted", {{"messageId", "m3"}, {"replacedBy", "m4"}});
    on.start("m4");
    on.say("m4", "Hello");
    on.end("m4");
    return told + on.finish_run();
  };
  fixture script{manner::script};
  CHECK(broken(script) == "Hello\n");
  fixture terminal{manner::terminal};
  CHECK(broken(terminal) == "[the reply begins anew]\n");
}

TEST_CASE("earlier messages come first, and again only what wasn't shown") {
  fixture on{manner::terminal};
  CHECK(on.history() == "Welcome\n\n> hello\n");
  CHECK(on.history().empty());
}

TEST_CASE("a script whose connection was lost without a cursor gets the reply that it missed") {
  fixture on{manner::script};
  on.history();
  on.talk.say({"mine", "hello"});
  on.custom("user_message", {{"messageId", "m5"}, {"clientId", "mine"}, {"runId", "r5"}, {"text", "hello"}});
  CHECK(on.tell({{"type", "MESSAGES_SNAPSHOT"},
                 {"messages",
                  {{{"id", "m5"}, {"role", "user"}, {"content", "hello"}},
                   {{"id", "m6"}, {"role", "assistant"}, {"content", "Hi."}}}}})
        == "Hi.\n");
  CHECK_FALSE(on.talk.is_busy());
}

TEST_CASE("a message is unsent until the server has it") {
  fixture on{manner::terminal};
  on.talk.say({"a", "one"});
  on.talk.say({"b", "two"});
  on.custom("user_message", {{"messageId", "m2"}, {"clientId", "b"}, {"runId", "r2"}, {"text", "two"}});
  REQUIRE(on.talk.unsent().size() == 1);
  CHECK(on.talk.unsent().front().text == "one");
  on.custom("user_message_known", {{"clientId", "a"}, {"messageId", "m1"}});
  CHECK(on.talk.unsent().empty());
}

TEST_CASE("what another device says is shown") {
  fixture on{manner::terminal};
  CHECK(on.custom("user_message", {{"messageId", "m2"}, {"clientId", "x"}, {"runId", "r2"}, {"text", "hi"}})
        == "> hi\n");
  fixture styled{manner::terminal, true};
  CHECK(styled.custom("user_message", {{"messageId", "m2"}, {"clientId", "x"}, {"text", "hi"}})
        == "\x1b[2m> hi\x1b[0m\n");
}

TEST_CASE("a message that isn't taken is told and isn't sent again") {
  fixture on{manner::script};
  on.talk.say({"a", "one"});
  on.custom("frame_rejected", {{"code", "busy"}, {"message", "one at a time"}, {"clientId", "a"}});
  CHECK(on.talk.unsent().empty());
  CHECK(on.talk.failed());
  CHECK(on.faults == "not taken: one at a time\n");
}

TEST_CASE("a message that came too soon is kept, to be sent again after the pause that the server wants") {
  chat_transcript talk{manner::script, false};
  talk.say({"a", "one"});
  const auto out = talk.take(
      R"({"type":"CUSTOM","name":"frame_rejected","value":{"code":"rate_limited","message":"x","clientId":"a","retryAfter":7}})");
  CHECK(out.pause == std::chrono::seconds{7});
  CHECK(talk.unsent().size() == 1);
  CHECK_FALSE(talk.failed());
}

TEST_CASE("a run that fails tells why, whether or not it had begun") {
  fixture on{manner::script};
  on.ask();
  on.start_run();
  on.tell({{"type", "RUN_ERROR"}, {"message", "No model answers."}, {"code", "budget"}});
  CHECK(on.faults == "No model answers.\n");
  CHECK(on.talk.failed());
  CHECK_FALSE(on.talk.is_busy());
  on.ask();
  on.tell({{"type", "RUN_ERROR"}, {"message", "The agent is gone."}, {"code", "agent_missing"}});
  CHECK_FALSE(on.talk.is_busy());
}

TEST_CASE("why a run fails is told once, though the agent says it too") {
  const auto fail = [](fixture& on) {
    on.ask();
    on.start_run();
    on.start("m3");
    auto text = on.say("m3", "No model answers.");
    text += on.end("m3");
    text += on.tell({{"type", "RUN_ERROR"}, {"message", "No model answers."}, {"code", "budget"}});
    return text;
  };
  fixture script{manner::script};
  CHECK(fail(script).empty());
  CHECK(script.faults == "No model answers.\n");
  fixture terminal{manner::terminal};
  CHECK(fail(terminal) == "No model answers.\n\n");
  CHECK(terminal.faults.empty());
}

TEST_CASE("the profile is shown with steps, values and how sure they are") {
  fixture on{manner::terminal};
  CHECK(on.talk.profile() == "This agent keeps no profile.\n");
  on.tell({{"type", "STATE_SNAPSHOT"},
           {"snapshot",
            {{"step", "body_facts"},
             {"current_step", 2},
             {"completed", false},
             {"profile", {{"about", {{"name", "Ann"}}}, {"body_facts", json::object()}}},
             {"details", {{"about", {{"name", {{"confidence", 1}}}}}, {"body_facts", json::object()}}}}}});
  CHECK(on.tell({{"type", "STATE_DELTA"},
                 {"delta",
                  {{{"op", "add"}, {"path", "/profile/body_facts/resting_pulse"}, {"value", 61}},
                   {{"op", "add"}, {"path", "/details/body_facts/resting_pulse"}, {"value", {{"confidence", 0.874}}}},
                   {{"op", "add"}, {"path", "/profile/about/injuries"}, {"value", nullptr}}}}})
        == "[noted: resting pulse 61, injuries rather not say]\n");
  CHECK(on.talk.profile()
        == "Step 2: body facts\nabout\n  injuries: rather not say\n  name: Ann (100 %)\nbody facts\n"
           "  resting pulse: 61 (87 %)\n");
}

TEST_CASE("nothing that a model says steers the terminal") {
  fixture on{manner::terminal};
  on.start_run();
  on.start("m3");
  CHECK(on.say("m3", "\x1b[2J\x07") == "?[2J?");
  CHECK(on.custom("user_message", {{"messageId", "m9"}, {"clientId", "x"}, {"text", "\x1b]0;x\x07"}}) == "> ?]0;x?\n");
}

TEST_CASE("as JSON each event is printed as it came") {
  chat_transcript talk{manner::json, false};
  const std::string event = R"({"type":"STATE_SNAPSHOT",  "snapshot":{"step":"a"}})";
  CHECK(talk.take(event).text == event + '\n');
  CHECK(talk.state() == json{{"step", "a"}});
}

TEST_CASE("what isn't an event is skipped") {
  fixture on{manner::terminal};
  for (const auto* text :
       {"", "x", "[]", "3", "{}", R"({"type":7})", R"({"type":"CUSTOM"})", R"({"type":"STATE_DELTA"})",
        R"({"type":"STATE_DELTA","delta":[{"op":"add","path":"/a/b","value":1}]})",
        R"({"type":"TEXT_MESSAGE_CONTENT","messageId":"m9","delta":"x"})"})
    CHECK(on.talk.take(text).text.empty());
  CHECK(on.faults.empty());
}
