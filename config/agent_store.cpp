#include "config/agent_store.hpp"

#include "config/agent_file.hpp"
#include "config/document.hpp"
#include "config/load.hpp"
#include "config/log.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace troupe::config {

namespace shipped {
extern const std::string_view chat;
extern const std::string_view onboarding;
extern const std::string_view profile;
} // namespace shipped

namespace {

constexpr std::size_t max_agents = 200;

struct shipped_file {
  std::string_view name;
  const std::string_view* text;
};

constexpr std::array<shipped_file, 3> shipped_files{
    {{"chat", &shipped::chat}, {"onboarding", &shipped::onboarding}, {"profile", &shipped::profile}}};

/// The shipped agent of that name, or one without a definition.
offered_agent shipped_agent(std::string_view name) {
  for (const auto& file : shipped_files)
    if (file.name == name) {
      auto origin = "shipped " + std::string{name} + ".yaml";
      auto made = std::make_shared<const agent_definition>(parse_agent(name, *file.text, origin, {}));
      return {std::move(made), std::move(origin)};
    }
  return {};
}

std::int64_t nanoseconds(const timespec& t) {
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

} // namespace

agent_store::agent_store(std::filesystem::path folder, std::vector<std::string> providers)
    : folder_{std::move(folder)}, providers_{std::move(providers)} {
  auto first = std::make_shared<agent_snapshot>();
  for (const auto& [name, text] : shipped_files)
    first->emplace(name, shipped_agent(name));
  agents_ = std::move(first);
  if (!folder_.empty())
    look();
  if (!faults_.empty())
    throw invalid_configuration{faults_};
}

std::shared_ptr<const agent_snapshot> agent_store::agents() const {
  const std::lock_guard lock{guard_};
  return agents_;
}

std::shared_ptr<const agent_definition> agent_store::find(std::string_view name) const {
  const auto all = agents();
  const auto at = all->find(name);
  return at == all->end() ? nullptr : at->second.definition;
}

std::vector<std::string> agent_store::faults() const {
  const std::lock_guard lock{guard_};
  return faults_;
}

bool agent_store::refresh() {
  if (folder_.empty())
    return false;
  const std::lock_guard reading{reading_};
  const auto found = look();
  for (const auto& fault : found.faults)
    log::warn("agent_file_faulty", fault);
  const auto all = agents();
  for (const auto& name : found.agents) {
    const auto& agent = all->at(name);
    if (agent.removed)
      log::info("agent_removed", "an agent's file is gone", {{"agent", name}});
    else
      log::info("agent_changed", "an agent was read anew", {{"agent", name}, {"version", agent.definition->version}});
  }
  return !found.agents.empty();
}

agent_store::stamp agent_store::stamp_of(const std::filesystem::path& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0)
    return {};
  return {nanoseconds(s.st_mtim), nanoseconds(s.st_ctim), s.st_ino, static_cast<std::uint64_t>(s.st_size)};
}

/// Editors' and mounts' own files begin with a dot.
agent_store::listing agent_store::list() const {
  listing out;
  std::error_code failed;
  std::error_code ignored;
  for (std::filesystem::directory_iterator at{folder_, failed}, end; !failed && at != end; at.increment(failed)) {
    const auto& path = at->path();
    if (path.filename().native().starts_with('.') || std::filesystem::is_directory(path, ignored))
      continue;
    if (path.extension() == ".yaml")
      out.files.emplace(path.stem().string(), path);
    else if (path.extension() == ".yml")
      out.faults.push_back(path.string() + ": isn't read: an agent's file ends in .yaml");
  }
  std::sort(out.faults.begin(), out.faults.end());
  if (failed)
    out.faults.push_back("agents_dir: " + folder_.string() + " can't be read: " + failed.message());
  else if (out.files.size() > max_agents)
    out.faults.push_back("agents_dir: " + folder_.string() + " holds more than " + std::to_string(max_agents)
                         + " agents");
  else
    out.complete = true;
  return out;
}

void agent_store::read(const std::string& name, const std::filesystem::path& path, agent_snapshot& into) {
  file now{stamp_of(path), {}};
  try {
    const auto text = read_file(path);
    auto made = parse_agent(name, text, path.string(), providers_);
    into[name] = {std::make_shared<const agent_definition>(std::move(made)), path.string(), false};
  } catch (const invalid_configuration& e) {
    now.faults = e.faults();
  } catch (const std::exception& e) {
    now.faults = {e.what()};
  }
  files_[name] = std::move(now);
}

/// The shipped agent of that name comes back; without one, the last definition stays.
void agent_store::remove(const std::string& name, agent_snapshot& from) {
  const auto at = from.find(name);
  if (at == from.end())
    return; // its file never was without faults
  if (auto shipped = shipped_agent(name); shipped.definition)
    at->second = std::move(shipped);
  else
    at->second.removed = true;
}

agent_store::changes agent_store::look() {
  auto next = *agents();
  auto found = list();
  if (found.complete) {
    for (const auto& [name, path] : found.files)
      if (const auto known = files_.find(name); known == files_.end() || known->second.seen != stamp_of(path))
        read(name, path, next);
    for (auto at = files_.begin(); at != files_.end();)
      if (found.files.contains(at->first)) {
        ++at;
      } else {
        remove(at->first, next);
        at = files_.erase(at);
      }
  }
  for (const auto& [name, state] : files_)
    found.faults.insert(found.faults.end(), state.faults.begin(), state.faults.end());
  return publish(std::move(next), std::move(found.faults));
}

agent_store::changes agent_store::publish(agent_snapshot next, std::vector<std::string> faults) {
  changes out;
  const std::lock_guard lock{guard_};
  for (const auto& fault : faults)
    if (std::find(faults_.begin(), faults_.end(), fault) == faults_.end())
      out.faults.push_back(fault);
  for (const auto& [name, agent] : next)
    if (const auto former = agents_->find(name); former == agents_->end()
                                                 || former->second.definition->version != agent.definition->version
                                                 || former->second.removed != agent.removed)
      out.agents.push_back(name);
  faults_ = std::move(faults);
  agents_ = std::make_shared<const agent_snapshot>(std::move(next));
  return out;
}

} // namespace troupe::config
