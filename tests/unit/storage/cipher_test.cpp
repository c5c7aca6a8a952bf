#include "storage/cipher.hpp"

#include <catch2/catch_test_macros.hpp>

#include <set>

namespace troupe::storage {

namespace {

key_bytes key_of(unsigned char byte) {
  key_bytes result;
  result.fill(byte);
  return result;
}

} // namespace

TEST_CASE("what was sealed opens with its key and its associated data only") {
  cipher aead;
  std::string sealed;
  std::string opened = "left over";
  aead.seal(key_of(1), "owner", "text", sealed);

  CHECK(aead.open(key_of(1), "owner", sealed, opened));
  CHECK(opened == "text");
  CHECK_FALSE(aead.open(key_of(2), "owner", sealed, opened));
  CHECK(opened.empty());
  CHECK_FALSE(aead.open(key_of(1), "other", sealed, opened));
  CHECK_FALSE(aead.open(key_of(1), "", sealed, opened));
  CHECK(aead.open(key_of(1), "owner", sealed, opened));
}

TEST_CASE("a change of any byte is noticed") {
  cipher aead;
  std::string sealed;
  std::string opened;
  aead.seal(key_of(1), "owner", "text", sealed);
  REQUIRE(sealed.size() == cipher::overhead + 4);
  for (auto& byte : sealed) {
    byte = static_cast<char>(byte ^ 1);
    CHECK_FALSE(aead.open(key_of(1), "owner", sealed, opened));
    byte = static_cast<char>(byte ^ 1);
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    CHECK_FALSE(aead.open(key_of(1), "owner", sealed.substr(0, size), opened));
  CHECK(aead.open(key_of(1), "owner", sealed, opened));
}

TEST_CASE("empty and long texts are sealed") {
  cipher aead;
  std::string sealed;
  std::string opened;
  for (const std::size_t size : {0, 1, 16, 4'096, 5'000'000}) {
    const std::string text(size, 'x');
    aead.seal(key_of(3), "", text, sealed);
    REQUIRE(aead.open(key_of(3), "", sealed, opened));
    CHECK(opened == text);
  }
}

TEST_CASE("the same text is never sealed to the same bytes") {
  cipher aead;
  std::set<std::string> seen;
  std::string sealed;
  for (int i = 0; i < 2'000; ++i) {
    aead.seal(key_of(4), "", "text", sealed);
    seen.insert(sealed);
  }
  CHECK(seen.size() == 2'000);
}

TEST_CASE("keys may take turns") {
  cipher aead;
  std::string first;
  std::string second;
  std::string opened;
  aead.seal(key_of(1), "", "one", first);
  aead.seal(key_of(2), "", "two", second);
  aead.seal(key_of(1), "", "one", first);
  CHECK(aead.open(key_of(2), "", second, opened));
  CHECK(opened == "two");
  CHECK(aead.open(key_of(1), "", first, opened));
  CHECK(opened == "one");
}

TEST_CASE("random bytes of any number differ") {
  random_bytes random;
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    std::string bytes(i % 7 == 0 ? 5'000 : 12, '\0');
    random.fill(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size());
    seen.insert(bytes);
  }
  CHECK(seen.size() == 1'000);
}

} // namespace troupe::storage
