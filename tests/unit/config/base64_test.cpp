#include "config/base64.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::config;

TEST_CASE("base64 follows the vectors of RFC 4648") {
  CHECK(encode_base64("").empty());
  CHECK(encode_base64("f") == "Zg==");
  CHECK(encode_base64("fo") == "Zm8=");
  CHECK(encode_base64("foo") == "Zm9v");
  CHECK(encode_base64("foobar") == "Zm9vYmFy");
  CHECK(decode_base64("Zm9vYg==") == "foob");
  CHECK(decode_base64("Zm9vYmE=") == "fooba");
  CHECK(decode_base64("") == "");
}

TEST_CASE("base64url uses its own alphabet and no padding") {
  CHECK(encode_base64url("\xfb\xff\xfe") == "-__-");
  CHECK(encode_base64url("f") == "Zg");
}

TEST_CASE("every byte survives base64") {
  std::string all;
  for (int c = 0; c < 256; ++c)
    all += static_cast<char>(c);
  CHECK(decode_base64(encode_base64(all)) == all);
}

TEST_CASE("base64 with a wrong length, character, padding or spare bit is refused") {
  for (const auto* text : {"Zg", "Zg=", "Zg==\n", "Z===", "Z!==", "-__-", "Zh==", "Zm9=", "====", "=Zg="})
    CHECK_FALSE(decode_base64(text));
}
