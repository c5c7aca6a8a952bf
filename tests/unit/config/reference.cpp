#include "reference.hpp"

#include "config/table.hpp"

namespace troupe::testing {

namespace {

using namespace config;

std::string code(const std::string& text) {
  return text.empty() ? std::string{} : '`' + text + '`';
}

template <class Target>
std::string row(const std::string& prefix, const setting<Target>& s) {
  const auto key = prefix + s.key;
  auto keys = code(key);
  if (s.secret)
    keys += "<br>" + code(key + "_file");
  std::string variables;
  for (const auto& name : s.variables)
    variables += (variables.empty() ? "" : "<br>") + code(name);
  return "| " + keys + " | " + (s.standard.empty() ? "none" : code(s.standard)) + " | " + s.meaning + ". Must be "
         + s.rule + ". | " + variables + " |\n";
}

constexpr auto head = "| key | default | meaning | further variable |\n| --- | --- | --- | --- |\n";

} // namespace

std::string settings_reference() {
  std::string out = head;
  for (const auto& s : settings_table())
    out += row("", s);
  return out;
}

std::string provider_reference() {
  std::string out = head;
  for (const auto& s : provider_table())
    out += row("", s);
  return out;
}

} // namespace troupe::testing
