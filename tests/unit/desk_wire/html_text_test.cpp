#include "net/desk/html_text.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::net::desk;

TEST_CASE("what stands in HTML is read as a person reads it") {
  CHECK(visible_text("<div><p>Hello <b>wo</b>rld</p>\n<p>a&amp;b</p></div>") == "Hello world a&b");
  CHECK(visible_text("a<br/>b<BR>c") == "a b c");
  CHECK(visible_text("a<!-- hidden > -->b") == "a b");
  CHECK(visible_text("x &lt;tag&gt; &quot;q&quot; &#39;s&#x27; &nbsp; y") == "x <tag> \"q\" 's' y");
  CHECK(visible_text("&#252; &#xFC; &#0; &#xD800; &#99999999; &unknown; & &amp")
        == "ü ü &#0; &#99999999; &unknown; & &amp");
  CHECK(visible_text("1 < 2 <> a<b") == "1 < 2 <> a<b");
  CHECK(visible_text("<p>open") == "open");
  CHECK(visible_text("").empty());
}

TEST_CASE("a marker is found whatever the desk did to its markup") {
  const std::string marker = "ref: 0190-abc";
  for (const auto* html :
       {"ref: 0190-abc", "<p>ref: 0190-abc</p>", "<div style=\"x\"><p>note</p><p>ref:&nbsp;0190-abc</p></div>",
        "<p>ref: <b>0190</b>-abc</p>", "ref:\n  0190-abc<br>", "<p>ref&#58; 0190&#45;abc.</p>",
        "&lt;p&gt;ref: 0190-abc&lt;/p&gt;", "ref: 0190-abcd ref: 0190-abc"})
    CHECK(shows_marker(html, marker));
}

TEST_CASE("what only resembles a marker is none") {
  for (const auto* html : {"", "ref: 0190-abcd", "ref: 0190-abc-d", "xref: 0190-abc", "ref: 0190 -abc",
                           "<!-- ref: 0190-abc -->", "<p title=\"ref: 0190-abc\">x</p>"})
    CHECK_FALSE(shows_marker(html, "ref: 0190-abc"));
  CHECK_FALSE(shows_marker("anything", ""));
}

TEST_CASE("text is escaped for HTML") {
  CHECK(escape_html("<a href=\"x\">&'</a>") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;");
}

TEST_CASE("a flood of openings is read in one pass") {
  std::string html;
  for (int i = 0; i < 500'000; ++i)
    html += "<a&";
  CHECK(visible_text(html).size() == html.size());
}
