#include "net/llm/anthropic/stream.hpp"

#include <catch2/catch_test_macros.hpp>

#include "heard.hpp"

using namespace troupe;
using namespace troupe::net;
using namespace troupe::net::llm;
using http::uptake;
using testing::heard;

namespace {

heard read(const std::vector<std::string>& pieces, const std::optional<http::call_failure>& cut = {}) {
  return testing::read_stream<anthropic::stream>(pieces, cut);
}

std::string event(std::string_view name, std::string_view members = {}) {
  return "event: " + std::string{name} + "\ndata: {\"type\":\"" + std::string{name} + "\"" + std::string{members}
         + "}\n\n";
}

std::string delta(std::string_view members, unsigned index = 0) {
  return event("content_block_delta",
               ",\"index\":" + std::to_string(index) + ",\"delta\":{" + std::string{members} + "}");
}

std::string text(std::string_view content) {
  return delta(R"("type":"text_delta","text":")" + std::string{content} + "\"");
}

std::string block(std::string_view members, unsigned index = 0) {
  return event("content_block_start",
               ",\"index\":" + std::to_string(index) + ",\"content_block\":{" + std::string{members} + "}");
}

std::string end(std::string_view stop_reason, std::string_view usage = R"("output_tokens":7)") {
  return event("message_delta", R"(,"delta":{"stop_reason":")" + std::string{stop_reason}
                                    + R"(","stop_sequence":null},"usage":{)" + std::string{usage} + "}");
}

const std::string opening = event(
    "message_start",
    R"(,"message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x-1","content":[],"stop_reason":null,"usage":{"input_tokens":5,"cache_creation_input_tokens":30,"cache_read_input_tokens":200,"output_tokens":1}})");
const std::string first_block = block(R"("type":"text","text":"")");
const std::string block_end = event("content_block_stop", R"(,"index":0)");
const std::string stop = event("message_stop");
const http::call_failure cut{http::call_fault::unknown_outcome, "the connection was cut"};

} // namespace

TEST_CASE("a streamed message comes in pieces and is whole in the end") {
  const auto all =
      read({opening, first_block, event("ping"), text("Hi"), text(" there"), block_end, end("end_turn"), stop});
  CHECK(all.pieces == std::vector<std::string>{"Hi", " there"});
  CHECK(all.reply().text == "Hi there");
  CHECK(all.reply().finish_reason == "stop");
  CHECK(all.reply().model == "claude-x-1");
  CHECK(all.reply().input_tokens == 235);
  CHECK(all.reply().cached_tokens == 200);
  CHECK(all.reply().cache_write_tokens == 30);
  CHECK(all.reply().output_tokens == 7);
  CHECK(all.uptakes
        == std::vector<uptake>{uptake::none, uptake::none, uptake::none, uptake::progress, uptake::progress,
                               uptake::none, uptake::progress, uptake::progress});
}

TEST_CASE("where a streamed message's bytes are split, and how its lines end, makes no difference") {
  const auto bytes = opening + first_block + text("Zw\xc3\xb6lf \\ud83d\\ude42") + ": keep-alive\n\n" + event("ping")
                     + text(" \xf0\x9f\x99\x82") + block_end + end("end_turn") + stop;
  for (const std::string_view line_end : {"\n", "\r\n", "\r"}) {
    std::string variant;
    for (const auto c : bytes)
      c == '\n' ? variant += line_end : variant += c;
    for (std::size_t split = 0; split <= variant.size(); ++split) {
      const auto all = read({variant.substr(0, split), variant.substr(split)});
      REQUIRE(all.text() == "Zw\xc3\xb6lf \xf0\x9f\x99\x82 \xf0\x9f\x99\x82");
      REQUIRE(all.reply().text == all.text());
      REQUIRE(all.reply().output_tokens == 7);
    }
  }
}

TEST_CASE("events, blocks and deltas of unknown types are dropped") {
  const auto all = read({opening, event("sparkle", R"(,"index":[1],"delta":"x","usage":null)"), "data:\n\n",
                         block(R"("type":"server_tool_use","id":"srv","name":"web","input":{})"),
                         delta(R"("type":"input_json_delta","partial_json":"{\"q\":1}")"), block_end,
                         block(R"("type":"text","text":"")", 1), delta(R"("type":"glitter_delta","glitter":"x")", 1),
                         delta(R"("type":"text_delta","text":"Hi")", 1), end("end_turn"), stop});
  CHECK(all.reply().text == "Hi");
  CHECK(all.reply().calls.empty());
}

TEST_CASE("a thought isn't shown but is a sign of life") {
  const auto all =
      read({opening, block(R"("type":"thinking","thinking":"")"), delta(R"("type":"thinking_delta","thinking":"hm")"),
            delta(R"("type":"signature_delta","signature":"abc")"), block_end, block(R"("type":"text","text":"")", 1),
            delta(R"("type":"text_delta","text":"Hi")", 1), end("end_turn"), stop});
  CHECK(all.text() == "Hi");
  CHECK(all.uptakes[2] == uptake::progress);
  CHECK(all.uptakes[3] == uptake::none);
}

TEST_CASE("the input of tools comes in fragments that belong to their blocks") {
  const auto tool = [](std::string_view id, std::string_view name, unsigned index) {
    return block(R"("type":"tool_use","id":")" + std::string{id} + R"(","name":")" + std::string{name}
                     + R"(","input":{})",
                 index);
  };
  const auto all = read({opening, first_block, text("Let me see."), block_end, tool("toolu_1", "lookup", 1),
                         delta(R"("type":"input_json_delta","partial_json":"")", 1),
                         delta(R"("type":"input_json_delta","partial_json":"{\"ip\":\"10.")", 1),
                         delta(R"("type":"input_json_delta","partial_json":"0.0.7\"}")", 1), tool("toolu_2", "now", 2),
                         end("tool_use"), stop});
  CHECK(all.reply().finish_reason == "tool_calls");
  CHECK(all.reply().text == "Let me see.");
  REQUIRE(all.reply().calls.size() == 2);
  CHECK(all.reply().calls[0].id == "toolu_1");
  CHECK(all.reply().calls[0].name == "lookup");
  CHECK(all.reply().calls[0].arguments == R"({"ip":"10.0.0.7"})");
  CHECK(all.reply().calls[1].name == "now");
  CHECK(all.reply().calls[1].arguments == "{}");
}

TEST_CASE("a tool's input that is cut off isn't a call") {
  const auto all = read({opening, block(R"("type":"tool_use","id":"t","name":"x","input":{})"),
                         delta(R"("type":"input_json_delta","partial_json":"{\"ip\":")"), end("max_tokens"), stop});
  CHECK(all.failure().fault == chat_fault::malformed);
}

TEST_CASE("why a message ended is told in everybody's words") {
  const auto reason = [](std::string_view theirs) {
    return read({opening, text("Hi"), end(theirs), stop}).reply().finish_reason;
  };
  CHECK(reason("stop_sequence") == "stop");
  CHECK(reason("max_tokens") == "length");
  CHECK(reason("model_context_window_exceeded") == "length");
  CHECK(reason("refusal") == "content_filter");
  CHECK(reason("pause_turn") == "pause_turn");
  CHECK(read({opening, end("refusal"), stop}).failure().fault == chat_fault::refused);
  CHECK(read({opening, end("end_turn"), stop}).failure().fault == chat_fault::malformed);
}

TEST_CASE("a message that ends or breaks off behind its stop reason is complete, half-way it isn't") {
  CHECK(read({opening, text("Hi"), end("end_turn")}, cut).reply().text == "Hi");
  for (const auto& all : {read({opening, text("Hi"), block_end}), read({opening, text("Hi")}, cut)}) {
    CHECK(all.failure().fault == chat_fault::unavailable);
    CHECK_FALSE(all.failure().retriable());
  }
  CHECK(read({opening}, cut).failure().retriable());
}

TEST_CASE("an error in the middle of a message ends it at once with what it means") {
  const auto failed = [](std::string_view type) {
    const auto all = read({opening, text("Hi"),
                           event("error", R"(,"error":{"type":")" + std::string{type} + R"(","message":"sk-secret"})"),
                           text("never read")});
    CHECK(all.uptakes.back() == uptake::enough);
    CHECK(all.text() == "Hi");
    CHECK(all.failure().detail.find("sk-secret") == std::string::npos);
    return all.failure();
  };
  CHECK(failed("overloaded_error").fault == chat_fault::unavailable);
  CHECK(failed("overloaded_error").detail == "an error instead of a reply: HTTP 200 (overloaded_error)");
  CHECK(failed("api_error").fault == chat_fault::unavailable);
  CHECK(failed("rate_limit_error").fault == chat_fault::rate_limited);
  CHECK(failed("invalid_request_error").fault == chat_fault::refused);
  CHECK(failed("authentication_error").fault == chat_fault::refused);
}

TEST_CASE("an event that isn't JSON, or larger than allowed, ends the message as malformed") {
  for (const std::string& bad : {std::string{"data: {\"type\":\"content_blo\n\n"}, std::string{"data: [1]\n\n"},
                                 "data: " + std::string(20 << 20, 'a')}) {
    const auto all = read({opening, bad, text("never read")});
    CHECK(all.failure().fault == chat_fault::malformed);
    CHECK(all.uptakes.back() == uptake::enough);
  }
}
