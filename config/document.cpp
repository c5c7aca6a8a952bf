#include "config/document.hpp"

#include "config/values.hpp"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <fstream>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace troupe::config {

namespace {

constexpr std::size_t max_depth = 16;
constexpr std::size_t max_entries = 20'000;
constexpr std::size_t max_file = 1 << 20;

class flattener {
public:
  flattener(std::string_view origin, std::vector<std::string>& faults) : origin_{origin}, faults_{faults} {}

  void add(const std::string& key, const YAML::Node& node, std::size_t depth) {
    if (entries_.size() >= max_entries || depth > max_depth) {
      if (!std::exchange(overflow_, true))
        fault(node, "more than " + std::to_string(max_depth) + " levels or " + std::to_string(max_entries) + " values");
      return;
    }
    const auto line = node.Mark().line + 1;
    if (node.IsMap()) {
      if (!key.empty())
        entries_.push_back({key, entry_kind::section, {}, line});
      add_members(key, node, depth);
    } else if (node.IsSequence()) {
      entries_.push_back({key, entry_kind::list, {}, line});
      for (std::size_t i = 0; i < node.size(); ++i)
        add(key + '.' + std::to_string(i), node[i], depth + 1);
    } else {
      entries_.push_back({key, entry_kind::scalar, node.IsScalar() ? node.Scalar() : std::string{}, line});
    }
  }

  std::vector<entry> take() {
    return std::move(entries_);
  }

private:
  void add_members(const std::string& key, const YAML::Node& node, std::size_t depth) {
    std::set<std::string> seen;
    for (const auto& member : node) {
      if (!member.first.IsScalar() || member.first.Scalar().empty()) {
        fault(member.first, "a key must be a word");
        continue;
      }
      const auto& name = member.first.Scalar();
      const auto path = key.empty() ? name : key + '.' + name;
      if (name.find('.') != std::string::npos) {
        fault(member.first, "key " + in_quotes(path) + ": write sections one below the other, not with dots");
      } else if (!seen.insert(name).second) {
        fault(member.first, "key " + in_quotes(path) + " stands here a second time");
      } else {
        const auto first = entries_.size();
        add(path, member.second, depth + 1);
        if (first < entries_.size()) // the line of the key, also where the value begins further down
          entries_[first].line = member.first.Mark().line + 1;
      }
    }
  }

  void fault(const YAML::Node& node, const std::string& what) {
    faults_.push_back(std::string{origin_} + ':' + std::to_string(node.Mark().line + 1) + ": " + what);
  }

  std::string_view origin_;
  std::vector<std::string>& faults_;
  std::vector<entry> entries_;
  bool overflow_ = false;
};

bool is_name(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9'))
    return false;
  return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == text.npos;
}

/// The text behind `${…}`'s inside; a fault is set when there is none.
std::string replacement(std::string_view inside, const environment& variables, std::string& fault) {
  const auto dash = inside.find(":-");
  const auto name = inside.substr(0, dash);
  if (!is_name(name) || inside.find("${") != std::string_view::npos) {
    fault = in_quotes("${" + std::string{inside} + "}") + " must be ${NAME} or ${NAME:-default}";
    return {};
  }
  if (const auto found = variables.find(name); found != variables.end() && !found->second.empty())
    return found->second;
  if (dash != std::string_view::npos)
    return std::string{inside.substr(dash + 2)};
  fault = "environment variable " + std::string{name} + " isn't set";
  return {};
}

std::string interpolated(std::string_view text, const environment& variables, std::vector<std::string>& faults) {
  std::string out;
  while (true) {
    const auto dollar = text.find("${");
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos)
      return out;
    if (dollar > 0 && text[dollar - 1] == '$') {
      out += '{';
      text.remove_prefix(dollar + 2);
      continue;
    }
    const auto end = text.find('}', dollar);
    if (end == std::string_view::npos) {
      faults.emplace_back("a \"${\" without its \"}\"");
      return {};
    }
    std::string fault;
    out += replacement(text.substr(dollar + 2, end - dollar - 2), variables, fault);
    if (!fault.empty())
      faults.push_back(std::move(fault));
    text.remove_prefix(end + 1);
  }
}

} // namespace

std::vector<entry> read_document(std::string_view text, std::string_view origin, std::vector<std::string>& faults) {
  flattener out{origin, faults};
  try {
    const auto documents = YAML::LoadAll(std::string{text});
    if (documents.size() > 1)
      faults.push_back(std::string{origin} + ": holds " + std::to_string(documents.size()) + " documents, not one");
    else if (!documents.empty() && !documents[0].IsNull() && !documents[0].IsMap())
      faults.push_back(std::string{origin} + ": must be a list of keys and values");
    else if (!documents.empty() && documents[0].IsMap())
      out.add({}, documents[0], 0);
  } catch (const YAML::Exception& e) {
    faults.push_back(std::string{origin} + ':' + std::to_string(e.mark.line + 1) + ": not YAML: " + e.msg);
  }
  return out.take();
}

void interpolate(std::vector<entry>& entries, const environment& variables, std::string_view origin,
                 std::vector<std::string>& faults) {
  for (auto& e : entries) {
    if (e.text.find("${") == std::string::npos)
      continue;
    std::vector<std::string> found;
    e.text = interpolated(e.text, variables, found);
    for (const auto& f : found)
      faults.push_back(place(origin, e) + f);
  }
}

std::string place(std::string_view origin, const entry& where) {
  const auto line = where.line > 0 ? ':' + std::to_string(where.line) : std::string{};
  return std::string{origin} + line + ": " + where.key + ": ";
}

std::string read_file(const std::filesystem::path& file) {
  const auto reason = [&](int code) {
    return std::runtime_error{"can't read " + file.string() + ": " + std::generic_category().message(code)};
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    throw reason(EISDIR);
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (!in)
    throw reason(errno == 0 ? EIO : errno);
  std::string text(max_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad())
    throw reason(EIO);
  if (text.size() > max_file)
    throw std::runtime_error{file.string() + " is larger than 1 MiB"};
  return text;
}

} // namespace troupe::config
