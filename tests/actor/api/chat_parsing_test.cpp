#include <catch2/catch_test_macros.hpp>

#include "actors/api/chat/client_frame.hpp"
#include "actors/api/chat/message_request.hpp"
#include "actors/api/chat/transcript_request.hpp"

using namespace troupe::actors::api::chat;
using troupe::actors::conversation::speaker;

namespace {

std::string code_of(std::string_view frame) {
  const auto parsed = parse_frame(frame, 20);
  const auto* fault = std::get_if<frame_fault>(&parsed);
  return fault ? fault->code : "";
}

std::vector<std::string> pointers(const message_parse& parsed) {
  std::vector<std::string> out;
  if (const auto* faults = std::get_if<std::vector<troupe::net::http::field_error>>(&parsed))
    for (const auto& fault : *faults)
      out.push_back(fault.pointer);
  return out;
}

using places = std::vector<std::string>;

} // namespace

TEST_CASE("each kind of a client's frame is read, whatever else stands in it") {
  const auto said = parse_frame(R"({"id":"1","x":[{}],"type":"user_message","text":" hi "})", 20);
  CHECK(std::get<message_frame>(said).id == "1");
  CHECK(std::get<message_frame>(said).text == " hi ");
  CHECK(std::holds_alternative<interrupt_frame>(parse_frame(R"({"type":"interrupt"})", 20)));
  CHECK(std::get<auth_frame>(parse_frame(R"({"type":"auth","token":"a.b.c"})", 20)).token == "a.b.c");
  CHECK(std::get<approval_frame>(parse_frame(R"({"type":"approval","id":"7","decision":"deny"})", 20)).id == "7");
}

TEST_CASE("a frame that is none says what is wrong with it") {
  CHECK(code_of("hello") == "invalid_json");
  CHECK(code_of("") == "invalid_json");
  CHECK(code_of("[]") == "invalid_json");
  CHECK(code_of(R"({"type":"interrupt"}{})") == "invalid_json");
  CHECK(code_of("{}") == "invalid_frame");
  CHECK(code_of(R"({"type":1})") == "invalid_frame");
  CHECK(code_of(R"({"type":"sing"})") == "unknown_type");
  CHECK(code_of(R"({"type":"user_message","text":"hi"})") == "invalid_frame");
  CHECK(code_of(R"({"type":"user_message","id":7,"text":"hi"})") == "invalid_frame");
  CHECK(code_of(R"({"type":"user_message","id":")" + std::string(201, 'x') + R"(","text":"hi"})") == "invalid_frame");
  CHECK(code_of(R"({"type":"user_message","id":"1"})") == "invalid_frame");
  CHECK(code_of(R"({"type":"user_message","id":"1","text":" \n"})") == "empty_message");
  CHECK(code_of(R"({"type":"user_message","id":"1","text":"\u00a0\u200b"})") == "empty_message");
  CHECK(code_of(R"({"type":"user_message","id":"1","text":"123456789012345678901"})") == "message_too_long");
  CHECK(code_of(R"({"type":"approval","id":"7","decision":"perhaps"})") == "invalid_frame");
  CHECK(code_of(R"({"type":"approval","decision":"deny"})") == "invalid_frame");
}

TEST_CASE("the faults of a message's body are told together") {
  CHECK(pointers(parse_message(R"({"message":"hi","id":"a","conversation":null})", 20)).empty());
  CHECK(pointers(parse_message(R"({})", 20)) == places{"/message"});
  CHECK(pointers(parse_message(R"({"message":" ","id":5})", 20)) == places{"/id", "/message"});
  CHECK(pointers(parse_message(R"({"message":"\u3000\ufeff"})", 20)) == places{"/message"});
  CHECK(pointers(parse_message("{", 20)) == places{""});
}

TEST_CASE("an onboarding message has a step that there is") {
  CHECK(pointers(parse_onboarding(R"({"message":"hi","step":9})", 20, 9)).empty());
  for (const auto* step : {"0", "10", "-1", "1.5", "\"1\"", "null", "99999999999999999999"})
    CHECK(pointers(parse_onboarding(std::string{R"({"message":"hi","step":)"} + step + "}", 20, 9)) == places{"/step"});
  CHECK(pointers(parse_onboarding(R"({"message":""})", 20, 9)) == places{"/message", "/step"});
}

TEST_CASE("the last message of a run's input is the user's new one") {
  const auto parsed = parse_run_input(
      R"({"threadId":"t","runId":"r","state":{},"tools":[],"context":[],"messages":[{"id":"1","role":"assistant"},
          {"id":"2","role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]})",
      20);
  const auto& said = std::get<message_request>(parsed);
  CHECK(said.text == "a\nb");
  CHECK(said.id == "2");
  CHECK(said.thread == "t");
  CHECK(said.run == "r");
  CHECK(pointers(parse_run_input(R"({"messages":[{"role":"assistant","content":"hi"}]})", 20))
        == places{"/threadId", "/runId", "/messages"});
  CHECK(pointers(parse_run_input(R"({"threadId":"t","runId":"r","messages":[{"role":"user"}]})", 20))
        == places{"/messages/0/content"});
}

TEST_CASE("a member of a completion request that has another type than it must is named") {
  const auto wrong = [](const std::string& members) {
    const auto parsed =
        parse_completion_request(R"({"model":"chat","messages":[{"role":"user","content":"hi"}],)" + members + "}");
    const auto* fault = std::get_if<troupe::net::http::field_error>(&parsed);
    return fault ? fault->pointer + ": " + fault->message : "";
  };
  CHECK(wrong(R"("n":"2")") == "/n: must be 1: a talk has one answer");
  CHECK(wrong(R"("n":1.5)") == "/n: must be 1: a talk has one answer");
  CHECK(wrong(R"("temperature":"hot")") == "/temperature: must be a number from 0 to 2; found a string");
  CHECK(wrong(R"("temperature":[])") == "/temperature: must be a number from 0 to 2; found an array");
  CHECK(wrong(R"("max_tokens":"5")") == "/max_tokens: must be a whole number from 1 to 1000000");
  CHECK(wrong(R"("max_completion_tokens":5,"max_tokens":{})")
        == "/max_tokens: must be a whole number from 1 to 1000000");
  CHECK(wrong(R"("stream":"yes")") == "/stream: must be true or false; found a string");
  CHECK(wrong(R"("stream_options":true)") == "/stream_options: must be an object; found a boolean");
  CHECK(wrong(R"("stream_options":{"include_usage":1})")
        == "/stream_options/include_usage: must be true or false; found a number");
  CHECK(wrong(R"("n":null,"temperature":null,"max_tokens":null,"stream":null,"stream_options":null)").empty());
}

TEST_CASE("what a completion request must hold is named when it has another type") {
  const auto pointer = [](const std::string& body) {
    return std::get<troupe::net::http::field_error>(parse_completion_request(body)).pointer;
  };
  CHECK(pointer(R"({"model":7,"messages":[{"role":"user","content":"hi"}]})") == "/model");
  CHECK(pointer(R"({"model":"chat","messages":"hi"})") == "/messages");
  CHECK(pointer(R"({"model":"chat","messages":["hi"]})") == "/messages/0");
  CHECK(pointer(R"({"model":"chat","messages":[{"role":7,"content":"hi"}]})") == "/messages/0/role");
  CHECK(pointer(R"({"model":"chat","messages":[{"role":"user","content":7}]})") == "/messages/0/content");
  CHECK(pointer(R"({"model":"chat","messages":[{"role":"user","content":[{"type":"text","text":7}]}]})")
        == "/messages/0/content/0/text");
}

TEST_CASE("what follows a body's JSON is a fault of it, whatever else is wrong") {
  for (const auto* body : {R"({"a":1}x)", R"({"n":2}x)"}) {
    const auto fault = std::get<troupe::net::http::field_error>(parse_completion_request(body));
    CHECK(fault.pointer.empty());
    CHECK(fault.message.find("end") != std::string::npos);
  }
  CHECK(std::get<troupe::net::http::field_error>(parse_profile_request(R"({"a":1}x)")).pointer.empty());
}

TEST_CASE("a completion request keeps what is said and leaves the rest") {
  const auto parsed = parse_completion_request(
      R"({"model":"chat","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":5,"max_tokens":7,
          "messages":[{"role":"system","content":"a"},{"role":"developer","content":"b"},
          {"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","content":"x"},
          {"role":"user","content":"hi"}]})");
  const auto& wanted = std::get<completion_request>(parsed);
  CHECK(wanted.system == "a\n\nb");
  REQUIRE(wanted.lines.size() == 1);
  CHECK(wanted.lines[0].by == speaker::user);
  CHECK(wanted.max_tokens == 5);
  CHECK(wanted.stream);
  CHECK(wanted.include_usage);
}
