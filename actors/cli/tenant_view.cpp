#include "actors/cli/tenant_view.hpp"

#include "actors/cli/opened.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace troupe::actors::cli {

namespace {

using json = nlohmann::ordered_json;

/// Connector options with what may be a secret left out.
json public_options(const std::string& object) {
  auto out = object.empty() ? json::object() : json::parse(object, nullptr, false);
  for (auto& [key, value] : out.items())
    for (const auto* word : {"secret", "token", "password", "key"})
      if (key.find(word) != std::string::npos)
        value = "set";
  return out;
}

json to_json(const storage::tenant& t) {
  return {{"id", t.id},
          {"name", t.name},
          {"desk", t.desk_kind},
          {"desk_url", t.desk_url},
          {"desk_key_set", !t.desk_key.empty()},
          {"desk_ca_set", !t.desk_ca.empty()},
          {"desk_options", public_options(t.desk_options)},
          {"signing_secrets", t.signing_secrets.size()},
          {"webhooks_per_minute", t.webhooks_per_minute},
          {"paused", t.paused},
          {"created_at", shown(t.created_at)},
          {"updated_at", shown(t.updated_at)}};
}

std::string dumped(const json& value, int indent = -1) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

} // namespace

void print_tenants(const invocation& call, const std::vector<storage::tenant>& all) {
  if (call.json) {
    auto out = json::array();
    for (const auto& t : all)
      out.push_back(to_json(t));
    std::cout << dumped(out, 1) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& t : all)
    rows.push_back({t.id, t.name, t.desk_kind, t.desk_url,
                    t.webhooks_per_minute == 0 ? "no limit" : std::to_string(t.webhooks_per_minute),
                    t.paused ? "paused" : "active"});
  print_table(std::cout, {"ID", "NAME", "DESK", "DESK URL", "WEBHOOKS/MIN", "STATE"}, rows);
}

void print_tenant(const invocation& call, const storage::tenant& one) {
  const auto fields = to_json(one);
  if (call.json) {
    std::cout << dumped(fields, 1) << '\n';
    return;
  }
  for (const auto& [key, value] : fields.items())
    std::cout << key << ": " << for_terminal(value.is_string() ? value.get<std::string>() : dumped(value)) << '\n';
}

void print_change(const invocation& call, const storage::tenant& after, const char* action,
                  const config::secret* made) {
  if (call.json) {
    json out{{"tenant", to_json(after)}, {"action", action}};
    if (made != nullptr)
      out["signing_secret"] = made->reveal();
    std::cout << dumped(out, 1) << '\n';
    return;
  }
  std::cout << "tenant " << after.id << ": " << action << '\n';
  if (made != nullptr)
    std::cout << "signing secret (not shown again): " << made->reveal() << '\n';
}

} // namespace troupe::actors::cli
