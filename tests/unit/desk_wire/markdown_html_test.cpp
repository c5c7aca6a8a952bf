#include "net/desk/markdown_html.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "net/desk/html_text.hpp"

using namespace troupe::net::desk;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string marker = "ref: 0190-abc";

/// Without the reference line.
std::string body_of(std::string_view markdown) {
  const std::string last = "<p>" + marker + "</p>\n";
  const auto html = note_html(markdown, marker);
  REQUIRE(html.ends_with(last));
  return html.substr(0, html.size() - last.size());
}

} // namespace

TEST_CASE("headings, lists, code and emphasis become HTML") {
  CHECK(body_of("## Similar Tickets\n\n1. **one**\n2. `two`\n")
        == "<h2>Similar Tickets</h2>\n<ol>\n<li><strong>one</strong></li>\n<li><code>two</code></li>\n</ol>\n");
  CHECK(body_of("```\na < b\n```") == "<pre><code>a &lt; b\n</code></pre>\n");
}

TEST_CASE("the reference line comes once, as the last paragraph") {
  const auto html = note_html("Text\n\nref: 0190-abc\n\n", marker);
  CHECK(html == "<p>Text</p>\n<p>ref: 0190-abc</p>\n");
  CHECK(note_html("Text\nref: 0190-abc", marker) == html);
  CHECK(note_html("Text", marker) == html);
  CHECK(note_html("", marker) == "<p>ref: 0190-abc</p>\n");
  CHECK(note_html("Text", "") == "<p>Text</p>\n");
}

TEST_CASE("an open code block can't swallow the reference line") {
  CHECK(note_html("```\ncode\nref: 0190-abc", marker) == "<pre><code>code\n</code></pre>\n<p>ref: 0190-abc</p>\n");
}

TEST_CASE("raw HTML is shown as text") {
  CHECK(body_of("a <script>alert(1)</script> b") == "<p>a &lt;script&gt;alert(1)&lt;/script&gt; b</p>\n");
  CHECK(body_of("<script>\nalert(1)\n</script>") == "<p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>\n");
  CHECK(body_of("<div onclick=\"x\">\n\ntext") == "<p>&lt;div onclick=&quot;x&quot;&gt;</p>\n<p>text</p>\n");
  CHECK(body_of("<img src=x onerror=alert(1)>") == "<p>&lt;img src=x onerror=alert(1)&gt;</p>\n");
  CHECK(body_of("the host <server01> is down") == "<p>the host &lt;server01&gt; is down</p>\n");
  CHECK(body_of("&lt;script&gt;") == "<p>&lt;script&gt;</p>\n");
}

TEST_CASE("links go to http, https and mailto only") {
  CHECK(body_of("[a](https://kb.example/1?x=1&y=2)") == "<p><a href=\"https://kb.example/1?x=1&amp;y=2\">a</a></p>\n");
  CHECK(body_of("<HTTP://kb.example>") == "<p><a href=\"HTTP://kb.example\">HTTP://kb.example</a></p>\n");
  CHECK(body_of("[m](mailto:a@example.com)") == "<p><a href=\"mailto:a@example.com\">m</a></p>\n");
  for (const auto* url : {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#115;cript:alert(1)", "data:text/html,x",
                          "vbscript:x", "file:///etc/passwd", "//evil.example", "/local", "#x", "", "https://",
                          "ftp://x", "\\javascript:x", "http:evil"})
    CHECK(body_of("[**a** b](" + std::string{url} + ")") == "<p><strong>a</strong> b</p>\n");
  CHECK(body_of("[a]\n\n[a]: javascript:alert(1)") == "<p>a</p>\n");
}

TEST_CASE("a link can't leave its attribute") {
  const auto html = body_of("[a](<https://x.example/\"onclick=alert(1)>)");
  CHECK_THAT(html, !ContainsSubstring("\"onclick"));
}

TEST_CASE("pictures become links or their text") {
  CHECK(body_of("![plan](https://x.example/p.png \"t\")") == "<p><a href=\"https://x.example/p.png\">plan</a></p>\n");
  CHECK(body_of("![](https://x.example/p.png)")
        == "<p><a href=\"https://x.example/p.png\">https://x.example/p.png</a></p>\n");
  CHECK(body_of("![plan](javascript:x)") == "<p>plan</p>\n");
  CHECK(body_of("[![plan](https://x.example/p.png)](https://x.example)")
        == "<p><a href=\"https://x.example\">plan</a></p>\n");
  CHECK(body_of("![a [b](https://x.example) c](https://y.example)").find("<img") == std::string::npos);
}

TEST_CASE("a long note is cut between blocks and says so") {
  std::string markdown;
  for (int i = 0; i < 100; ++i)
    markdown += "Paragraph number " + std::to_string(i) + " " + std::string(200, 'x') + "\n\n";
  const auto html = note_html(markdown, marker, 2'000);
  CHECK(html.size() <= 2'000);
  CHECK(html.size() > 1'600);
  CHECK(html.ends_with("</p>\n<p>…</p>\n<p>ref: 0190-abc</p>\n"));
  CHECK_THAT(html, ContainsSubstring("Paragraph number 0"));
}

TEST_CASE("a long list is cut between its items") {
  std::string markdown = "Intro\n\n";
  for (int i = 1; i <= 100; ++i)
    markdown += std::to_string(i) + ". item " + std::string(50, 'x') + "\n";
  const auto html = note_html(markdown, marker, 1'000);
  CHECK(html.size() <= 1'000);
  CHECK(html.size() > 800);
  CHECK_THAT(html, ContainsSubstring("</li>\n</ol>\n<p>…</p>\n<p>ref: 0190-abc</p>\n"));
}

TEST_CASE("a block that is too long by itself leaves only the reference line") {
  CHECK(note_html(std::string(20'000, 'x'), marker) == "<p>…</p>\n<p>ref: 0190-abc</p>\n");
  CHECK(note_html("- " + std::string(20'000, 'x'), marker) == "<p>…</p>\n<p>ref: 0190-abc</p>\n");
  CHECK(note_html("Text", marker, 0) == "<p>…</p>\n<p>ref: 0190-abc</p>\n");
}

TEST_CASE("endless input is bounded before it is parsed") {
  std::string markdown;
  while (markdown.size() < 1'000'000)
    markdown += "> > > - * [a](b) <x> `";
  CHECK(note_html(markdown, marker).size() <= 9'900);
  CHECK(note_html(std::string(200'000, '>'), marker).size() <= 9'900);
}

TEST_CASE("what isn't UTF-8 or holds NUL becomes valid") {
  using namespace std::string_view_literals;
  CHECK(body_of("a\xff\0b"sv)
        == "<p>a\xef\xbf\xbd\xef\xbf\xbd"
           "b</p>\n");
}

TEST_CASE("the marker that a note ends with is found again in its HTML") {
  CHECK(shows_marker(note_html("Text & <b>", "ref: <0190> & 'x'"), "ref: <0190> & 'x'"));
}
