#include <catch2/catch_test_macros.hpp>

#include "actors/tenancy/directory_keeper.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/memory_store.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;

namespace {

struct fixture : testing::actor_fixture {
  std::shared_ptr<testing::memory_store> store = testing::memory_store::make();
  std::shared_ptr<reader_pool> readers = std::make_shared<reader_pool>();
  std::shared_ptr<tenant_directory> directory = std::make_shared<tenant_directory>();
  int changes = 0;
  std::optional<storage::fault> met;

  fixture() {
    spawn(reader, readers, std::function<std::unique_ptr<storage::reader>()>{[this] { return store->open_reader(); }});
    spawn(directory_keeper, directory, readers, std::chrono::milliseconds{500},
          std::function<void(tenant_table_ptr)>{[this](tenant_table_ptr) { ++changes; }},
          std::function<void(std::optional<storage::fault>)>{[this](std::optional<storage::fault> f) { met = f; }});
    run();
  }

  void add(const std::string& id) {
    storage::tenant tenant;
    tenant.id = id;
    store->open_writer()->add_tenant(tenant);
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a tenant that another process adds is known within a second") {
  CHECK_FALSE(directory->find("acme"));
  add("acme");
  advance(500ms);
  REQUIRE(directory->find("acme"));
  CHECK(directory->find("acme")->id == "acme");
}

TEST_CASE_METHOD(fixture, "tenants that didn't change aren't read again") {
  add("acme");
  advance(500ms);
  const auto before = changes;
  advance(5s);
  CHECK(changes == before);
}

TEST_CASE_METHOD(fixture, "while storage fails the tenants that are known stay in force") {
  add("acme");
  advance(500ms);
  add("other");
  store->fail_reads(2, storage::fault::corrupt);
  advance(500ms);
  CHECK(met == storage::fault::corrupt);
  CHECK(directory->find("acme"));
  CHECK_FALSE(directory->find("other"));
  advance(1s);
  CHECK(directory->find("other"));
  CHECK_FALSE(met);
}
