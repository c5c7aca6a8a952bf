#include "actors/ticket/markdown.hpp"

#include "rendered.hpp"

#include <vector>

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors::ticket;
using namespace troupe::testing;

TEST_CASE("plain text needs no escapes") {
  for (const std::string_view text :
       {"Restart the print spooler (twice).", "C:\\Users\\ann", "snake_case_name", "disk < 10% & rising", "AT&T",
        "a - b", "50% of #42", "Grüße, 日本", "Error: code=0x80070035!", "~ home", "1.5 GB", "x > y"})
    CHECK(rendered_text("- " + escape_markdown(text)) == text);
}

TEST_CASE("whatever the text, it shows as it reads and makes nothing") {
  for (const std::string_view text : {"[click](http://evil.example)",
                                      "![x](http://evil.example/x.png)",
                                      "<script>alert(1)</script>",
                                      "<img src=x onerror=alert(1)>",
                                      "# heading",
                                      "## Similar Tickets",
                                      "> quote",
                                      "- item",
                                      "+ item",
                                      "1. one",
                                      "1) one",
                                      "`code`",
                                      "``` fence",
                                      "~~~ fence",
                                      "*a* **b** _c_ __d__",
                                      "a\\",
                                      "\\*",
                                      "\\[x](y)",
                                      "[x]: http://evil.example",
                                      "&lt;b&gt; &#91;x&#93; &colon;",
                                      "<http://evil.example>",
                                      "<ann@example.com>",
                                      "~~gone~~",
                                      "a `b",
                                      "**",
                                      "---",
                                      "<!-- hidden -->",
                                      "<?php ?>",
                                      "\\\\server\\share\\*",
                                      "| a | b |",
                                      "]( [ ](",
                                      "![[x]]((y))",
                                      "#",
                                      "1.",
                                      "=",
                                      "***"}) {
    INFO(text);
    for (const char* before : {"- ", "1. ", "- **id** "}) {
      const auto html = rendered_html(before + escape_markdown(text));
      CHECK_FALSE(makes_anything(html));
    }
    CHECK(contains_text(rendered_text("- " + escape_markdown(text)), text));
  }
}

TEST_CASE("escaped text can't reach out of its place") {
  const auto html = rendered_html("- **" + escape_markdown("a** [x](http://evil.example) `b\\") + "** after `code`");
  CHECK_FALSE(makes_anything(html));
  CHECK(html.find("<code>code</code>") != html.npos);
}

TEST_CASE("web addresses become code, so that nothing links them") {
  CHECK(escape_markdown("see http://evil.example/x?a=1.") == "see `http://evil.example/x?a=1`.");
  CHECK(escape_markdown("HTTPS://EVIL.example") == "`HTTPS://EVIL.example`");
  CHECK(escape_markdown("(www.evil.example)") == "(`www.evil.example`)");
  CHECK(escape_markdown("whttp://x") == "whttp://x");
}

TEST_CASE("text comes on one line, without what readers don't see") {
  CHECK(escape_markdown("a\n\n## b\u202E") == "a ## b");
  CHECK(escape_markdown("").empty());
}

TEST_CASE("a forged reference loses its colon") {
  const std::string id = "01930f3e-8a00-7000-8000-0123456789ab";
  for (const auto& text : std::vector<std::string>{"ref: " + id, "Ref:" + id, "REF : " + id, "see: **" + id + "**",
                                                   "x ref: job-1", "href: y", "ref:\\_" + id}) {
    auto changed = text;
    defuse_references(changed);
    INFO(text);
    CHECK(changed.find(':') == changed.npos);
    CHECK(changed.size() == text.size());
  }
}

TEST_CASE("other colons stay") {
  for (const auto& text :
       std::vector<std::string>{"prefs: x", "Reference: manual 7", "time 10:30", "ref\n: x", ": 01930f3e-8a00"}) {
    auto changed = text;
    defuse_references(changed);
    CHECK(changed == text);
  }
}

TEST_CASE("only plain web addresses may be linked to") {
  CHECK(link_target("https://kb.example.com/a?b=c#d") == "https://kb.example.com/a?b=c#d");
  CHECK(link_target(" http://kb.example.com/x_y ") == "http://kb.example.com/x_y");
  CHECK(link_target("https://kb.example.com/a(1)") == "https://kb.example.com/a%281%29");
  CHECK(link_target("https://kb.example.com/ä") == "https://kb.example.com/%C3%A4");
  for (const std::string& wrong :
       {std::string{}, std::string{"javascript:alert(1)"}, std::string{"data:text/html,x"},
        std::string{"//evil.example"}, std::string{"https://"}, std::string{"https:///x"},
        std::string{"https://kb.example.com/a b"}, std::string{"https://kb.example.com/\n"} + "x",
        std::string{"file:///etc/passwd"}, "https://kb.example.com/" + std::string(600, 'x')}) {
    INFO(wrong);
    CHECK_FALSE(link_target(wrong).has_value());
  }
}
