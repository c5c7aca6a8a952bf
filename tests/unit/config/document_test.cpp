#include "config/document.hpp"

#include "folder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>

using namespace troupe::config;

namespace {

std::string only_fault(std::string_view text) {
  std::vector<std::string> faults;
  read_document(text, "f.yaml", faults);
  REQUIRE(faults.size() == 1);
  return faults.front();
}

struct interpolation {
  std::string text;
  std::vector<std::string> faults;
};

interpolation interpolated(const std::string& text, const environment& variables) {
  interpolation out;
  std::vector<entry> entries{{"a.b", entry_kind::scalar, text, 7}};
  interpolate(entries, variables, "f.yaml", out.faults);
  out.text = entries.front().text;
  return out;
}

} // namespace

TEST_CASE("a document becomes a list of dotted keys with their lines") {
  std::vector<std::string> faults;
  const auto entries = read_document("a: 1\nb:\n  c: two\n  d:\n    - x\n    - e: y\n", "f.yaml", faults);
  CHECK(faults.empty());
  std::vector<std::string> seen;
  for (const auto& e : entries)
    seen.push_back(e.key + '=' + e.text + '@' + std::to_string(e.line));
  CHECK(seen
        == std::vector<std::string>{"a=1@1", "b=@2", "b.c=two@3", "b.d=@4", "b.d.0=x@5", "b.d.1=@6", "b.d.1.e=y@6"});
}

TEST_CASE("an empty document and one of comments hold nothing") {
  std::vector<std::string> faults;
  CHECK(read_document("", "f.yaml", faults).empty());
  CHECK(read_document("# nothing\n---\n", "f.yaml", faults).empty());
  CHECK(faults.empty());
}

TEST_CASE("what isn't YAML is refused with its line") {
  CHECK(only_fault("a: 1\nb: [1,\n").starts_with("f.yaml:3: not YAML: "));
  CHECK(only_fault("a: 1\n\tb: 2\n").find("not YAML") != std::string::npos);
}

TEST_CASE("a key that stands twice is refused") {
  CHECK(only_fault("a: 1\nb:\n  c: 1\n  c: 2\n") == "f.yaml:4: key \"b.c\" stands here a second time");
}

TEST_CASE("keys with dots, keys that aren't words, lists and several documents are refused") {
  CHECK(only_fault("server.port: 1\n").find("not with dots") != std::string::npos);
  CHECK(only_fault("[a]: 1\n") == "f.yaml:1: a key must be a word");
  CHECK(only_fault("- a\n") == "f.yaml: must be a list of keys and values");
  CHECK(only_fault("a: 1\n---\nb: 2\n") == "f.yaml: holds 2 documents, not one");
}

TEST_CASE("aliases that multiply end at a bound") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k)
      text += ", " + before;
    text += "]\n";
  }
  CHECK(only_fault(text).find("more than 16 levels or 20000 values") != std::string::npos);
}

TEST_CASE("a document of too many levels is refused") {
  std::string text = "a: ";
  CHECK(only_fault(text + std::string(40, '[') + std::string(40, ']')).find("16 levels") != std::string::npos);
  std::vector<std::string> faults;
  read_document(text + std::string(100'000, '['), "f.yaml", faults);
  CHECK(faults.size() == 1);
}

TEST_CASE("variables are put in, with a default where one is named") {
  const environment variables{{"HOST", "example"}, {"EMPTY", ""}, {"TRICK", "${HOST}"}};
  CHECK(interpolated("http://${HOST}/x", variables).text == "http://example/x");
  CHECK(interpolated("${NONE:-fall back}", variables).text == "fall back");
  CHECK(interpolated("${EMPTY:-other}", variables).text == "other");
  CHECK(interpolated("${NONE:-}", variables).text.empty());
  CHECK(interpolated("${HOST}${HOST}", variables).text == "exampleexample");
}

TEST_CASE("what a variable holds isn't looked into again") {
  CHECK(interpolated("${TRICK}", {{"TRICK", "${HOST}"}, {"HOST", "x"}}).text == "${HOST}");
}

TEST_CASE("two dollars stand for one before a brace, and a lone dollar is a dollar") {
  CHECK(interpolated("$${HOST}", {{"HOST", "x"}}).text == "${HOST}");
  CHECK(interpolated("a$b$", {}).text == "a$b$");
}

TEST_CASE("a variable that isn't set and a malformed one are named with their line") {
  CHECK(interpolated("${NONE}", {}).faults
        == std::vector<std::string>{"f.yaml:7: a.b: environment variable NONE isn't set"});
  CHECK(interpolated("${NONE", {}).faults == std::vector<std::string>{"f.yaml:7: a.b: a \"${\" without its \"}\""});
  CHECK(interpolated("${1X}", {}).faults.front().find("must be ${NAME} or ${NAME:-default}") != std::string::npos);
  CHECK(interpolated("${A:-${B}}", {}).faults.size() == 1);
}

TEST_CASE("a file that can't be read is named with the reason") {
  troupe::testing::folder folder;
  CHECK_THROWS_WITH(read_file(folder.path() / "none"),
                    "can't read " + (folder.path() / "none").string() + ": No such file or directory");
  CHECK_THROWS_WITH(read_file(folder.path()), "can't read " + folder.path().string() + ": Is a directory");
  const auto large = folder.file("large", std::string((1 << 20) + 1, 'x'));
  CHECK_THROWS_WITH(read_file(large), large.string() + " is larger than 1 MiB");
}
