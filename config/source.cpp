#include "config/source.hpp"

#include "config/table.hpp"

#include <algorithm>

namespace troupe::config {

namespace {

/// `llm.providers[0].name`: keys as people write them.
std::string shown(std::string_view key) {
  std::string out;
  while (!key.empty()) {
    const auto dot = key.find('.');
    const auto part = key.substr(0, dot);
    if (!out.empty() && parse_integer(part))
      out.append("[").append(part).append("]");
    else
      out.append(out.empty() ? "" : ".").append(part);
    key.remove_prefix(dot == std::string_view::npos ? key.size() : dot + 1);
  }
  return out;
}

bool is_below(std::string_view key, std::string_view parent) {
  return key.size() > parent.size() && key.starts_with(parent) && key[parent.size()] == '.';
}

} // namespace

source::source(std::string origin, std::vector<entry> entries, const environment& variables,
               std::vector<std::string>& faults)
    : origin_{std::move(origin)}, entries_{std::move(entries)}, variables_{variables}, faults_{faults} {
  for (std::size_t i = 0; i < entries_.size(); ++i)
    places_.emplace(entries_[i].key, i);
}

const entry* source::find(std::string_view key) const {
  const auto at = places_.find(key);
  return at == places_.end() ? nullptr : &entries_[at->second];
}

std::string source::place_of(const std::string& key) const {
  const auto* e = find(key);
  return place(origin_, {shown(key), entry_kind::scalar, {}, e == nullptr ? 0 : e->line});
}

std::optional<given> source::from_file(const std::string& path, const std::string& at) {
  try {
    auto text = trim_line_end(read_file(path));
    if (text.empty())
      fault(at + path + " is empty");
    else
      return given{std::move(text), at};
  } catch (const std::exception& e) {
    fault(at + e.what());
  }
  return std::nullopt;
}

std::optional<given> source::variable(const std::string& name, bool secret) {
  const auto value = [&](const std::string& n) {
    const auto at = variables_.find(n);
    return at == variables_.end() ? std::string{} : at->second;
  };
  auto direct = value(name);
  if (const auto file = secret ? value(name + "_FILE") : std::string{}; !file.empty()) {
    if (direct.empty())
      return from_file(file, name + "_FILE: ");
    fault(name + ": is set together with " + name + "_FILE");
  }
  if (direct.empty())
    return std::nullopt;
  return given{std::move(direct), name + ": "};
}

std::optional<given> source::scalar(const std::string& key, bool secret) {
  known_.insert(key);
  if (secret)
    known_.insert(key + "_file");
  const auto text = [&](const std::string& k) -> std::string {
    const auto* e = find(k);
    if (e != nullptr && e->kind != entry_kind::scalar)
      fault(place_of(k) + "must be a single value");
    return e == nullptr ? std::string{} : e->text;
  };
  auto direct = text(key);
  if (const auto file = secret ? text(key + "_file") : std::string{}; !file.empty()) {
    if (direct.empty())
      return from_file(file, place_of(key + "_file"));
    fault(place_of(key) + "is set together with " + key + "_file");
  }
  if (direct.empty())
    return std::nullopt;
  return given{std::move(direct), place_of(key)};
}

std::optional<given> source::take(const std::string& key, const std::vector<std::string>& variables, bool secret) {
  auto from_document = scalar(key, secret);
  if (auto own = variable(variable_name(key), secret))
    return own;
  for (const auto& name : variables)
    if (auto special = variable(name, secret))
      return special;
  return from_document;
}

std::vector<given> source::take_list(const std::string& key) {
  known_.insert(key);
  std::vector<given> out;
  const auto split = [&](const given& all) {
    std::string_view rest = all.text;
    while (true) {
      const auto comma = rest.find(',');
      auto word = rest.substr(0, comma);
      word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
      word = word.substr(0, word.find_last_not_of(' ') + 1);
      if (!word.empty())
        out.push_back({std::string{word}, all.place});
      if (comma == std::string_view::npos)
        return;
      rest.remove_prefix(comma + 1);
    }
  };
  const auto* e = find(key);
  const auto own = variable(variable_name(key), false);
  if (e != nullptr && e->kind == entry_kind::list) {
    for (const auto& element : entries_) {
      if (!is_below(element.key, key))
        continue;
      known_.insert(element.key);
      if (element.kind != entry_kind::scalar)
        fault(place_of(element.key) + "must be a single value");
      else if (!own && !element.text.empty())
        out.push_back({element.text, place_of(element.key)});
    }
  } else if (e != nullptr && e->kind == entry_kind::section) {
    fault(place_of(key) + "must be a list");
  } else if (e != nullptr && !own) {
    split({e->text, place_of(key)});
  }
  if (own)
    split(*own);
  return out;
}

std::size_t source::take_sections(const std::string& key) {
  known_.insert(key);
  const auto* e = find(key);
  if (e != nullptr && (e->kind == entry_kind::section || !e->text.empty()))
    fault(place_of(key) + "must be a list: each element begins with \"- \"");
  std::size_t count = 0;
  for (auto prefix = key + ".0"; e != nullptr && find(prefix) != nullptr; prefix = key + '.' + std::to_string(count)) {
    if (find(prefix)->kind != entry_kind::section)
      fault(place_of(prefix) + "must be a section of keys and values");
    known_.insert(prefix);
    ++count;
  }
  const auto named = [&] {
    const auto prefix = variable_name(key) + '_' + std::to_string(count) + '_';
    const auto at = variables_.lower_bound(prefix);
    return at != variables_.end() && at->first.starts_with(prefix);
  };
  while (count < 64 && named())
    ++count;
  return count;
}

std::vector<std::string> source::take_names(const std::string& key) {
  known_.insert(key);
  std::vector<std::string> out;
  const auto* e = find(key);
  if (e == nullptr)
    return out;
  if (e->kind == entry_kind::list || !e->text.empty())
    fault(place_of(key) + "must be a section of keys and values");
  else
    for (const auto& other : entries_)
      if (is_below(other.key, key) && other.key.find('.', key.size() + 1) == std::string::npos)
        out.push_back(other.key.substr(key.size() + 1));
  return out;
}

bool source::gives(const std::string& key) const {
  const auto* e = find(key);
  return e != nullptr && (e->kind != entry_kind::scalar || !e->text.empty());
}

bool source::is_section(std::string_view key) const {
  const auto at = known_.lower_bound(std::string{key} + '.');
  return at != known_.end() && is_below(*at, key);
}

void source::report_unknown(const std::function<std::string_view(std::string_view)>& reserved) {
  std::set<std::string> names;
  for (const auto& key : known_)
    for (std::size_t dot = 0; dot != std::string::npos;) {
      dot = key.find('.', dot + 1);
      names.insert(shown(std::string_view{key}.substr(0, dot)));
    }
  const std::vector<std::string_view> words{names.begin(), names.end()};
  std::string skipped; // its fault is reported: nothing more about what lies below it
  for (const auto& e : entries_) {
    if (!skipped.empty() && is_below(e.key, skipped))
      continue;
    if (known_.contains(e.key)) {
      if (e.kind != entry_kind::scalar && !is_section(e.key))
        skipped = e.key;
    } else if (const auto reason = reserved(e.key); !reason.empty()) {
      if (e.kind == entry_kind::scalar && !e.text.empty())
        fault(place_of(e.key) + std::string{reason});
    } else if (is_section(e.key)) {
      if (e.kind == entry_kind::list || !e.text.empty())
        fault(place_of(e.key) + "is a section: its keys stand below it, indented");
      if (e.kind == entry_kind::list)
        skipped = e.key;
    } else {
      const auto line = e.line > 0 ? ':' + std::to_string(e.line) : std::string{};
      fault(origin_ + line + ": unknown key " + in_quotes(shown(e.key)) + suggestion(shown(e.key), words));
      skipped = e.key;
    }
  }
}

} // namespace troupe::config
