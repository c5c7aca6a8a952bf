#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/document.hpp"
#include "config/schema.hpp"

namespace troupe::config {

/// A value as it was given.
struct given {
  std::string text;
  std::string place; ///< `troupe.yaml:3: server.port: ` or `TROUPE_SERVER_PORT: `
};

/// The file and the environment as one: what was given for a key, and which keys nobody asked for.
class source {
public:
  /// @param origin the file's name for messages
  source(std::string origin, std::vector<entry> entries, const environment& variables,
         std::vector<std::string>& faults);
  source(const source&) = delete;
  source& operator=(const source&) = delete;

  /// What is given for `key`: by its own variable, by one of `variables`, or by the file, in this order; for a secret
  /// each of them may also name a file (`_FILE`, `_file`). Empty text is no value. Faults are collected.
  std::optional<given> take(const std::string& key, const std::vector<std::string>& variables, bool secret);

  /// The elements of a list of scalars. A scalar or a variable holds them separated by commas.
  std::vector<given> take_list(const std::string& key);

  /// How many elements a list of sections has, those that only variables name included.
  std::size_t take_sections(const std::string& key);

  /// The names that stand below a section, in the order of the file; what is below each is for the caller to take.
  std::vector<std::string> take_names(const std::string& key);

  /// Whether the file gives anything for `key`, be it of the wrong kind.
  bool gives(const std::string& key) const;

  /// A variable's value, or that of the file named by the variable with `_FILE`.
  std::optional<given> variable(const std::string& name, bool secret);

  /// Where the file gives `key`, for a fault that is found later; the origin alone if it doesn't.
  std::string place_of(const std::string& key) const;

  void fault(std::string text) {
    faults_.push_back(std::move(text));
  }

  /// Reports each key of the file that was never taken. `reserved` gives a reason to refuse a key, or nothing.
  void report_unknown(const std::function<std::string_view(std::string_view)>& reserved);

private:
  const entry* find(std::string_view key) const;
  std::optional<given> scalar(const std::string& key, bool secret);
  std::optional<given> from_file(const std::string& path, const std::string& at);
  bool is_section(std::string_view key) const;

  std::string origin_;
  std::vector<entry> entries_;
  std::unordered_map<std::string_view, std::size_t> places_; ///< in `entries_`
  const environment& variables_;
  std::vector<std::string>& faults_;
  std::set<std::string, std::less<>> known_;
};

/// Reads all settings of a table into `target`.
/// @param prefix of the keys, such as `llm.providers.0.`; may be empty
template <class Target>
void read_section(source& from, const std::string& prefix, const std::vector<setting<Target>>& table, Target& target) {
  for (const auto& s : table) {
    const auto value = from.take(prefix + s.key, s.variables, s.secret);
    if (!value || s.assign(target, value->text))
      continue;
    const auto found = s.secret ? std::to_string(value->text.size()) + " bytes" : in_quotes_without_login(value->text);
    from.fault(value->place + "must be " + s.rule + "; found " + found);
  }
}

} // namespace troupe::config
