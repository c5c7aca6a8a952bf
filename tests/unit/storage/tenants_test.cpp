#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

TEST_CASE_METHOD(storage_fixture, "a tenant comes back as it was stored") {
  tenant value;
  value.id = "a-1_b";
  value.name = "A & B";
  value.desk_kind = "servicedesk_plus";
  value.desk_url = "https://desk.example";
  value.desk_key = config::secret{"key"};
  value.desk_ca = "-----BEGIN CERTIFICATE-----";
  value.desk_options = R"({"cloud":true})";
  value.signing_secrets = {config::secret{"new"}, config::secret{"old"}};
  value.webhooks_per_minute = 0;
  value.paused = true;
  value.created_at = at(5);
  value.updated_at = at(6);
  writer->add_tenant(value);
  restart();

  const auto found = reader->find_tenant("a-1_b");

  REQUIRE(found);
  CHECK(found->id == value.id);
  CHECK(found->name == value.name);
  CHECK(found->desk_kind == value.desk_kind);
  CHECK(found->desk_url == value.desk_url);
  CHECK(found->desk_key == value.desk_key);
  CHECK(found->desk_ca == value.desk_ca);
  CHECK(found->desk_options == value.desk_options);
  CHECK(found->signing_secrets == value.signing_secrets);
  CHECK(found->webhooks_per_minute == 0);
  CHECK(found->paused);
  CHECK(found->created_at == at(5));
  CHECK(found->updated_at == at(6));
}

TEST_CASE_METHOD(storage_fixture, "an unknown tenant isn't found") {
  CHECK_FALSE(reader->find_tenant("nobody"));
  CHECK_FALSE(reader->find_tenant(""));
}

TEST_CASE_METHOD(storage_fixture, "tenants are listed by id") {
  writer->add_tenant(make_tenant("bravo"));
  CHECK(ids_of(reader->list_tenants()) == ids{"acme", "bravo", "globex"});
}

TEST_CASE_METHOD(storage_fixture, "a tenant is changed as a whole but for its creation") {
  auto value = make_tenant("acme");
  value.name = "Renamed";
  value.signing_secrets = {config::secret{"two"}, config::secret{"one"}};
  value.desk_key = config::secret{};
  value.webhooks_per_minute = 7;
  value.created_at = at(999);
  value.updated_at = at(1'000);
  change(value);

  const auto found = reader->find_tenant("acme");
  CHECK(found->name == "Renamed");
  CHECK(found->signing_secrets == value.signing_secrets);
  CHECK(found->desk_key.empty());
  CHECK(found->webhooks_per_minute == 7);
  CHECK(found->created_at == at(0));
  CHECK(found->updated_at == at(1'000));
  CHECK(reader->find_tenant("globex")->name == "globex Ltd");
}

TEST_CASE_METHOD(storage_fixture, "a tenant may have no signing secret") {
  auto value = make_tenant("acme");
  value.signing_secrets.clear();
  change(value);
  CHECK(reader->find_tenant("acme")->signing_secrets.empty());
}

TEST_CASE_METHOD(storage_fixture, "every change of a tenant moves the version, nothing else does") {
  const auto before = reader->tenants_version();
  put(accepted(job_of("acme", "a")));
  CHECK(reader->tenants_version() == before);
  writer->add_tenant(make_tenant("bravo"));
  const auto added = reader->tenants_version();
  CHECK(added > before);
  change(make_tenant("bravo"));
  CHECK(reader->tenants_version() > added);
}

TEST_CASE_METHOD(storage_fixture, "a second tenant of one id is refused and changes nothing") {
  auto second = make_tenant("acme");
  second.name = "impostor";
  const auto before = reader->tenants_version();

  CHECK(fault_of_call([&] { writer->add_tenant(second); }) == fault::refused);

  CHECK(reader->find_tenant("acme")->name == "acme Ltd");
  CHECK(reader->tenants_version() == before);
}

TEST_CASE_METHOD(storage_fixture, "an unknown tenant can't be changed") {
  CHECK(fault_of_call([&] { writer->update_tenant(make_tenant("nobody"), at(0)); }) == fault::refused);
  CHECK_FALSE(reader->find_tenant("nobody"));
}

TEST_CASE_METHOD(storage_fixture, "who changes a tenant on what somebody else has changed meanwhile is told so") {
  auto mine = *reader->find_tenant("acme");
  auto theirs = mine;
  theirs.paused = true;
  mine.name = "Mine";
  CHECK(writer->update_tenant(theirs, theirs.updated_at));
  const auto version = reader->tenants_version();

  CHECK_FALSE(writer->update_tenant(mine, mine.updated_at));
  CHECK(reader->find_tenant("acme")->name == "acme Ltd");
  CHECK(reader->find_tenant("acme")->paused);
  CHECK(reader->tenants_version() == version);

  // Both have happened within one millisecond, and the clock may have been put back.
  mine = *reader->find_tenant("acme");
  mine.name = "Mine";
  mine.updated_at = at(-5'000);
  CHECK(writer->update_tenant(mine, theirs.updated_at + std::chrono::milliseconds{1}));
  CHECK(reader->find_tenant("acme")->name == "Mine");
  CHECK(reader->find_tenant("acme")->updated_at == at(2));
}

TEST_CASE_METHOD(storage_fixture, "ids that aren't names are refused") {
  for (const std::string id : {"", "-a", "_a", "A", "a b", "a'b", "ä", "a.b", "a/b"})
    CHECK(fault_of_call([&] { writer->add_tenant(make_tenant(id)); }) == fault::refused);
  CHECK(fault_of_call([&] { writer->add_tenant(make_tenant(std::string(65, 'a'))); }) == fault::refused);
  CHECK_FALSE(fault_of_call([&] { writer->add_tenant(make_tenant(std::string(64, 'a'))); }));
}

TEST_CASE_METHOD(storage_fixture, "three signing secrets are refused") {
  auto value = make_tenant("bravo");
  value.signing_secrets.assign(3, config::secret{"x"});
  CHECK(fault_of_call([&] { writer->add_tenant(value); }) == fault::refused);
  value.id = "acme";
  CHECK(fault_of_call([&] { change(value); }) == fault::refused);
}

TEST_CASE_METHOD(storage_fixture, "any text can stand in a tenant's settings") {
  for (const auto& text : hostile_texts()) {
    auto value = make_tenant("acme");
    value.name = value.desk_url = value.desk_ca = value.desk_options = text;
    value.desk_key = config::secret{text};
    value.signing_secrets = {config::secret{text}};
    change(value);
    const auto found = reader->find_tenant("acme");
    CHECK(found->name == text);
    CHECK(found->desk_options == text);
    CHECK(found->desk_key.reveal() == text);
    CHECK(found->signing_secrets.at(0).reveal() == text);
    CHECK_FALSE(reader->find_tenant(text));
  }
}

} // namespace troupe::storage::testing
