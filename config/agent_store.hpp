#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "config/agent.hpp"

namespace troupe::config {

/// An agent as it is offered.
struct offered_agent {
  std::shared_ptr<const agent_definition> definition;
  std::string origin;   ///< its file, or `shipped chat.yaml`
  bool removed = false; ///< its file is gone: conversations that run on it go on, new ones don't begin
};

/// Agents by name. Never changes.
using agent_snapshot = std::map<std::string, offered_agent, std::less<>>;

/// The agents that are there: the shipped ones, and those of a directory's `*.yaml`, which replace shipped ones of the
/// same name. Any thread may call anything.
class agent_store {
public:
  /// Reads all files. Throws `invalid_configuration` with all faults of all of them.
  /// @param folder `agents_dir`; empty = the shipped agents only
  /// @param providers that an agent's `model.provider` may name
  agent_store(std::filesystem::path folder, std::vector<std::string> providers);

  std::shared_ptr<const agent_snapshot> agents() const;

  /// The agent's definition, be it removed; or nothing.
  std::shared_ptr<const agent_definition> find(std::string_view name) const;

  /// Reads what has changed in the directory. A file that became faulty leaves its former definition in place, and so
  /// does one that can't be read; the log says why, once for each state of the file. Blocks on the disk.
  /// @returns whether `agents()` changed
  bool refresh();

  /// What is wrong with the files as they are now.
  std::vector<std::string> faults() const;

private:
  /// What tells that a file is another than before.
  struct stamp {
    std::int64_t modified = 0; ///< ns
    std::int64_t changed = 0;  ///< ns
    std::uint64_t inode = 0;
    std::uint64_t size = 0;

    bool operator==(const stamp&) const = default;
  };
  struct file {
    stamp seen;
    std::vector<std::string> faults;
  };

  struct listing {
    std::map<std::string, std::filesystem::path> files; ///< by the agent's name
    std::vector<std::string> faults;
    bool complete = false; ///< the directory could be read to its end
  };
  /// What one look at the directory found new.
  struct changes {
    std::vector<std::string> faults;
    std::vector<std::string> agents;
  };

  static stamp stamp_of(const std::filesystem::path& path);
  listing list() const;
  changes look();
  void read(const std::string& name, const std::filesystem::path& path, agent_snapshot& into);
  static void remove(const std::string& name, agent_snapshot& from);
  changes publish(agent_snapshot next, std::vector<std::string> faults);

  const std::filesystem::path folder_;
  const std::vector<std::string> providers_;
  std::mutex reading_; ///< held by the one who reads the directory
  std::map<std::string, file> files_;
  mutable std::mutex guard_; ///< of the next two
  std::shared_ptr<const agent_snapshot> agents_;
  std::vector<std::string> faults_;
};

} // namespace troupe::config
