#include "net/llm/openai/stream.hpp"

#include <catch2/catch_test_macros.hpp>

#include "heard.hpp"

using namespace troupe;
using namespace troupe::net;
using namespace troupe::net::llm;
using namespace troupe::net::llm::openai;
using http::uptake;
using testing::heard;

namespace {

heard read(const std::vector<std::string>& pieces, const std::optional<http::call_failure>& cut = {}) {
  return testing::read_stream<openai::stream>(pieces, cut);
}

std::string event(std::string_view data) {
  return "data: " + std::string{data} + "\n\n";
}

std::string chunk(std::string_view delta, std::string_view finish_reason = "null") {
  return event(
      R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"small-2","choices":[{"index":0,"delta":)"
      + std::string{delta} + R"(,"logprobs":null,"finish_reason":)" + std::string{finish_reason}
      + R"(}],"usage":null})");
}

std::string text(std::string_view content) {
  return chunk(R"({"content":")" + std::string{content} + "\"}");
}

const std::string opening = chunk(R"({"role":"assistant","content":""})");
const std::string stop = chunk("{}", R"("stop")");
const std::string usage = event(
    R"({"id":"chatcmpl-1","object":"chat.completion.chunk","model":"small-2","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4}}})");
const std::string done = event("[DONE]");
const http::call_failure cut{http::call_fault::unknown_outcome, "the connection was cut"};

} // namespace

TEST_CASE("a streamed reply comes in pieces and is whole in the end") {
  const auto all = read({opening, text("Hi"), text(" there"), stop, usage, done});
  CHECK(all.pieces == std::vector<std::string>{"Hi", " there"});
  CHECK(all.reply().text == "Hi there");
  CHECK(all.reply().finish_reason == "stop");
  CHECK(all.reply().model == "small-2");
  CHECK(all.reply().input_tokens == 5);
  CHECK(all.reply().output_tokens == 7);
  CHECK(all.reply().cached_tokens == 4);
}

TEST_CASE("where a stream's bytes are split makes no difference") {
  const auto bytes = opening + text("Zw\xc3\xb6lf \\ud83d\\ude42") + ": keep-alive\r\n\r\n" + text(" \xf0\x9f\x99\x82")
                     + stop + usage + done;
  for (std::size_t split = 0; split <= bytes.size(); ++split) {
    const auto all = read({bytes.substr(0, split), bytes.substr(split)});
    REQUIRE(all.text() == "Zw\xc3\xb6lf \xf0\x9f\x99\x82 \xf0\x9f\x99\x82");
    REQUIRE(all.reply().text == all.text());
    REQUIRE(all.reply().output_tokens == 7);
  }
}

TEST_CASE("only what a model produces counts as progress") {
  const auto all = read({": keep-alive\n\n", opening, chunk(R"({"reasoning_content":"hm"})"), text("Hi"),
                         event(R"({"object":"ping"})"), stop, done});
  CHECK(all.uptakes
        == std::vector<uptake>{uptake::none, uptake::none, uptake::progress, uptake::progress, uptake::none,
                               uptake::progress, uptake::progress});
}

TEST_CASE("a stream that ends or breaks off behind its finish reason is complete") {
  CHECK(read({text("Hi"), stop}).reply().text == "Hi");
  CHECK(read({text("Hi"), stop}, cut).reply().text == "Hi");
  CHECK(read({text("Hi"), done}).reply().finish_reason.empty());
}

TEST_CASE("what follows a stream's end is dropped") {
  const auto all = read({text("Hi") + stop + done + text(" again"), text("!")});
  CHECK(all.reply().text == "Hi");
  CHECK(all.text() == "Hi");
}

TEST_CASE("a stream that stops half-way fails after its first token") {
  for (const auto& all : {read({opening, text("Hi")}), read({opening, text("Hi")}, cut)}) {
    CHECK(all.text() == "Hi");
    CHECK(all.failure().fault == chat_fault::unavailable);
    CHECK_FALSE(all.failure().before_first_token);
    CHECK_FALSE(all.failure().retriable());
  }
}

TEST_CASE("a stream that breaks before anybody saw a token may be tried again") {
  for (const auto& all : {read({}), read({opening}, cut), read({opening, text("<think>hm, let me")}, cut)}) {
    CHECK(all.pieces.empty());
    CHECK(all.failure().before_first_token);
    CHECK(all.failure().retriable());
  }
}

TEST_CASE("an error in mid-stream ends it at once with what it means") {
  const auto failed = [](std::string_view error) {
    const auto all = read({text("Hi"), event(error), text("never read")});
    CHECK(all.uptakes.back() == uptake::enough);
    CHECK(all.text() == "Hi");
    return all.failure();
  };
  CHECK(failed(R"({"error":{"message":"overloaded","type":"server_error","code":null}})").fault
        == chat_fault::unavailable);
  CHECK(failed(R"({"error":{"message":"slow down","code":"rate_limit_exceeded"}})").fault == chat_fault::rate_limited);
  CHECK(failed(R"({"error":{"message":"slow down","code":429}})").fault == chat_fault::rate_limited);
  CHECK(failed(R"({"error":{"message":"no","type":"insufficient_quota"}})").fault == chat_fault::refused);
  CHECK(failed(R"({"error":{"message":"no","type":"invalid_request_error"}})").fault == chat_fault::refused);
  CHECK(failed(R"({"error":"key sk-secret is bad"})").detail.find("sk-secret") == std::string::npos);
}

TEST_CASE("an event that isn't JSON, or larger than allowed, ends the stream as malformed") {
  for (const auto& bad : {event(R"({"choices":[{"delta":{"content":"x)"), event("[1]"), event("\xff"),
                          "data: " + std::string(2 << 20, 'a')}) {
    const auto all = read({bad, text("never read")});
    CHECK(all.failure().fault == chat_fault::malformed);
    CHECK(all.uptakes.back() == uptake::enough);
  }
}

TEST_CASE("a stream without text is malformed, or refused where the model says so") {
  CHECK(read({opening, stop, done}).failure().fault == chat_fault::malformed);
  CHECK(read({opening, text(" \\n "), stop, done}).failure().fault == chat_fault::malformed);
  CHECK(read({opening, chunk(R"({"refusal":"I won't"})"), stop, done}).failure().fault == chat_fault::refused);
}

TEST_CASE("white space around a streamed text and a thought in front of it aren't shown") {
  const auto shown = [](const std::vector<std::string>& texts) {
    std::vector<std::string> pieces;
    for (const auto& each : texts)
      pieces.push_back(text(each));
    pieces.push_back(done);
    const auto all = read(pieces);
    CHECK(all.text() == all.reply().text);
    return all.reply().text;
  };
  CHECK(shown({"\\n ", " Hi ", "\\n", "there", " ", "\\n"}) == "Hi \nthere");
  CHECK(shown({"<", "thi", "nk>a</t", "hough", "t></thi", "nk>", " \\n", "Hi"}) == "Hi");
  CHECK(shown({"<thi", "ck> line"}) == "<thick> line");
  CHECK(shown({"<thi"}) == "<thi");
  CHECK(shown({"Hi <think>", "x</think>"}) == "Hi <think>x</think>");
}

TEST_CASE("calls of tools come in parts that their number tells apart") {
  const auto part = [](std::string_view json) { return chunk(R"({"tool_calls":[)" + std::string{json} + "]}"); };
  const auto all =
      read({opening, part(R"({"index":0,"id":"call_1","function":{"name":"lookup","arguments":""}})"),
            part(R"({"index":0,"function":{"arguments":"{\"ip\":"}})"),
            part(R"({"index":1,"id":"call_2","function":{"name":"now","arguments":"{}"}})"),
            part(R"({"index":0,"function":{"arguments":"\"::1\"}"}})"), chunk("{}", R"("tool_calls")"), usage, done});
  CHECK(all.pieces.empty());
  CHECK(all.uptakes[1] == uptake::progress);
  CHECK(all.reply().finish_reason == "tool_calls");
  REQUIRE(all.reply().calls.size() == 2);
  CHECK(all.reply().calls[0].arguments == R"({"ip":"::1"})");
  CHECK(all.reply().calls[1].name == "now");
}

TEST_CASE("calls of tools beyond all bounds end the stream as malformed") {
  const auto call = [](std::size_t number, std::string_view arguments) {
    return chunk(R"({"tool_calls":[{"index":)" + std::to_string(number) + R"(,"function":{"name":"x","arguments":")"
                 + std::string{arguments} + R"("}}]})");
  };
  std::vector<std::string> many, long_ones;
  for (std::size_t i = 0; i < 200; ++i) {
    many.push_back(call(i, "{}"));
    long_ones.push_back(call(0, std::string(10'000, ' ')));
  }
  for (const auto& pieces : {many, long_ones}) {
    const auto all = read(pieces);
    CHECK(all.failure().fault == chat_fault::malformed);
    CHECK(all.uptakes.size() < 200);
  }
}

TEST_CASE("a stream may leave out what others send") {
  const auto all = read({event(R"({"choices":[{"delta":{"content":"Hi"}}]})"),
                         event(R"({"choices":null,"usage":null,"error":null})"), done});
  CHECK(all.reply().text == "Hi");
  CHECK(all.reply().model == "asked-for");
  CHECK(all.reply().output_tokens == 0);
}
