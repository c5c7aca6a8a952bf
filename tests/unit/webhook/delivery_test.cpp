#include "net/webhook/delivery.hpp"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using namespace troupe::net;
using namespace troupe::net::webhook;

namespace {

using faults = std::vector<std::pair<std::string, std::string>>;

draft parsed(std::string_view body) {
  auto result = parse(body);
  const auto* fault = std::get_if<http::field_error>(&result);
  INFO((fault ? fault->message : ""));
  REQUIRE(fault == nullptr);
  return std::get<draft>(std::move(result));
}

/// The JSON fault of a body that can't be read.
http::field_error unreadable(std::string_view body) {
  const auto result = parse(body);
  REQUIRE(std::holds_alternative<http::field_error>(result));
  return std::get<http::field_error>(result);
}

std::vector<std::string> pointers(const draft& what) {
  std::vector<std::string> result;
  for (const auto& fault : what.faults)
    result.push_back(fault.pointer);
  return result;
}

/// The message of the one fault that a body has.
std::string only_fault(std::string_view body, std::string_view pointer) {
  const auto what = parsed(body);
  REQUIRE(what.faults.size() == 1);
  CHECK(what.faults[0].pointer == pointer);
  return what.faults[0].message;
}

/// A good body with one member more or another one.
std::string with(std::string_view name, std::string_view value) {
  std::string result = "{";
  for (const auto& [known, text] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{{"tenant_id", R"("acme")"},
                                                                            {"ticket_id", R"("4711")"},
                                                                            {"description", R"("It burns")"},
                                                                            {"priority", R"("high")"}})
    if (known != name)
      result += "\"" + std::string{known} + "\":" + std::string{text} + ",";
  return result + "\"" + std::string{name} + "\":" + std::string{value} + "}";
}

std::string characters(std::size_t count, std::string_view character = "x") {
  std::string result = "\"";
  for (std::size_t i = 0; i < count; ++i)
    result += character;
  return result + "\"";
}

} // namespace

TEST_CASE("a full body becomes a ticket") {
  const auto what =
      parsed(R"({"tenant_id":"acme","ticket_id":"4711","subject":"Printer","description":"It\nburns","priority":"high",
                               "requester":"ann@example.com","timestamp":1700000000})");
  CHECK(what.faults.empty());
  CHECK(what.tenant_id == "acme");
  CHECK(what.ticket.tenant_id == "acme");
  CHECK(what.ticket.ticket_id == "4711");
  CHECK(what.ticket.subject == "Printer");
  CHECK(what.ticket.description == "It\nburns");
  CHECK(what.ticket.priority == priority::high);
  CHECK(what.ticket.requester == "ann@example.com");
  CHECK(what.timestamp == unix_seconds{1'700'000'000s});
}

TEST_CASE("subject, requester and timestamp may be missing") {
  const auto what = parsed(R"({"tenant_id":"acme","ticket_id":"4711","description":"It burns","priority":"low"})");
  CHECK(what.faults.empty());
  CHECK(what.ticket.subject.empty());
  CHECK(what.ticket.requester.empty());
  CHECK_FALSE(what.timestamp);
}

TEST_CASE("priorities are known in any case and by their other names") {
  const auto of = [](std::string_view text) {
    const auto what = parsed(with("priority", "\"" + std::string{text} + "\""));
    CHECK(what.faults.empty());
    return what.ticket.priority;
  };
  CHECK(of("low") == priority::low);
  CHECK(of("Medium") == priority::medium);
  CHECK(of("NORMAL") == priority::medium);
  CHECK(of("hIGH") == priority::high);
  CHECK(of("critical") == priority::critical);
  CHECK(of("Urgent") == priority::critical);
}

TEST_CASE("an unknown priority is told with the known ones") {
  CHECK(only_fault(with("priority", "\"sev1\""), "/priority")
        == "must be one of low, medium, high, critical (normal = medium, urgent = critical), found \"sev1\"");
  CHECK(only_fault(with("priority", "1"), "/priority").ends_with("found number"));
  CHECK(only_fault(with("priority", "\"\""), "/priority").ends_with("found \"\""));
  CHECK(only_fault(with("priority", "null"), "/priority").ends_with("found null"));
  CHECK(only_fault(with("priority", characters(1000)), "/priority").size() < 200);
}

TEST_CASE("what is missing is told, all of it") {
  const auto what = parsed("{}");
  CHECK(pointers(what) == std::vector<std::string>{"/tenant_id", "/ticket_id", "/description", "/priority"});
  for (const auto& fault : what.faults)
    CHECK(fault.message == "is required");
  CHECK(what.tenant_id.empty());
}

TEST_CASE("every fault is told at once") {
  const auto what = parsed(R"({"tenant_id":"acme","ticket_id":7,"subject":"","description":"","priority":"sev1",
                               "requester":{"name":"","phone":"1"},"timestamp":"soon","extra/~":[1,{"a":2}]})");
  CHECK(pointers(what)
        == std::vector<std::string>{"/ticket_id", "/subject", "/description", "/priority", "/requester/name",
                                    "/requester/phone", "/timestamp", "/extra~1~0"});
  CHECK(what.tenant_id == "acme");
}

TEST_CASE("numbers as ids are refused with what was found") {
  CHECK(only_fault(with("ticket_id", "4711"), "/ticket_id") == "must be a string, found number");
  CHECK(only_fault(with("tenant_id", "1"), "/tenant_id") == "must be a string, found number");
  CHECK(only_fault(with("ticket_id", "null"), "/ticket_id") == "must be a string, found null");
  CHECK(only_fault(with("ticket_id", "[\"1\"]"), "/ticket_id") == "must be a string, found array");
  CHECK(only_fault(with("description", "{\"a\":1}"), "/description") == "must be a string, found object");
  CHECK(only_fault(with("subject", "true"), "/subject") == "must be a string, found boolean");
}

TEST_CASE("lengths are counted in characters") {
  const auto fits = [](std::string_view name, std::size_t longest) {
    for (const std::string_view character : {"x", "ü", "😀", "\\n", "\\u00fc"}) {
      if (character == "\\n" && name != "description")
        continue;
      // An escape alone would be white space only.
      auto text = characters(longest - 1, character);
      text.insert(1, "x");
      CHECK(parsed(with(name, text)).faults.empty());
      text.insert(1, "x");
      CHECK(only_fault(with(name, text), "/" + std::string{name})
            == "must have 1 to " + std::to_string(longest) + " characters, found " + std::to_string(longest + 1));
    }
  };
  fits("description", 10'000);
  fits("subject", 250);
  fits("ticket_id", 128);
  fits("tenant_id", 64);
  fits("requester", 320);
}

TEST_CASE("empty and blank texts are refused") {
  for (const auto* name : {"tenant_id", "ticket_id", "description", "subject", "requester"}) {
    CHECK(only_fault(with(name, "\"\""), "/" + std::string{name}).starts_with("must have 1 to"));
    CHECK(only_fault(with(name, "\"  \""), "/" + std::string{name}) == "must hold more than white space");
  }
}

TEST_CASE("control characters are refused, line ends only where a line ends") {
  CHECK(parsed(with("description", R"("a\r\n\tb")")).faults.empty());
  for (const auto* name : {"tenant_id", "ticket_id", "subject", "requester"})
    CHECK(only_fault(with(name, R"("a\nb")"), "/" + std::string{name}) == "must be one line, without tabs");
  for (const auto* name : {"tenant_id", "ticket_id", "description", "subject", "requester"})
    for (const auto* text : {R"("a\u0001b")", R"("a\u001bb")",
                             "\"a\x7f"
                             "b\"",
                             R"("a\bb")"})
      CHECK(only_fault(with(name, text), "/" + std::string{name}) == "must not hold control characters");
  CHECK(only_fault(with("ticket_id", R"("a\u0085b")"), "/ticket_id") == "must not hold control characters");
  CHECK(parsed(with("description", R"("a\u0085b\u00a0")")).faults.empty());
}

TEST_CASE("ids don't begin or end with a space") {
  CHECK(only_fault(with("ticket_id", "\" 1\""), "/ticket_id") == "must not begin or end with a space");
  CHECK(only_fault(with("tenant_id", "\"acme \""), "/tenant_id") == "must not begin or end with a space");
  CHECK(parsed(with("ticket_id", "\"INC 1\"")).faults.empty());
}

TEST_CASE("unknown members are refused with the known ones") {
  const auto message = only_fault(with("prioritaet", "1"), "/prioritaet");
  CHECK(message == "isn't known; known are tenant_id, ticket_id, description, priority, subject, requester, timestamp");
  CHECK(only_fault(with("requester", R"({"name":"Ann","phone":"1"})"), "/requester/phone")
        == "isn't known; known are name, email");
}

TEST_CASE("a requester is a text or has a name and an email") {
  const auto of = [](std::string_view value) {
    const auto what = parsed(with("requester", value));
    CHECK(what.faults.empty());
    return what.ticket.requester;
  };
  CHECK(of(R"("Ann")") == "Ann");
  CHECK(of(R"({"name":"Ann"})") == "Ann");
  CHECK(of(R"({"email":"ann@example.com"})") == "ann@example.com");
  CHECK(of(R"({"email":"ann@example.com","name":"Ann"})") == "Ann <ann@example.com>");
  CHECK(only_fault(with("requester", "{}"), "/requester") == "must have a name or an email");
  CHECK(only_fault(with("requester", "7"), "/requester")
        == "must be a string or an object with name and email, found number");
}

TEST_CASE("timestamps are Unix seconds or RFC 3339") {
  CHECK(parsed(with("timestamp", "1700000000")).timestamp == unix_seconds{1'700'000'000s});
  CHECK(parsed(with("timestamp", "\"2023-11-14T22:13:20Z\"")).timestamp == unix_seconds{1'700'000'000s});
  for (const auto* value : {"\"soon\"", "-1", "1e9", "1700000000000", "\"1700000000\"", "null", "[]", "true"}) {
    const auto what = parsed(with("timestamp", value));
    CHECK(pointers(what) == std::vector<std::string>{"/timestamp"});
    CHECK_FALSE(what.timestamp);
  }
}

TEST_CASE("a body of any JSON type but object is unreadable") {
  for (const auto* body : {"[]", "\"x\"", "1", "null", "true"})
    CHECK(unreadable(body).message.starts_with("must be an object, found"));
}

TEST_CASE("a body that isn't JSON is unreadable") {
  for (const auto* body : {"", " ", "{", "{\"a\":1", "{\"a\":1}}", "{} x", "{'a':1}", "id=acme", "{\"a\":tru}"})
    CHECK(unreadable(body).message.starts_with("isn't valid JSON"));
}

TEST_CASE("faults of JSON inside members point to them") {
  using namespace std::string_view_literals;
  CHECK(unreadable(with("subject", "\"\xff\"")).pointer == "/subject");
  CHECK(unreadable(with("subject", "\"\xff\"")).message.starts_with("isn't valid UTF-8"));
  CHECK(unreadable(with("description", R"("a\u0000b")")).pointer == "/description");
  CHECK(unreadable(with("description", "\"a\0b\""sv)).message.starts_with("holds a NUL character"));
  CHECK(unreadable(R"({"priority":"low","priority":"high"})").pointer == "/priority");
  CHECK(unreadable(R"({"requester":{"name":"a","name":"b"}})").pointer == "/requester/name");
  CHECK(unreadable(R"({"x":{"y":[{"z":1,"z":1}]}})").pointer == "/x/y/0/z");
}

TEST_CASE("a body that is nested 60 deep is unreadable") {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  CHECK(pointers(parsed(nested(32))).size() == 5);
  CHECK(unreadable(nested(33)).message.starts_with("is nested deeper than 32 levels"));
  CHECK(unreadable(nested(60)).message.starts_with("is nested deeper than 32 levels"));
}

TEST_CASE("numbers of any size are no reason to fail") {
  CHECK(pointers(parsed(with("x", "123456789012345678901234567890e99999"))) == std::vector<std::string>{"/x"});
}

TEST_CASE("at most 32 faults are told") {
  std::string body = "{\"m0\":0";
  for (int i = 1; i < 60; ++i)
    body += ",\"m" + std::to_string(i) + "\":0";
  CHECK(parsed(body + "}").faults.size() == 32);
}

TEST_CASE("names of members are shortened in pointers") {
  const auto what = parsed(with(std::string(500, 'a'), "1"));
  REQUIRE(what.faults.size() == 1);
  CHECK(what.faults[0].pointer.size() == 65);
}

TEST_CASE("a delivery stays the same with other white space, order, escapes and timestamp") {
  const auto key = [](std::string_view body) { return delivery_key(parsed(body), {}); };
  const auto first = key(R"({"tenant_id":"acme","ticket_id":"1","description":"ü","priority":"high","timestamp":1})");
  CHECK(key(R"( { "priority" : "high", "description":"\u00fc","ticket_id":"1" , "tenant_id":"acme" } )") == first);
  CHECK(key(R"({"tenant_id":"acme","ticket_id":"1","description":"ü","priority":"high","timestamp":2})") == first);
}

TEST_CASE("a delivery is another one when any field is") {
  const auto key = [](std::string_view name, std::string_view value) {
    return delivery_key(parsed(with(name, value)), {});
  };
  std::vector<std::array<std::uint8_t, 32>> keys{key("tenant_id", "\"acme\""), key("tenant_id", "\"other\""),
                                                 key("ticket_id", "\"2\""),    key("description", "\"It smokes\""),
                                                 key("priority", "\"low\""),   key("subject", "\"a\""),
                                                 key("requester", "\"a\"")};
  std::sort(keys.begin(), keys.end());
  CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
}

TEST_CASE("with a webhook id only tenant and id tell deliveries apart") {
  const auto one = parsed(with("ticket_id", "\"1\""));
  const auto two = parsed(with("ticket_id", "\"2\""));
  const auto other_tenant = parsed(with("tenant_id", "\"other\""));
  CHECK(delivery_key(one, "msg_1") == delivery_key(two, "msg_1"));
  CHECK(delivery_key(one, "msg_1") != delivery_key(one, "msg_2"));
  CHECK(delivery_key(one, "msg_1") != delivery_key(other_tenant, "msg_1"));
  CHECK(delivery_key(one, "msg_1") != delivery_key(one, {}));
}
