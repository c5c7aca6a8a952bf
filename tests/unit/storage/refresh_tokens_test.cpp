#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

namespace troupe::storage::testing {

namespace {

constexpr std::chrono::seconds grace{10};

token_hash hash_of(char name) {
  token_hash result;
  result.fill(static_cast<std::uint8_t>(name));
  return result;
}

refresh_token token(char name, const std::string& family = "login", const std::string& user = "mia") {
  return {hash_of(name), family, "acme", user, "user", at(1'000'000)};
}

class tokens_fixture : public storage_fixture {
public:
  token_rotation rotate(char presented, char successor, std::int64_t now) {
    return writer->rotate_refresh_token(hash_of(presented), hash_of(successor), at(now + 1'000'000), at(now), grace);
  }
};

} // namespace

TEST_CASE_METHOD(tokens_fixture, "a refresh token is used once, and its successor is of the same login") {
  writer->put_refresh_token(token('a'));

  const auto first = rotate('a', 'b', 5'000);
  CHECK(first.outcome == token_outcome::rotated);
  CHECK(first.token.hash == hash_of('b'));
  CHECK(first.token.family == "login");
  CHECK(first.token.tenant == "acme");
  CHECK(first.token.user == "mia");
  CHECK(first.token.role == "user");
  CHECK(first.token.expires_at == at(1'005'000));

  restart();
  CHECK(rotate('b', 'c', 500'000).outcome == token_outcome::rotated);
}

TEST_CASE_METHOD(tokens_fixture, "who lost the answer gets the same successor for a while") {
  writer->put_refresh_token(token('a'));
  rotate('a', 'b', 5'000);

  const auto again = rotate('a', 'x', 14'999);
  CHECK(again.outcome == token_outcome::grace);
  CHECK(again.token.hash == hash_of('b'));
  CHECK(again.token.user == "mia");
  CHECK(rotate('x', 'y', 15'000).outcome == token_outcome::unknown);
  CHECK(rotate('b', 'c', 20'000).outcome == token_outcome::rotated);
}

TEST_CASE_METHOD(tokens_fixture, "a used token that comes after its grace takes the whole login with it") {
  writer->put_refresh_token(token('a'));
  writer->put_refresh_token(token('o', "other login"));
  rotate('a', 'b', 5'000);

  const auto stolen = rotate('a', 'x', 15'000);
  CHECK(stolen.outcome == token_outcome::reused);
  CHECK(stolen.token.user == "mia");
  CHECK(stolen.token.family == "login");

  for (const char name : {'a', 'b', 'x'})
    CHECK(rotate(name, 'z', 15'001).outcome == token_outcome::unknown);
  CHECK(rotate('o', 'p', 15'001).outcome == token_outcome::rotated);
}

TEST_CASE_METHOD(tokens_fixture, "a used token whose successor was used isn't spared by its grace") {
  writer->put_refresh_token(token('a'));
  rotate('a', 'b', 5'000);
  rotate('b', 'c', 5'001);
  CHECK(rotate('a', 'x', 5'002).outcome == token_outcome::reused);
  CHECK(rotate('c', 'd', 5'003).outcome == token_outcome::unknown);
}

TEST_CASE_METHOD(tokens_fixture, "families of one name at two tenants are different families") {
  auto elsewhere = token('g');
  elsewhere.tenant = "globex";
  writer->put_refresh_token(elsewhere);
  writer->put_refresh_token(token('a'));
  rotate('a', 'b', 0);
  CHECK(rotate('a', 'x', 60'000).outcome == token_outcome::reused);
  CHECK(rotate('g', 'h', 60'000).token.tenant == "globex");
}

TEST_CASE_METHOD(tokens_fixture, "an expired token is told apart until it is forgotten") {
  writer->put_refresh_token(token('a'));
  auto later = token('b', "second login");
  later.expires_at = at(2'000'000);
  writer->put_refresh_token(later);

  CHECK(rotate('a', 'x', 999'999).outcome == token_outcome::rotated);
  CHECK(rotate('a', 'y', 1'000'000).outcome == token_outcome::expired);
  CHECK(rotate('n', 'y', 0).outcome == token_outcome::unknown);

  CHECK(writer->expire(at(1'000'000), std::chrono::hours{1'000}) == 1);
  CHECK(rotate('a', 'y', 1'000'000).outcome == token_outcome::unknown);
  CHECK(rotate('b', 'c', 1'000'000).outcome == token_outcome::rotated);
}

TEST_CASE_METHOD(tokens_fixture, "a second token of one hash and one of no tenant are refused") {
  writer->put_refresh_token(token('a'));
  CHECK(fault_of_call([&] { writer->put_refresh_token(token('a', "again")); }) == fault::refused);
  writer->put_refresh_token(token('b'));
  CHECK(fault_of_call([&] { rotate('a', 'b', 0); }) == fault::refused);
  CHECK(rotate('a', 'c', 0).outcome == token_outcome::rotated);
  auto of_nobody = token('d');
  of_nobody.tenant = "nobody";
  CHECK(fault_of_call([&] { writer->put_refresh_token(of_nobody); }) == fault::refused);
}

TEST_CASE_METHOD(tokens_fixture, "the tokens of a removed user and of a removed tenant are gone") {
  writer->put_refresh_token(token('a'));
  writer->put_refresh_token(token('n', "login", "noa"));
  CHECK(writer->remove_user("acme", "mia"));
  CHECK_FALSE(writer->remove_user("acme", "mia"));
  CHECK_FALSE(writer->remove_user("nobody", "noa"));
  CHECK(rotate('a', 'b', 0).outcome == token_outcome::unknown);

  REQUIRE(writer->remove_tenant("acme"));
  CHECK(rotate('n', 'm', 0).outcome == token_outcome::unknown);
  while (writer->clear_removed() > 0) {
  }
  writer->add_tenant(make_tenant("acme"));
  CHECK(rotate('n', 'm', 0).outcome == token_outcome::unknown);
}

TEST_CASE_METHOD(tokens_fixture, "of two that use one token the first is answered, the second within its grace") {
  writer->put_refresh_token(token('a'));
  const auto other = backend->open_writer();
  CHECK(rotate('a', 'b', 0).outcome == token_outcome::rotated);
  const auto second = other->rotate_refresh_token(hash_of('a'), hash_of('c'), at(9), at(1), grace);
  CHECK(second.outcome == token_outcome::grace);
  CHECK(second.token.hash == hash_of('b'));
}

} // namespace troupe::storage::testing
