#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

asset machine(const std::string& name, std::vector<std::string> addresses) {
  return {std::move(addresses), name, "role of " + name, "client", "rack 4"};
}

std::vector<std::string> names_of(const std::vector<asset>& assets) {
  std::vector<std::string> result;
  for (const auto& value : assets)
    result.push_back(value.hostname);
  return result;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(storage_fixture, "a machine is found by any of its addresses, once") {
  const std::vector rows{machine("web", {"10.0.0.2", "10.0.0.1", "2001:db8::1"}), machine("db", {"10.0.0.3"})};
  writer->put_assets("acme", rows);

  const std::vector<std::string> asked{"2001:db8::1", "10.9.9.9", "10.0.0.1"};
  const auto found = reader->find_assets("acme", asked);

  REQUIRE(found.size() == 1);
  CHECK(found[0].hostname == "web");
  CHECK(found[0].role == "role of web");
  CHECK(found[0].client == "client");
  CHECK(found[0].location == "rack 4");
  CHECK(found[0].addresses == std::vector<std::string>{"10.0.0.2", "10.0.0.1", "2001:db8::1"});
}

TEST_CASE_METHOD(storage_fixture, "machines come in the order in which their addresses were asked for") {
  const std::vector rows{machine("web", {"10.0.0.1"}), machine("db", {"10.0.0.3"})};
  writer->put_assets("acme", rows);
  const std::vector<std::string> asked{"10.0.0.3", "10.0.0.1"};
  CHECK(names_of(reader->find_assets("acme", asked)) == names{"db", "web"});
  CHECK(reader->find_assets("acme", {}).empty());
}

TEST_CASE_METHOD(storage_fixture, "an address belongs to the machine that named it last") {
  const std::vector old_rows{machine("old", {"10.0.0.1", "10.0.0.2"}), machine("gone", {"10.0.0.3"})};
  writer->put_assets("acme", old_rows);
  const std::vector new_rows{machine("new", {"10.0.0.1", "10.0.0.3"})};
  writer->put_assets("acme", new_rows);

  const std::vector<std::string> asked{"10.0.0.1", "10.0.0.2", "10.0.0.3"};
  const auto found = reader->find_assets("acme", asked);

  CHECK(names_of(found) == names{"new", "old"});
  CHECK(found[1].addresses == std::vector<std::string>{"10.0.0.2"});
}

TEST_CASE_METHOD(storage_fixture, "the same machine again replaces itself") {
  const std::vector rows{machine("web", {"10.0.0.1", "10.0.0.1"})};
  writer->put_assets("acme", rows);
  writer->put_assets("acme", rows);
  const std::vector<std::string> asked{"10.0.0.1"};
  const auto found = reader->find_assets("acme", asked);
  REQUIRE(found.size() == 1);
  CHECK(found[0].addresses.size() == 1);
}

TEST_CASE_METHOD(storage_fixture, "a machine without an address is refused with its batch") {
  const std::vector rows{machine("web", {"10.0.0.1"}), machine("nowhere", {})};
  CHECK(fault_of_call([&] { writer->put_assets("acme", rows); }) == fault::refused);
  const std::vector<std::string> asked{"10.0.0.1"};
  CHECK(reader->find_assets("acme", asked).empty());
}

TEST_CASE_METHOD(storage_fixture, "machines of an unknown tenant are refused") {
  const std::vector rows{machine("web", {"10.0.0.1"})};
  CHECK(fault_of_call([&] { writer->put_assets("nobody", rows); }) == fault::refused);
}

TEST_CASE_METHOD(storage_fixture, "an import of machines moves the documents' version") {
  const auto before = reader->documents_version("acme");
  const std::vector rows{machine("web", {"10.0.0.1"})};
  writer->put_assets("acme", rows);
  CHECK(reader->documents_version("acme") > before);
}

TEST_CASE_METHOD(storage_fixture, "any text can stand in a machine's row") {
  for (const auto& text : hostile_texts()) {
    const std::vector rows{asset{{text}, text, text, text, text}};
    writer->put_assets("acme", rows);
    const std::vector<std::string> asked{text};
    const auto found = reader->find_assets("acme", asked);
    REQUIRE(found.size() == 1);
    CHECK(found[0].hostname == text);
  }
}

} // namespace troupe::storage::testing
