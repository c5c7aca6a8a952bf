// Whatever a user writes, what is understood of it is what the step's schema allows.

#include "actors/conversation/understanding.hpp"

#include <cstdint>
#include <set>

#include "actors/conversation/schema_check.hpp"
#include "config/agent_store.hpp"
#include "tests/fuzz/require.hpp"

using namespace troupe::actors::conversation;
using troupe::fuzzing::require;

namespace {

const std::vector<troupe::config::agent_step>& steps() {
  static const auto all = troupe::config::agent_store{{}, {}}.find("onboarding")->steps;
  return all;
}

} // namespace

/// The first bytes tell the step, the field that was asked for, the one before and the language.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4)
    return 0;
  const auto& step = steps()[data[0] % steps().size()];
  const auto field = [&](std::uint8_t n) {
    return n % 8 == 7 ? std::string_view{} : std::string_view{step.fields[n % step.fields.size()].name};
  };
  constexpr std::string_view languages[] = {"en", "en-US", "de"};
  talk so_far{field(data[1]),
              field(data[2]),
              {field(data[2])},
              std::chrono::sys_days{std::chrono::days{20'000}},
              languages[data[3] % 3]};
  const std::string_view message{reinterpret_cast<const char*>(data) + 4, size - 4};
  const auto out = understand(message, step, so_far);
  std::set<std::string> seen;
  const auto good_span = [&](span s) { return s.begin <= s.end && s.end <= message.size(); };
  for (const auto& v : out.values) {
    require(seen.insert(v.field).second);
    require(v.confidence > 0 && v.confidence <= 1);
    require(good_span(v.from));
    require(value_faults(step, "{\"" + v.field + "\":" + v.value + "}").empty());
  }
  for (const auto& m : out.misfits) {
    require(seen.insert(m.field).second);
    require(good_span(m.from) && !m.message.empty());
  }
  return 0;
}
