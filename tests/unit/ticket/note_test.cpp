#include "actors/ticket/note.hpp"

#include "actors/text/text.hpp"
#include "fixture.hpp"
#include "rendered.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::actors;
using namespace troupe::testing;

namespace {

note filled(const std::string& text) {
  note out;
  for (auto& body : out.body)
    body = text;
  return out;
}

std::string items(std::size_t count, std::size_t words) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += "-";
    for (std::size_t w = 1; w < words; ++w)
      out += " word";
    out += '\n';
  }
  return out;
}

} // namespace

TEST_CASE("a note has its four sections in order and ends with the reference") {
  const auto rendered = render(filled("Text."), 500, "job-1");
  CHECK(rendered.markdown
        == "## Similar Tickets\n\nText.\n\n## Documentation\n\nText.\n\n## System Info\n\nText.\n\n"
           "## Recommendations\n\nText.\n\nref: job-1");
  CHECK_FALSE(rendered.cut);
}

TEST_CASE("no note has more words than its limit, whatever the language") {
  const std::string japanese = [] {
    std::string out;
    for (int i = 0; i < 900; ++i)
      out += "再起動";
    return out;
  }();
  const std::string mixed = [] {
    std::string out;
    for (int i = 0; i < 2'000; ++i)
      out += "Größe\u00A0ändern 重启 😀 ";
    return out;
  }();
  for (const auto& text : {items(400, 9), std::string(60'000, 'x'), japanese, mixed, items(1, 5'000),
                           std::string(30'000, '*'), std::string(30'000, '`'), std::string(30'000, '[')})
    for (const std::size_t limit : {40U, 100U, 500U}) {
      const auto rendered = render(filled(text), limit, job_id);
      CHECK(count_words(rendered.markdown) <= limit);
      CHECK(plain_words(rendered.markdown) <= limit);
      CHECK(rendered.markdown.size() <= limit * 16 + 200);
      CHECK(rendered.cut);
      CHECK(rendered.markdown.ends_with("\n\nref: " + std::string{job_id}));
      for (const auto title : section_titles)
        CHECK(contains(rendered.markdown, "## " + std::string{title} + "\n"));
    }
}

TEST_CASE("a note that fits exactly isn't cut") {
  note text = filled("");
  text[section::recommendations] = "one two three";
  CHECK_FALSE(render(text, 12 + 3, "job-1").cut);
  CHECK(render(text, 12 + 2, "job-1").cut);
}

TEST_CASE("items are left out whole") {
  note text = filled("- one item\n- another one");
  text[section::similar_tickets] = items(100, 10);
  const auto rendered = render(text, 100, job_id).markdown;
  const auto similar = section_of(rendered, "Similar Tickets");
  CHECK(count_words(similar) % 10 == 0);
  CHECK(section_of(rendered, "Documentation") == "- one item\n- another one");
}

TEST_CASE("short sections give their room to long ones") {
  note text = filled("- short");
  text[section::recommendations] = items(100, 10);
  const auto rendered = render(text, 500, job_id).markdown;
  CHECK(count_words(section_of(rendered, "Recommendations")) > 450);
}

TEST_CASE("an item that is too long is cut at a sentence") {
  note text = filled("");
  text[section::recommendations] = "First sentence here. Second **bold sentence. Third** one is here and long.";
  const auto rendered = render(text, 12 + 8, job_id).markdown;
  CHECK(section_of(rendered, "Recommendations") == "First sentence here.");
}

TEST_CASE("an item without sentences is cut at a word, its signs closed") {
  note text = filled("");
  text[section::recommendations] = "**bold words that never end and `code too";
  const auto rendered = render(text, 12 + 4, job_id).markdown;
  CHECK(section_of(rendered, "Recommendations") == "bold words that never…");
}

TEST_CASE("a code block that is cut is closed") {
  note text = filled("");
  text[section::recommendations] = "```\nline one\nline two\nline three\nline four\n```";
  const auto rendered = render(text, 12 + 8, job_id).markdown;
  CHECK(section_of(rendered, "Recommendations") == "```\nline one\nline two\nline three\n```");
  const auto html = rendered_html(rendered);
  CHECK(contains(html, "<p>ref: "));
}

TEST_CASE("a limit smaller than the headings leaves the headings") {
  const auto rendered = render(filled("Text of a section."), 5, job_id).markdown;
  CHECK(contains(rendered, "## Recommendations"));
  CHECK_FALSE(contains(rendered, "Text"));
}
