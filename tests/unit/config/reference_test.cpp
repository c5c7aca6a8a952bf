#include "reference.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace {

const std::string document = TROUPE_SOURCE_DIR "/docs/configuration.md";

std::string text_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  REQUIRE(in);
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Replaces what stands between `<!-- name -->` and `<!-- end -->`.
std::string with_part(std::string text, const std::string& name, const std::string& part) {
  const auto open = "<!-- " + name + " -->\n";
  const auto begin = text.find(open);
  REQUIRE(begin != std::string::npos);
  const auto end = text.find("<!-- end -->", begin);
  REQUIRE(end != std::string::npos);
  return text.replace(begin + open.size(), end - begin - open.size(), part);
}

} // namespace

TEST_CASE("the documentation lists the settings as the code declares them (UPDATE_DOCS=1 writes them)") {
  const auto text = text_of(document);
  auto wanted = with_part(text, "settings", troupe::testing::settings_reference());
  wanted = with_part(wanted, "providers", troupe::testing::provider_reference());
  if (std::getenv("UPDATE_DOCS") != nullptr && wanted != text)
    std::ofstream{document, std::ios::binary} << wanted;
  CHECK(wanted == text_of(document));
}
