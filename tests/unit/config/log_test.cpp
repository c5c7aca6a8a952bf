#include "config/log_line.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <limits>

using namespace std::chrono_literals;
using namespace troupe::config;

namespace {

const log::instant at{1'763'630'445'007ms};

std::string json_line(std::string_view message, log::fields extra = {}) {
  return log::format_line(log_format::json, at, log_level::warn, "note_written", message, extra);
}

std::string text_line(std::string_view message, log::fields extra = {}) {
  return log::format_line(log_format::text, at, log_level::info, "note_written", message, extra);
}

} // namespace

TEST_CASE("a JSON line holds time, level, event, message and fields in this order") {
  CHECK(json_line("A note.", {{"tenant_id", "acme"}, {"n", 3}, {"s", 0.5}, {"ok", true}})
        == R"({"ts":"2025-11-20T09:20:45.007Z","level":"warn","event":"note_written","message":"A note.",)"
           R"("tenant_id":"acme","n":3,"s":0.5,"ok":true})");
}

TEST_CASE("no value can end a line or forge a field") {
  const std::string hostile = "x\"}\n{\"level\":\"error\"\r\x1b[2J\\";
  const auto line = json_line("m", {{"user", hostile}});
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find('\x1b') == std::string::npos);
  const auto parsed = nlohmann::json::parse(line);
  CHECK(parsed["user"] == hostile);
  CHECK(parsed["level"] == "warn");
  const auto text = text_line("m", {{"user", hostile}});
  CHECK(text.find_first_of("\n\r\x1b") == std::string::npos);
  CHECK(text_line("a\nb").find('\n') == std::string::npos);
}

TEST_CASE("line separators of Unicode's control block are escaped") {
  CHECK(json_line("a\xc2\x85z").find("a\\u0085z") != std::string::npos);
  CHECK(text_line("a\xc2\x9bz").find("a\\u009bz") != std::string::npos);
}

TEST_CASE("text that isn't UTF-8 still makes a line that parses") {
  for (const std::string bad : {"\xff", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                                "\xf4\x90\x80\x80", "\xe2\x82"}) {
    const auto parsed = nlohmann::json::parse(json_line("a" + bad + "b"));
    CHECK(parsed["message"].get<std::string>().starts_with("a\xef\xbf\xbd"));
  }
  CHECK(nlohmann::json::parse(json_line("ü€😀"))["message"] == "ü€😀");
}

TEST_CASE("a long text is cut, between characters") {
  std::string text;
  for (int i = 0; i < 3000; ++i)
    text += "€";
  const auto kept = nlohmann::json::parse(json_line(text))["message"].get<std::string>();
  CHECK(kept.size() < 4'200);
  CHECK(kept.ends_with("€…"));
  CHECK(kept.find("\xef\xbf\xbd") == std::string::npos);
}

TEST_CASE("numbers that JSON doesn't know are null") {
  const auto parsed = nlohmann::json::parse(json_line(
      "m", {{"a", std::numeric_limits<double>::infinity()}, {"b", std::numeric_limits<double>::quiet_NaN()}}));
  CHECK(parsed["a"].is_null());
  CHECK(parsed["b"].is_null());
}

TEST_CASE("on a terminal a line reads as text") {
  CHECK(text_line("A note.", {{"tenant_id", "acme"}, {"n", 3}, {"why", "two words"}, {"none", ""}})
        == "2025-11-20T09:20:45.007Z info  note_written: A note. tenant_id=acme n=3 why=\"two words\" none=\"\"");
}

TEST_CASE("what is below the level isn't written") {
  log::configure({log_level::error, log_format::json});
  CHECK_FALSE(log::enabled(log_level::warn));
  CHECK(log::enabled(log_level::error));
  log::configure({log_level::off, log_format::json});
  CHECK_FALSE(log::enabled(log_level::error));
  CHECK_FALSE(log::enabled(log_level::off));
  log::configure({});
  CHECK(log::enabled(log_level::info));
  CHECK_FALSE(log::enabled(log_level::debug));
}
