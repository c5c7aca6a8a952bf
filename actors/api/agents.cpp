#include "actors/api/agents.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "actors/conversation/schema_check.hpp"
#include "actors/conversation/understanding.hpp"

namespace troupe::actors::api {

namespace {

/// Whether some provider of the chain is a model.
bool has_models(const config::llm_settings& settings) {
  return std::ranges::any_of(settings.providers, [&](const auto& provider) {
    return provider.kind != config::provider_kind::extractive
           && std::ranges::find(settings.chain, provider.name) != settings.chain.end();
  });
}

} // namespace

std::shared_ptr<config::agent_store> make_agents(const config::settings& settings) {
  std::vector<std::string> providers;
  for (const auto& provider : settings.llm.providers)
    providers.push_back(provider.name);
  return std::make_shared<config::agent_store>(settings.agents_dir, std::move(providers));
}

std::shared_ptr<const conversation::conversation_settings>
make_talk(const config::settings& settings, std::shared_ptr<const config::agent_store> agents) {
  auto out = std::make_shared<conversation::conversation_settings>();
  out->agent = [agents = std::move(agents)](std::string_view name) { return agents->find(name); };
  out->understand = conversation::understand;
  out->check = conversation::value_faults;
  out->models = has_models(settings.llm);
  return out;
}

} // namespace troupe::actors::api
