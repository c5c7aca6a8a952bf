#include "config/values.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using namespace troupe::config;

TEST_CASE("durations are read in each unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("30s") == 30s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("24h") == 24h);
  CHECK(parse_duration("7d") == 168h);
  CHECK(parse_duration("10 s") == 10s);
  CHECK(parse_duration("0s") == 0s);
}

TEST_CASE("a duration without unit, with a sign, a fraction or too many digits is refused") {
  for (const auto* text : {"", "30", "s", "-1s", "+1s", "1.5s", "1S", "1m30s", " 1s", "1s ", "0x1s",
                           "99999999999999999999s", "9223372036854775807d"})
    CHECK_FALSE(parse_duration(text));
}

TEST_CASE("sizes are read in each unit") {
  CHECK(parse_size("512B") == 512);
  CHECK(parse_size("64KiB") == 65'536);
  CHECK(parse_size("1MiB") == 1'048'576);
  CHECK(parse_size("2GiB") == 2'147'483'648);
}

TEST_CASE("a size without unit or with a decimal one is refused") {
  for (const auto* text : {"", "64", "1MB", "1kb", "-1B", "1.5MiB", "18446744073709551615GiB"})
    CHECK_FALSE(parse_size(text));
}

TEST_CASE("durations and sizes are shown as they are written") {
  for (const auto* text : {"1ms", "1500ms", "30s", "90s", "5m", "25h", "7d"})
    CHECK(format_duration(*parse_duration(text)) == text);
  CHECK(format_duration(0ms) == "0s");
  CHECK(format_duration(60s) == "1m");
  for (const auto* text : {"1B", "1025B", "64KiB", "1MiB"})
    CHECK(format_size(*parse_size(text)) == text);
}

TEST_CASE("numbers are taken whole or not at all") {
  CHECK(parse_integer("42") == 42);
  CHECK(parse_number("0.5") == 0.5);
  for (const auto* text : {"", " 1", "1 ", "1x", "0x1", "--1"}) {
    CHECK_FALSE(parse_integer(text));
    CHECK_FALSE(parse_number(text));
  }
  for (const auto* text : {"nan", "inf", "-inf", "1e999"})
    CHECK_FALSE(parse_number(text));
  CHECK_FALSE(parse_integer("18446744073709551616"));
  CHECK_FALSE(parse_integer("-1"));
}

TEST_CASE("truth has the words of YAML") {
  CHECK(parse_boolean("true") == true);
  CHECK(parse_boolean("Yes") == true);
  CHECK(parse_boolean("off") == false);
  CHECK_FALSE(parse_boolean("1"));
  CHECK_FALSE(parse_boolean(""));
}

TEST_CASE("an http URL has a host and neither login nor query") {
  for (const auto* url : {"http://a", "https://a.b:8443/base/v1", "http://127.0.0.1:1/", "https://[::1]:8080/x"})
    CHECK(is_http_url(url));
  for (const auto* url :
       {"", "a", "ftp://a", "http://", "http:///x", "http://:80", "http://a:0", "http://a:65536", "http://a:b",
        "http://u:p@a", "http://a?x=1", "http://a#x", "http://a b", "http://a\r\nX: y", "http://x[::1]"})
    CHECK_FALSE(is_http_url(url));
}

TEST_CASE("the nearest word is found, and a far one isn't proposed") {
  const std::vector<std::string_view> words{"server.port", "server.bind", "log.level"};
  CHECK(nearest("server.prt", words) == "server.port");
  CHECK(nearest("log.levle", words) == "log.level");
  CHECK(nearest("something.else.entirely", words).empty());
  CHECK(nearest("server.p", words, 2).empty());
  CHECK(suggestion("server.prt", words) == "; did you mean \"server.port\"?");
  CHECK(suggestion("zzz", words).empty());
}

TEST_CASE("quotes make control characters harmless and long texts short") {
  CHECK(in_quotes("a\"b\\c\nd") == "\"a\\\"b\\\\c\\x0ad\"");
  CHECK(in_quotes(std::string(100, 'x')) == '"' + std::string(80, 'x') + "…\"");
}

TEST_CASE("a login in a URL isn't shown") {
  CHECK(in_quotes_without_login("postgresql://u:p@ss@h/db") == "\"postgresql://…@h/db\"");
  CHECK(in_quotes_without_login("a@b") == "\"a@b\"");
}

TEST_CASE("random text has two digits a byte and isn't the same twice") {
  const auto a = random_hex(16);
  CHECK(a.size() == 32);
  CHECK(a.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(a != random_hex(16));
}
