#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "actors/conversation/understanding.hpp"
#include "config/agent_store.hpp"

namespace troupe::testing {

constexpr std::chrono::sys_days friday = std::chrono::year{2026} / std::chrono::November / 20;

/// A step of a shipped agent: `onboarding/goals`.
inline const config::agent_step& shipped_step(std::string_view path) {
  static const config::agent_store store{{}, {}};
  const auto slash = path.find('/');
  const auto agent = store.find(path.substr(0, slash));
  const auto* step = agent ? config::find_step(*agent, path.substr(slash + 1)) : nullptr;
  if (step == nullptr)
    throw std::invalid_argument{"no step " + std::string{path}};
  return *step;
}

/// What was understood, such as `age=34 weight=82.5`; misfits as `weight!`, the rest as `declined` and `asks`.
inline std::string told(const actors::conversation::understanding& all) {
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : " ") + text; };
  for (const auto& v : all.values)
    add(v.field + '=' + v.value);
  for (const auto& m : all.misfits)
    add(m.field + '!');
  if (all.declined)
    add("declined");
  if (all.question)
    add("asks");
  return out.empty() ? "-" : out;
}

} // namespace troupe::testing
