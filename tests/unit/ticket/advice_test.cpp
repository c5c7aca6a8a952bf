#include "actors/ticket/advice.hpp"

#include "actors/text/text.hpp"
#include "fixture.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;

namespace {

term_set terms_of(std::string_view text) {
  term_set out;
  out.add(text);
  return out;
}

std::vector<std::string> texts_of(const std::vector<step>& steps) {
  std::vector<std::string> out;
  for (const auto& next : steps)
    out.push_back(next.text);
  return out;
}

storage::past_ticket solved(std::string resolution) {
  return {"HD-1", "Printer does not print", "", std::move(resolution), ""};
}

} // namespace

TEST_CASE("words count as one whatever their case and ending") {
  CHECK(term_of("Printers") == term_of("printer"));
  CHECK(term_of("restarting") == term_of("restarted"));
  CHECK(term_of("Queue") == term_of("queues"));
  CHECK(term_of("0x80070035") != 0);
}

TEST_CASE("words without a subject don't count") {
  for (const std::string_view word : {"the", "Please", "issue", "a", "an", "is", "it", "42", ""})
    CHECK(term_of(word) == 0);
  CHECK(term_of(std::string(40, 'x')) == 0);
}

TEST_CASE("a set of terms takes no more than it has room for") {
  term_set set;
  for (std::uint32_t i = 1; i < 2'000; ++i)
    set.insert(i * 2'654'435'761U | 1U);
  CHECK(set.size() == 384);
  CHECK_FALSE(set.insert(77));
  CHECK_FALSE(set.contains(77));
}

TEST_CASE("a past ticket resembles the new one when they share what they are about") {
  const auto subject = subject_of(printer_ticket());
  CHECK(resembles(subject, printer_findings().tickets[0].ticket));
  CHECK_FALSE(
      resembles(subject, {"HD-9", "VPN certificate expired", "The tunnel is refused", "Renewed the certificate", ""}));
  CHECK_FALSE(resembles(subject, {"HD-9", "Coffee machine on floor three leaks", "", "", ""}));
}

TEST_CASE("one shared error code says more than one shared word") {
  const auto subject = terms_of("Drive mapping fails with 0x80070035 since the update of laptops");
  CHECK(resembles(subject, {"HD-9", "Cannot reach files: 0x80070035", "", "", ""}));
  CHECK_FALSE(resembles(subject, {"HD-9", "Order a new laptop", "", "", ""}));
}

TEST_CASE("a short ticket needs one shared word") {
  CHECK(resembles(terms_of("VPN down"), {"HD-9", "VPN does not connect", "", "", ""}));
}

TEST_CASE("steps are told to the next technician") {
  const auto subject = terms_of("printer spooler queue");
  const auto past = solved("Restarted the spooler and cleared the queue, then updated the driver.");
  CHECK(texts_of(next_steps(subject, {&past}, 5))
        == std::vector<std::string>{"Restart the spooler and clear the queue, then update the driver"});
}

TEST_CASE("the technician who speaks of himself is not quoted") {
  const auto past = solved("We replaced the toner. I rebooted the printer!");
  CHECK(texts_of(next_steps(terms_of("printer toner"), {&past}, 5))
        == std::vector<std::string>{"Replace the toner", "Reboot the printer"});
}

TEST_CASE("sentences that aren't actions keep their words and are marked") {
  const auto past = solved("The printer's disk was full.");
  const auto steps = next_steps(terms_of("printer disk"), {&past}, 5);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].text == "The printer's disk was full");
  CHECK_FALSE(steps[0].is_action);
}

TEST_CASE("imperatives are kept as they are") {
  const auto past = solved("Restart the spooler, and if that fails replaced parts are in room 3.");
  CHECK(texts_of(next_steps(terms_of("spooler"), {&past}, 5))
        == std::vector<std::string>{"Restart the spooler, and if that fails replaced parts are in room 3"});
}

TEST_CASE("closing remarks are no steps") {
  const auto past = solved("User confirmed it works. Closed. Resolved by phone. Thanks!");
  CHECK(next_steps(terms_of("printer"), {&past}, 5).empty());
}

TEST_CASE("the same step from several tickets is given once, the best ticket's") {
  const auto first = solved("Restarted the print spooler service.");
  const auto second = solved("Restarted print spooler service. Cleared the queue folder.");
  const auto steps = next_steps(terms_of("printer spooler queue"), {&first, &second}, 5);
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].source == 0);
  CHECK(steps[1].text == "Clear the queue folder");
  CHECK(steps[1].source == 1);
}

TEST_CASE("steps are few, and no ticket gives them all") {
  const auto first =
      solved("Restarted the spooler. Cleared the queue. Replaced the cable. Updated the firmware. Moved the desk.");
  const auto second = solved("Renewed the certificate. Deleted the profile. Unlocked the account. Changed the port.");
  const auto steps = next_steps(terms_of("printer"), {&first, nullptr, &second}, 5);
  CHECK(steps.size() == 5);
  CHECK(std::count_if(steps.begin(), steps.end(), [](const auto& s) { return s.source == 0; }) == 3);
  CHECK(std::none_of(steps.begin(), steps.end(), [](const auto& s) { return s.source == 1; }));
}

TEST_CASE("a step that never ends is cut") {
  std::string endless = "Restarted";
  for (int i = 0; i < 500; ++i)
    endless += " the spooler";
  const auto past = solved(endless);
  const auto steps = next_steps(terms_of("spooler"), {&past}, 5);
  REQUIRE(steps.size() == 1);
  CHECK(count_words(steps[0].text) <= 45);
  CHECK(steps[0].text.ends_with("…"));
}

TEST_CASE("a short resolution is quoted whole, a long one by what matters") {
  const auto subject = terms_of("printer spooler driver");
  CHECK(key_sentences(subject, "Done.\n All good.", 10) == "Done. All good.");
  CHECK(key_sentences(subject, "", 10).empty());
  CHECK(key_sentences(subject, " \n", 10).empty());
  const std::string_view lengthy =
      "Called the user back after lunch and talked for a while about this and that. Replaced the printer driver. "
      "The weather was fine and nobody was at the office that day except for us.";
  CHECK(key_sentences(subject, lengthy, 6) == "Replaced the printer driver.");
}

TEST_CASE("a resolution of one endless sentence is cut") {
  std::string endless;
  for (int i = 0; i < 100; ++i)
    endless += "spooler ";
  const auto text = key_sentences(terms_of("spooler"), endless, 10);
  CHECK(count_words(text) == 10);
  CHECK(text.ends_with("…"));
}
