#include "storage/keyring.hpp"

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <set>

namespace troupe::storage {

namespace {

const config::secret first{std::string(32, 'a')};
const config::secret second{std::string(32, 'b')};

std::optional<fault> fault_of(const std::function<void()>& call) {
  try {
    call();
    return std::nullopt;
  } catch (const error& problem) {
    return problem.kind();
  }
}

} // namespace

TEST_CASE("a master key has 32 bytes") {
  for (const std::size_t size : {0, 16, 31, 33})
    CHECK(fault_of([&] { keyring{config::secret{std::string(size, 'x')}, std::nullopt}; }) == fault::wrong_key);
  CHECK(fault_of([&] { keyring{first, config::secret{"short"}}; }) == fault::wrong_key);
}

TEST_CASE("a tenant's key opens for its tenant only") {
  keyring keys{first, std::nullopt};
  const auto key = keys.make_key();
  const auto wrapped = keys.wrap_tenant_key("acme", key);
  CHECK(keys.unwrap_tenant_key("acme", wrapped) == key);
  CHECK(fault_of([&] { keys.unwrap_tenant_key("globex", wrapped); }) == fault::corrupt);
  CHECK(fault_of([&] { keys.unwrap_tenant_key("acme", "nonsense"); }) == fault::corrupt);
}

TEST_CASE("the previous master key still opens") {
  keyring before{first, std::nullopt};
  const auto key = before.make_key();
  const auto wrapped = before.wrap_tenant_key("acme", key);
  const auto check = before.make_check();

  keyring now{second, first};
  CHECK(now.unwrap_tenant_key("acme", wrapped) == key);
  CHECK(now.verify_check(check) == keyring::sealed_by::previous);
  CHECK(now.verify_check(now.make_check()) == keyring::sealed_by::current);

  keyring later{second, std::nullopt};
  CHECK(fault_of([&] { later.unwrap_tenant_key("acme", wrapped); }) == fault::corrupt);
  CHECK(fault_of([&] { later.verify_check(check); }) == fault::wrong_key);
  CHECK(later.unwrap_tenant_key("acme", now.wrap_tenant_key("acme", key)) == key);
}

TEST_CASE("a data key opens with its tenant's key for its journal only") {
  keyring keys{first, std::nullopt};
  const auto tenant = keys.make_key();
  const auto data = keys.make_key();
  const auto owner = associated_data::entity_data_key("acme", entity_kind::ticket_job, "1");
  std::string wrapped;
  keys.wrap_data_key(tenant, owner, data, wrapped);

  CHECK(keys.unwrap_data_key(tenant, owner, wrapped) == data);
  CHECK_FALSE(keys.unwrap_data_key(data, owner, wrapped));
  CHECK_FALSE(
      keys.unwrap_data_key(tenant, associated_data::entity_data_key("acme", entity_kind::ticket_job, "2"), wrapped));
  CHECK_FALSE(
      keys.unwrap_data_key(tenant, associated_data::entity_data_key("acme", entity_kind::conversation, "1"), wrapped));
  std::string no_key;
  keys.aead().seal(tenant, owner.view(), "not a key", no_key);
  CHECK_FALSE(keys.unwrap_data_key(tenant, owner, no_key));
}

TEST_CASE("no two owners have the same associated data") {
  std::set<std::string> seen;
  const auto add = [&](const associated_data& owner) { CHECK(seen.insert(std::string{owner.view()}).second); };
  add(associated_data::check());
  add(associated_data::tenant_key("ab"));
  add(associated_data::tenant_key("a"));
  add(associated_data::field("ab", "c"));
  add(associated_data::field("a", "bc"));
  add(associated_data::field("", "abc"));
  for (const auto kind : {entity_kind::ticket_job, entity_kind::conversation}) {
    add(associated_data::entity_data_key("a", kind, "bc"));
    add(associated_data::entity_data_key("ab", kind, "c"));
    add(associated_data::event("a", kind, "bc").number(1));
    add(associated_data::event("a", kind, "bc").number(2));
    add(associated_data::event("a", kind, "bc").number(1ULL << 40));
    add(associated_data::event("ab", kind, "c").number(1));
  }
}

} // namespace troupe::storage
