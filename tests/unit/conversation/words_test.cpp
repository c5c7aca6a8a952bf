#include "actors/conversation/understanding_words.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors::conversation;

namespace {

std::string texts(std::string_view message) {
  std::string out;
  for (const auto& w : split(message))
    out += (out.empty() ? "" : " ") + w.text;
  return out;
}

bool negated(std::string_view message, std::string_view word) {
  const auto all = split(message);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].text == word)
      return is_negated(all, {i, i + 1});
  return false;
}

} // namespace

TEST_CASE("a message is split into words, numbers and marks") {
  CHECK(texts("I'm 34, 82.5kg!") == "im 34 , 82.5 kg !");
  CHECK(texts("5'10\"") == "5 ' 10 \"");
  CHECK(texts("don’t") == "dont");
  CHECK(texts("ÉCLAIR") == "éclair");
  CHECK(texts("3–4") == "3 - 4");
}

TEST_CASE("words know where they stand") {
  const auto all = split("ab, cd");
  REQUIRE(all.size() == 3);
  CHECK(all[2].begin == 4);
  CHECK(all[2].end == 6);
  CHECK(all[1].glued);
  CHECK_FALSE(all[2].glued);
  CHECK(all[0].clause == all[1].clause);
  CHECK(all[1].clause < all[2].clause);
}

TEST_CASE("one letter of a long word may be wrong, missing, too many or swapped") {
  CHECK(compare("vegan", "vegan") == likeness::exact);
  CHECK(compare("vegon", "vegan") == likeness::misspelt);
  CHECK(compare("beginer", "beginner") == likeness::misspelt);
  CHECK(compare("vegaan", "vegan") == likeness::misspelt);
  CHECK(compare("vgean", "vegan") == likeness::misspelt);
  CHECK(compare("vgeon", "vegan") == likeness::none); // two of it
  CHECK(compare("night", "light") == likeness::none); // the first letter
  CHECK(compare("band", "bond") == likeness::none);   // short
}

TEST_CASE("what is negated is told from what is not") {
  CHECK(negated("I'm not vegan", "vegan"));
  CHECK(negated("no gym", "gym"));
  CHECK(negated("anything but keto", "keto"));
  CHECK(negated("the gym isn't possible", "gym"));
  CHECK_FALSE(negated("no, vegan", "vegan"));
  CHECK_FALSE(negated("no I'm vegan", "vegan"));
  CHECK_FALSE(negated("I don't mind the gym", "gym"));
  CHECK_FALSE(negated("not only yoga", "yoga"));
}
