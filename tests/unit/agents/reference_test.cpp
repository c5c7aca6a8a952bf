#include "config/agent_table.hpp"
#include "config/document.hpp"
#include "reading.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdlib>
#include <fstream>

using namespace troupe::config;

namespace {

const std::string document = TROUPE_SOURCE_DIR "/docs/agents.md";

std::string code(const std::string& text) {
  return text.empty() ? "none" : '`' + text + '`';
}

template <class Target>
std::string table_of(const std::vector<setting<Target>>& table) {
  std::string out = "| key | default | meaning |\n| --- | --- | --- |\n";
  for (const auto& s : table)
    out += "| `" + s.key + "` | " + code(s.standard) + " | " + s.meaning + ". Must be " + s.rule + ". |\n";
  return out;
}

std::string units() {
  std::string out;
  for (const auto unit : known_units())
    out += (out.empty() ? "`" : ", `") + std::string{unit} + '`';
  return out + "\n";
}

/// Replaces what stands between `<!-- name -->` and `<!-- end -->`.
std::string with_part(std::string text, const std::string& name, const std::string& part) {
  const auto open = "<!-- " + name + " -->\n";
  const auto begin = text.find(open);
  REQUIRE(begin != std::string::npos);
  const auto end = text.find("<!-- end -->", begin);
  REQUIRE(end != std::string::npos);
  return text.replace(begin + open.size(), end - begin - open.size(), part);
}

} // namespace

TEST_CASE("the documentation lists an agent's keys as the code declares them (UPDATE_DOCS=1 writes them)") {
  const auto text = read_file(document);
  auto wanted = with_part(text, "agent", table_of(agent_table()));
  wanted = with_part(wanted, "step", table_of(step_table()));
  wanted = with_part(wanted, "property", table_of(property_table()));
  wanted = with_part(wanted, "units", units());
  if (std::getenv("UPDATE_DOCS") != nullptr && wanted != text)
    std::ofstream{document, std::ios::binary} << wanted;
  CHECK(wanted == read_file(document));
}

TEST_CASE("the documentation's example is an agent") {
  const auto text = read_file(document);
  const std::string open = "```yaml\n";
  const auto begin = text.find(open) + open.size();
  const auto agent = troupe::testing::read_agent(text.substr(begin, text.find("```", begin) - begin));
  REQUIRE(agent.steps.size() == 2);
  CHECK(agent.steps[0].fields.size() == 3);
  CHECK(agent.steps[0].complete_when.size() == 2);
  CHECK(agent.steps[1].next.empty());
}
