#include "storage/text/tokens.hpp"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "storage/text/stem.hpp"

using namespace troupe::storage::text;

namespace {

using texts = std::vector<std::string>;

texts tokens(std::string_view text) {
  texts result;
  tokenize(text, [&](const token& what) { result.emplace_back(what.text); });
  return result;
}

std::string stem_of(std::string word) {
  stem(word);
  return word;
}

} // namespace

TEST_CASE("words lose case, accents and English endings") {
  CHECK(tokens("Printers PRINTED printing") == texts{"printer", "print", "print"});
  CHECK(tokens("Größe naïve ŁÓDŹ Straße") == texts{"gross", "naiv", "lodz", "strass"});
  CHECK(tokens("ΑΒΓ ПРИНТЕР") == texts{"αβγ", "принтер"});
}

TEST_CASE("the examples of Porter's paper come out as there") {
  const auto [word, expected] = GENERATE(table<std::string, std::string>({{"caresses", "caress"},
                                                                          {"ponies", "poni"},
                                                                          {"cats", "cat"},
                                                                          {"feed", "feed"},
                                                                          {"agreed", "agre"},
                                                                          {"plastered", "plaster"},
                                                                          {"bled", "bled"},
                                                                          {"motoring", "motor"},
                                                                          {"sing", "sing"},
                                                                          {"conflated", "conflat"},
                                                                          {"sized", "size"},
                                                                          {"hopping", "hop"},
                                                                          {"falling", "fall"},
                                                                          {"filing", "file"},
                                                                          {"happy", "happi"},
                                                                          {"sky", "sky"},
                                                                          {"relational", "relat"},
                                                                          {"conditional", "condit"},
                                                                          {"vietnamization", "vietnam"},
                                                                          {"triplicate", "triplic"},
                                                                          {"hopefulness", "hope"},
                                                                          {"electrical", "electr"},
                                                                          {"revival", "reviv"},
                                                                          {"adjustment", "adjust"},
                                                                          {"adoption", "adopt"},
                                                                          {"effective", "effect"},
                                                                          {"probate", "probat"},
                                                                          {"rate", "rate"},
                                                                          {"controlling", "control"},
                                                                          {"roll", "roll"}}));
  CHECK(stem_of(word) == expected);
}

TEST_CASE("words that aren't plain English stay as they are") {
  CHECK(stem_of("it") == "it");
  CHECK(stem_of("kb5034441s") == "kb5034441s");
  CHECK(stem_of("größes") == "größes");
}

TEST_CASE("joined parts are a unit beside their parts") {
  CHECK(tokens("ERR-1234") == texts{"err", "1234", "err1234"});
  CHECK(tokens("err_1234") == texts{"err", "1234", "err1234"});
  CHECK(tokens("log-ins") == texts{"log", "in", "login"});
  CHECK(tokens("mail01.example.com") == texts{"mail01", "exampl", "com", "mail01.example.com"});
  CHECK(tokens("explorer.exe") == texts{"explor", "ex", "explorer.exe"});
}

TEST_CASE("codes without joints are one token") {
  CHECK(tokens("0x80070005 KB5034441") == texts{"0x80070005", "kb5034441"});
}

TEST_CASE("dotted numbers are found as a whole and by what they begin with") {
  CHECK(tokens("10.2.1.114:443") == texts{"10.2", "10.2.1", "10.2.1.114", "443"});
  CHECK(tokens("v7.4.1") == texts{"7.4", "7.4.1"});
}

TEST_CASE("dates, telephone numbers and phrases with dashes are no units") {
  CHECK(tokens("2025-03-01") == texts{"2025", "03", "01"});
  CHECK(tokens("state-of-the-art") == texts{"state", "of", "the", "art"});
}

TEST_CASE("English contractions lose what follows the apostrophe") {
  CHECK(tokens("user's can’t they're") == texts{"user", "can", "thei"});
  CHECK(tokens("o'clock") == texts{"o", "clock"});
}

TEST_CASE("Chinese and Japanese signs are words of their own") {
  CHECK(tokens("打印机") == texts{"打", "印", "机"});
}

TEST_CASE("positions count words, and a unit stands where its last part does") {
  std::vector<std::size_t> positions;
  tokenize("the ERR-1234 again", [&](const token& what) { positions.push_back(what.position); });
  CHECK(positions == std::vector<std::size_t>{0, 1, 2, 2, 3});
}

TEST_CASE("malformed text and signs only separate words") {
  CHECK(tokens("ab\xFF"
               "cd \xE2\x82 ef\xF0\x9F\x98\x80gh")
        == texts{"ab", "cd", "ef", "gh"});
  CHECK(tokens("!!! -- ... ' \"").empty());
  CHECK(tokens(std::string_view{"a\0b", 3}) == texts{"a", "b"});
  CHECK(tokens("").empty());
}

TEST_CASE("long runs are cut, long units aren't given") {
  CHECK(tokens(std::string(1'000, 'x')) == texts{std::string(token_limit, 'x')});
  const auto many = tokens("a1-b2-c3-d4-e5-f6-g7-h8-i9");
  CHECK(many.size() == 10); // eight parts and their unit, then the rest
  for (const auto& text : tokens(std::string(60, 'a') + '-' + std::string(60, '1')))
    CHECK(text.size() <= token_limit);
}
