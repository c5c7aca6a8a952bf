#include "config/load.hpp"

#include "folder.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using namespace troupe::config;

namespace {

using names = std::vector<std::string>;

struct fixture {
  troupe::testing::folder folder;

  llm_settings read(std::string_view text, const environment& variables = {}) {
    return load(folder.file("t.yaml", text), variables).settings.llm;
  }

  std::string fault_of(std::string_view text, const environment& variables = {}) {
    try {
      load(folder.file("t.yaml", text), variables);
    } catch (const invalid_configuration& e) {
      REQUIRE(e.faults().size() == 1);
      return e.faults().front();
    }
    return "no fault";
  }
};

const provider_settings& provider(const llm_settings& all, std::string_view name) {
  for (const auto& p : all.providers)
    if (p.name == name)
      return p;
  FAIL("no provider " << name);
  return all.providers.front();
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr auto local = "llm:\n"
                       "  providers:\n"
                       "    - name: local\n"
                       "      base_url: http://127.0.0.1:1/v1/\n"
                       "      model: m\n"
                       "    - name: cloud\n"
                       "      api_key: k\n"
                       "      price_per_million: {input: 0.15, output: 0.6}\n"
                       "      max_concurrency: 8192\n"
                       "      timeout: 600s\n";

} // namespace

TEST_CASE_METHOD(fixture, "without a key notes are composed without a model") {
  const auto llm = read("");
  CHECK(llm.chain == names{"extractive"});
  CHECK(provider(llm, "extractive").kind == provider_kind::extractive);
}

TEST_CASE_METHOD(fixture, "OPENAI_API_KEY makes a provider of OpenAI") {
  const auto llm = read("", {{"OPENAI_API_KEY", "sk-1"}});
  CHECK(llm.chain == names{"openai", "extractive"});
  const auto& p = provider(llm, "openai");
  CHECK(p.base_url == "https://api.openai.com/v1");
  CHECK(p.api_key.reveal() == "sk-1");
  CHECK_FALSE(p.model.empty());
  CHECK_FALSE(p.temperature);
}

TEST_CASE_METHOD(fixture, "OPENAI_API_KEY may come from a file") {
  const auto file = folder.file("key", "sk-2\n").string();
  CHECK(provider(read("", {{"OPENAI_API_KEY_FILE", file}}), "openai").api_key.reveal() == "sk-2");
}

TEST_CASE_METHOD(fixture, "a key that would forge a header is refused without being shown") {
  const auto fault = fault_of("", {{"OPENAI_API_KEY", "sk secret"}});
  CHECK(fault == "OPENAI_API_KEY: must be visible ASCII characters without blanks");
}

TEST_CASE_METHOD(fixture, "providers of the file are read in order, and extractive is put last") {
  const auto llm = read(local);
  CHECK(llm.chain == names{"local", "cloud", "extractive"});
  CHECK(provider(llm, "local").base_url == "http://127.0.0.1:1/v1");
  const auto& cloud = provider(llm, "cloud");
  CHECK(cloud.base_url == "https://api.openai.com/v1");
  CHECK(cloud.input_price == 0.15);
  CHECK(cloud.output_price == 0.6);
  CHECK(cloud.max_concurrency == 8192);
  CHECK(cloud.timeout == 600s);
}

TEST_CASE_METHOD(fixture, "the key of the environment goes to OpenAI's address and nowhere else") {
  const auto llm = read("llm: {providers: [{name: a, base_url: 'http://other/v1', model: m}, {name: b}]}",
                        {{"OPENAI_API_KEY", "sk"}});
  CHECK(provider(llm, "a").api_key.empty());
  CHECK(provider(llm, "b").api_key.reveal() == "sk");
  const auto lookalike = read("llm: {providers: [{name: a, base_url: 'https://api.openai.com.evil/v1', model: m}]}",
                              {{"OPENAI_API_KEY", "sk"}});
  CHECK(provider(lookalike, "a").api_key.empty());
}

TEST_CASE_METHOD(fixture, "ANTHROPIC_API_KEY makes a provider of Anthropic, behind OpenAI's") {
  const environment variables{{"ANTHROPIC_API_KEY", "sk-ant"}, {"OPENAI_API_KEY", "sk"}};
  CHECK(read("", variables).chain == names{"openai", "anthropic", "extractive"});
  const auto llm = read("", {{"ANTHROPIC_API_KEY", "sk-ant"}, {"LLM_MODEL", "claude-x"}});
  CHECK(llm.chain == names{"anthropic", "extractive"});
  const auto& p = provider(llm, "anthropic");
  CHECK(p.kind == provider_kind::anthropic);
  CHECK(p.base_url == "https://api.anthropic.com/v1");
  CHECK(p.api_key.reveal() == "sk-ant");
  CHECK(p.model == "claude-x");
  const auto others = read("llm: {providers: [{name: a, kind: anthropic, base_url: 'http://other/v1', model: m},"
                           " {name: b, kind: anthropic}, {name: c}]}",
                           variables);
  CHECK(provider(others, "a").api_key.empty());
  CHECK(provider(others, "b").api_key.reveal() == "sk-ant");
  CHECK(provider(others, "c").api_key.reveal() == "sk");
}

TEST_CASE_METHOD(fixture, "what is Anthropic's own is read, and refused elsewhere") {
  const auto llm =
      read("llm: {providers: [{name: a, kind: anthropic, api_key: k, api_version: 2023-06-01, prompt_cache: 1h}]}");
  CHECK(provider(llm, "a").api_version == messages_version::v2023_06_01);
  CHECK(provider(llm, "a").prompt_cache == prompt_cache::one_hour);
  CHECK(holds(fault_of("llm: {providers: [{name: a, api_key: k, prompt_cache: none}]}"),
              "llm.providers[0].prompt_cache: belongs to the kind anthropic; this provider is of kind openai"));
  CHECK(holds(fault_of("llm: {providers: [{name: a, api_key: k, api_version: 2023-06-01}]}"),
              "llm.providers[0].api_version: belongs to the kind anthropic; this provider is of kind openai"));
  CHECK(holds(fault_of("llm: {providers: [{name: a, kind: anthropic, api_key: k, api_version: 2024-01-01}]}"),
              "must be one of 2026-10-21 or 2023-06-01; found \"2024-01-01\""));
  CHECK(holds(
      fault_of("llm: {providers: [{name: a, kind: anthropic, api_key: k, base_url: 'https://api.anthropic.com'}]}"),
      "llm.providers[0].base_url: must end in /v1; found \"https://api.anthropic.com\""));
  CHECK(holds(fault_of("llm: {providers: [{name: a, kind: anthropic, api_key: k, temperature: 1.5}]}"),
              "llm.providers[0].temperature: must be a number from 0 to 1 for the kind anthropic; found 1.5"));
}

TEST_CASE_METHOD(fixture, "a temperature that Anthropic's version doesn't take is named") {
  const auto warned = [&](const std::string& version) {
    return load(folder.file("t.yaml", "llm: {providers: [{name: a, kind: anthropic, api_key: k, temperature: 0.2"
                                          + version + "}]}"),
                {})
        .warnings;
  };
  CHECK(warned(", api_version: 2023-06-01").empty());
  REQUIRE(warned("").size() == 1);
  CHECK(holds(warned("")[0], "llm.providers[0].temperature: isn't sent: the api_version 2026-10-21 takes none"));
}

TEST_CASE_METHOD(fixture, "LLM_ variables are for the first provider of the chain") {
  const environment variables{{"LLM_MODEL", "big"}, {"LLM_TEMPERATURE", "0.3"}, {"LLM_MAX_TOKENS", "99"}};
  const auto llm = read(std::string{local} + "  chain: [cloud, local]\n", variables);
  CHECK(llm.chain == names{"cloud", "local", "extractive"});
  CHECK(provider(llm, "cloud").model == "big");
  CHECK(provider(llm, "cloud").temperature == 0.3);
  CHECK(provider(llm, "cloud").max_tokens == 99);
  CHECK(provider(llm, "local").model == "m");
  CHECK(provider(read("", {{"OPENAI_API_KEY", "k"}, {"LLM_MODEL", "x"}}), "openai").model == "x");
}

TEST_CASE_METHOD(fixture, "a provider's own variable counts more than LLM_MODEL") {
  const auto llm = read(local, {{"LLM_MODEL", "a"}, {"TROUPE_LLM_PROVIDERS_0_MODEL", "b"}});
  CHECK(provider(llm, "local").model == "b");
}

TEST_CASE_METHOD(fixture, "LLM_ variables without a model are named as without effect") {
  const auto loaded = load({}, {{"LLM_MODEL", "x"}, {"LLM_MAX_TOKENS", "5"}});
  REQUIRE(loaded.warnings.size() == 2);
  CHECK(loaded.warnings[0].starts_with("LLM_MODEL has no effect"));
}

TEST_CASE_METHOD(fixture, "a wrong LLM_ variable is named with its rule") {
  CHECK(fault_of("", {{"OPENAI_API_KEY", "k"}, {"LLM_TEMPERATURE", "hot"}})
        == "LLM_TEMPERATURE: must be a number from 0 to 2; found \"hot\"");
  CHECK(holds(fault_of("", {{"OPENAI_API_KEY", "k"}, {"LLM_MAX_TOKENS", "0"}}), "a whole number from 1 to 1000000"));
}

TEST_CASE_METHOD(fixture, "variables override and add providers by their place") {
  CHECK(provider(read(local, {{"TROUPE_LLM_PROVIDERS_1_API_KEY", "k2"}}), "cloud").api_key.reveal() == "k2");
  const auto llm = read("", {{"TROUPE_LLM_PROVIDERS_0_NAME", "mine"},
                             {"TROUPE_LLM_PROVIDERS_0_BASE_URL", "http://h/v1"},
                             {"TROUPE_LLM_PROVIDERS_0_MODEL", "m"}});
  CHECK(llm.chain == names{"mine", "extractive"});
  CHECK(holds(fault_of("", {{"TROUPE_LLM_PROVIDERS_1_NAME", "x"}}), "TROUPE_LLM_PROVIDERS_1_NAME: sets nothing"));
  CHECK(
      holds(fault_of(local, {{"TROUPE_LLM_PROVIDERS_0_MODL", "x"}}), "did you mean \"TROUPE_LLM_PROVIDERS_0_MODEL\""));
}

TEST_CASE_METHOD(fixture, "the chain may be named by a variable, with commas") {
  CHECK(read(local, {{"TROUPE_LLM_CHAIN", "cloud, local"}}).chain == names{"cloud", "local", "extractive"});
  CHECK(read(std::string{local} + "  chain: cloud\n").chain == names{"cloud", "extractive"});
  CHECK(read(std::string{local} + "  chain: [cloud, extractive]\n").chain == names{"cloud", "extractive"});
}

TEST_CASE_METHOD(fixture, "extractive may have another name, and still stands last") {
  const auto llm =
      read("llm: {providers: [{name: plain, kind: extractive}, {name: a, base_url: 'http://h/v1', model: m}]}");
  CHECK(llm.chain == names{"a", "plain"});
  CHECK(llm.providers.size() == 2);
}

TEST_CASE_METHOD(fixture, "a chain of unknown, repeated or unreachable names is refused") {
  const std::string base{local};
  CHECK(holds(fault_of(base + "  chain: [loca]\n"), "no provider is called \"loca\"; did you mean \"local\"?"));
  CHECK(holds(fault_of(base + "  chain: [local, local]\n"), "\"local\" stands there twice"));
  CHECK(holds(fault_of(base + "  chain: [extractive, local]\n"), "extractive must stand last"));
}

TEST_CASE_METHOD(fixture, "providers that can't work are refused") {
  CHECK(holds(fault_of("llm: {providers: [{name: a}]}"),
              "llm.providers[0].api_key: is missing; set it, or OPENAI_API_KEY"));
  CHECK(holds(fault_of("llm: {providers: [{name: a, base_url: 'http://h/v1'}]}"), "model: is missing"));
  CHECK(holds(fault_of("llm: {providers: [{name: a, kind: anthropic}]}"),
              "llm.providers[0].api_key: is missing; set it, or ANTHROPIC_API_KEY"));
  CHECK(holds(fault_of("llm: {providers: [{name: extractive, api_key: k}]}"), "\"extractive\" is kept for the kind"));
  CHECK(holds(fault_of("llm: {providers: [{api_key: k}, {api_key: k}]}"), "a second provider is called \"openai\""));
  CHECK(holds(fault_of("llm: {providers: [{name: a, api_key: k, max_concurrency: 0}]}"), "a whole number from 1"));
  CHECK(
      holds(fault_of("llm: {providers: [{name: a, api_key: k, modl: x}]}"), "did you mean \"llm.providers[0].model\""));
}
