#include "config/providers.hpp"

#include "config/table.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace troupe::config {

namespace {

constexpr std::string_view extractive = "extractive";

/// A company whose own address has defaults.
struct house {
  provider_kind kind;
  std::string_view host; ///< with scheme and slash
  std::string_view url;
  std::string_view model;
  const char* variable; ///< holds its key
};

constexpr std::array<house, 2> houses{
    {{provider_kind::openai, "https://api.openai.com/", "https://api.openai.com/v1", "gpt-4o-mini", "OPENAI_API_KEY"},
     {provider_kind::anthropic, "https://api.anthropic.com/", "https://api.anthropic.com/v1", "claude-haiku-4-5",
      "ANTHROPIC_API_KEY"}}};

const house* house_of(provider_kind kind) {
  const auto* at = std::find_if(houses.begin(), houses.end(), [&](const auto& each) { return each.kind == kind; });
  return at == houses.end() ? nullptr : at;
}

std::string word_of(provider_kind kind) {
  return std::string{provider_kinds.at(static_cast<std::size_t>(kind))};
}

std::string prefix_of(std::size_t index) {
  return "llm.providers." + std::to_string(index) + '.';
}

bool is_at(const provider_settings& p, const house& where) {
  return p.kind == where.kind && (p.base_url.empty() || (p.base_url + '/').starts_with(where.host));
}

provider_settings* find(llm_settings& all, std::string_view name) {
  const auto at = std::find_if(all.providers.begin(), all.providers.end(), [&](auto& p) { return p.name == name; });
  return at == all.providers.end() ? nullptr : &*at;
}

/// Names them all, each once; `extractive` belongs to the kind of that name.
void name_providers(source& from, llm_settings& all) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < all.providers.size(); ++i) {
    auto& p = all.providers[i];
    const auto place = from.place_of(prefix_of(i) + "name");
    if (p.name.empty())
      p.name = word_of(p.kind);
    if (p.name == extractive && p.kind != provider_kind::extractive)
      from.fault(place + "\"extractive\" is kept for the kind of that name");
    else if (!names.insert(p.name).second)
      from.fault(place + "a second provider is called " + in_quotes(p.name));
  }
}

/// The key goes to the house's own address only: a provider elsewhere must name the key that it is meant to get.
/// @param makes_provider whether none is configured
void use_key(source& from, const house& of, bool makes_provider, llm_settings& all) {
  const auto key = from.variable(of.variable, true);
  if (!key)
    return;
  provider_settings made;
  made.kind = of.kind;
  made.name = word_of(of.kind);
  const auto& table = provider_table();
  const auto rule = std::find_if(table.begin(), table.end(), [](const auto& s) { return s.key == "api_key"; });
  if (!rule->assign(made, key->text)) {
    from.fault(key->place + "must be " + rule->rule);
  } else if (makes_provider) {
    all.providers.push_back(std::move(made));
  } else {
    for (auto& p : all.providers)
      if (is_at(p, of) && p.api_key.empty())
        p.api_key = made.api_key;
  }
}

/// Puts `extractive` last, and makes that provider where nobody did.
void complete_chain(source& from, llm_settings& all) {
  const auto words = from.take_list("llm.chain");
  std::vector<std::string_view> names;
  for (const auto& p : all.providers)
    names.push_back(p.name);
  for (const auto& word : words) {
    const auto* p = find(all, word.text);
    if (p == nullptr && word.text != extractive)
      from.fault(word.place + "no provider is called " + in_quotes(word.text) + suggestion(word.text, names));
    else if (std::count(all.chain.begin(), all.chain.end(), word.text) > 0)
      from.fault(word.place + in_quotes(word.text) + " stands there twice");
    else if ((p == nullptr || p->kind == provider_kind::extractive) && &word != &words.back())
      from.fault(word.place + "extractive must stand last: it never fails, so nothing behind it is ever used");
    else
      all.chain.push_back(word.text);
  }
  std::string last{extractive};
  for (const auto& p : all.providers)
    if (p.kind == provider_kind::extractive)
      last = p.name;
    else if (words.empty())
      all.chain.push_back(p.name);
  if (find(all, last) == nullptr) {
    auto& made = all.providers.emplace_back();
    made.name = last;
    made.kind = provider_kind::extractive;
  }
  const auto* end = all.chain.empty() ? nullptr : find(all, all.chain.back());
  if (all.chain.empty() || (end != nullptr && end->kind != provider_kind::extractive))
    all.chain.push_back(last);
}

/// `LLM_MODEL` and its like are for the first of the chain, where no variable of its own says otherwise.
void apply_llm_variables(source& from, llm_settings& all, std::vector<std::string>& warnings) {
  constexpr std::array<std::pair<const char*, const char*>, 3> variables{
      {{"LLM_MODEL", "model"}, {"LLM_TEMPERATURE", "temperature"}, {"LLM_MAX_TOKENS", "max_tokens"}}};
  auto* first = find(all, all.chain.front());
  for (const auto& [name, key] : variables) {
    const auto value = from.variable(name, false);
    if (!value || first == nullptr)
      continue;
    if (first->kind == provider_kind::extractive) {
      warnings.push_back(std::string{name}
                         + " has no effect: there is no model, notes are composed without one"
                           " (set OPENAI_API_KEY, ANTHROPIC_API_KEY or llm.providers)");
      continue;
    }
    const auto index = static_cast<std::size_t>(first - all.providers.data());
    if (from.variable(variable_name(prefix_of(index) + key), false))
      continue;
    const auto& table = provider_table();
    const auto rule = std::find_if(table.begin(), table.end(), [&](const auto& s) { return s.key == key; });
    if (!rule->assign(*first, value->text))
      from.fault(value->place + "must be " + rule->rule + "; found " + in_quotes(value->text));
  }
}

void check_endpoints(source& from, llm_settings& all) {
  for (std::size_t i = 0; i < all.providers.size(); ++i) {
    auto& p = all.providers[i];
    const auto* at = house_of(p.kind);
    if (at == nullptr)
      continue;
    const bool own = is_at(p, *at);
    if (p.base_url.empty())
      p.base_url = at->url;
    while (p.base_url.ends_with('/'))
      p.base_url.pop_back();
    if (own && p.api_key.empty())
      from.fault(from.place_of(prefix_of(i) + "api_key") + "is missing; set it, or " + at->variable);
    if (p.model.empty() && own)
      p.model = at->model;
    if (p.model.empty())
      from.fault(from.place_of(prefix_of(i) + "model") + "is missing: the name of a model that " + p.base_url + " has");
  }
}

/// What is Anthropic's own.
void check_messages(source& from, llm_settings& all, std::vector<std::string>& warnings) {
  const provider_settings usual;
  for (std::size_t i = 0; i < all.providers.size(); ++i) {
    auto& p = all.providers[i];
    const auto place = [&](const char* key) { return from.place_of(prefix_of(i) + key); };
    if (p.kind != provider_kind::anthropic) {
      if (p.api_version != usual.api_version)
        from.fault(place("api_version") + "belongs to the kind anthropic; this provider is of kind " + word_of(p.kind));
      if (p.prompt_cache != usual.prompt_cache)
        from.fault(place("prompt_cache") + "belongs to the kind anthropic; this provider is of kind "
                   + word_of(p.kind));
      continue;
    }
    if (is_at(p, *house_of(p.kind)) && !p.base_url.ends_with("/v1"))
      from.fault(place("base_url") + "must end in /v1; found " + in_quotes(p.base_url));
    if (p.temperature && *p.temperature > 1)
      from.fault(place("temperature") + "must be a number from 0 to 1 for the kind anthropic; found "
                 + format_number(*p.temperature));
    else if (p.temperature && p.api_version == messages_version::v2026_10_21)
      warnings.push_back(place("temperature") + "isn't sent: the api_version 2026-10-21 takes none, 2023-06-01 does");
  }
}

} // namespace

void read_providers(source& from, std::size_t count, llm_settings& out, std::vector<std::string>& warnings) {
  for (std::size_t i = 0; i < count; ++i)
    read_section(from, prefix_of(i), provider_table(), out.providers.emplace_back());
  const auto none = out.providers.empty();
  for (const auto& each : houses)
    use_key(from, each, none, out);
  name_providers(from, out);
  complete_chain(from, out);
  apply_llm_variables(from, out, warnings);
  check_endpoints(from, out);
  check_messages(from, out, warnings);
}

} // namespace troupe::config
