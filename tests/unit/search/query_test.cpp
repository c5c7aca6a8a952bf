#include "actors/search/query.hpp"

#include <algorithm>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "actors/search/words.hpp"

using namespace troupe::actors::search;

namespace {

const query_word* find(const std::vector<query_word>& words, std::string_view text) {
  const auto found = std::ranges::find(words, text, &query_word::text);
  return found == words.end() ? nullptr : &*found;
}

double weight(const std::vector<query_word>& words, std::string_view text) {
  const auto* found = find(words, text);
  return found ? found->weight : 0;
}

} // namespace

TEST_CASE("greetings, question words and times of day aren't asked for") {
  const auto words = words_of("Please help", "Hello, since this morning the spooler stops. Can you have a look today?");
  CHECK(find(words, "spooler"));
  for (const auto* empty : {"Please", "help", "Hello", "since", "this", "morning", "Can", "you", "look", "today"})
    CHECK_FALSE(find(words, empty));
}

TEST_CASE("words of the subject weigh more") {
  const auto words = words_of("toner", "spooler");
  CHECK(weight(words, "toner") > weight(words, "spooler"));
}

TEST_CASE("the longer the description, the less its words weigh") {
  const auto few = words_of("toner", "spooler");
  std::string chatter = "spooler";
  for (int i = 0; i < 30; ++i)
    chatter +=
        " word" + std::string(1, static_cast<char>('a' + i % 26)) + "x" + std::string(static_cast<std::size_t>(i), 'y');
  const auto many = words_of("toner", chatter);
  CHECK(weight(many, "spooler") < weight(few, "spooler"));
  CHECK(weight(many, "toner") == weight(few, "toner"));
}

TEST_CASE("words that nearly every ticket has weigh little") {
  const auto words = words_of("", "computer spooler");
  CHECK(weight(words, "computer") < weight(words, "spooler") / 2);
}

TEST_CASE("codes weigh more and decide alone") {
  const auto words = words_of("", "spooler 0x80070005 ORA-12541");
  CHECK(weight(words, "0x80070005") > weight(words, "spooler"));
  REQUIRE(find(words, "0x80070005"));
  CHECK(find(words, "0x80070005")->proof == proof::alone);
  REQUIRE(find(words, "ORA-12541"));
  CHECK(find(words, "ORA-12541")->proof == proof::alone);
  CHECK(weight(words, "ORA") < weight(words, "spooler"));
}

TEST_CASE("a number is a code after a word that announces one") {
  const auto words = words_of("", "error 809 in room 114");
  REQUIRE(find(words, "809"));
  CHECK(find(words, "809")->proof == proof::alone);
  REQUIRE(find(words, "114"));
  CHECK(find(words, "114")->proof == proof::none);
  CHECK(weight(words, "809") > weight(words, "114"));
  CHECK_FALSE(find(words_of("", "tray 2"), "2"));
}

TEST_CASE("the begin of an address weighs less than the address") {
  const auto words = words_of("", "host 10.20.4.10");
  CHECK(weight(words, "10.20.4") < weight(words, "10.20.4.10") / 2);
}

TEST_CASE("what follows the closing of a message isn't asked for") {
  for (const std::string closing :
       {"Kind regards\nJane Spooler\nToner Ltd\nPhone 555 0199 | Fax 555 0198\nThis message is confidential and only "
        "for "
        "the person whom it is addressed to. Whoever is somebody else deletes it and tells nobody of its content.",
        "Thanks, Jane Spooler, Toner Ltd", "-- \nJane Spooler", "Sent from my Spooler"}) {
    const auto words = words_of("VPN", "The tunnel drops and the gateway rejects certificates.\n" + closing);
    CAPTURE(closing);
    CHECK(find(words, "tunnel"));
    CHECK_FALSE(find(words, "Jane"));
    CHECK_FALSE(find(words, "Spooler"));
  }
}

TEST_CASE("thanks at the beginning close nothing") {
  const auto words = words_of("", "Thanks for your help last week. Now the tunnel drops again.");
  CHECK(find(words, "tunnel"));
}

TEST_CASE("a word is asked for once, whatever its form, and weighs a little more for each time") {
  const auto once = words_of("", "printer");
  const auto often = words_of("", "printer printers Printer");
  REQUIRE(often.size() == 1);
  CHECK(often[0].weight > once[0].weight);
  CHECK(often[0].weight < 2 * once[0].weight);
}

TEST_CASE("no more words are asked for than allowed") {
  std::string text;
  for (int i = 0; i < 500; ++i)
    text += "w" + std::to_string(i * 7) + "x ";
  CHECK(words_of("", text, 40).size() == 40);
}

TEST_CASE("a ticket of empty words asks for nothing") {
  CHECK(words_of("", "").empty());
  CHECK(words_of("Hello", "please help me, thank you").empty());
}

TEST_CASE("people's other names for a thing are known") {
  const auto others = also_called("wifi");
  CHECK(std::ranges::find(others, "wlan") != others.end());
  CHECK(also_called("spooler").empty());
}
