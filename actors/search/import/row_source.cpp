#include "actors/search/import/row_source.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "actors/search/import/csv_reader.hpp"
#include "config/values.hpp"

namespace troupe::actors::search {

namespace {

using nlohmann::json;

constexpr std::size_t ignored = import_row::width;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

template <class Range>
std::string listed(const Range& names) {
  std::string result;
  for (const auto& name : names) {
    if (!result.empty())
      result += ", ";
    result += name;
  }
  return result;
}

/// Where a column of theirs goes: `ignored`, or the index of our field.
std::size_t place_of(import_kind kind, const std::map<std::string, std::string>& mapping, std::string_view theirs) {
  const auto mapped = mapping.find(std::string{theirs});
  return field_index(kind, mapped == mapping.end() ? theirs : std::string_view{mapped->second}).value_or(ignored);
}

void check_mapping(import_kind kind, const std::map<std::string, std::string>& mapping) {
  for (const auto& [theirs, ours] : mapping) {
    if (!field_index(kind, ours))
      throw import_error{std::string{to_string(kind)} + " have no field `" + ours + "` to map `" + theirs
                         + "` to; there are: " + listed(fields_of(kind))};
  }
}

class csv_rows final : public row_source {
public:
  csv_rows(std::istream& from, std::string_view name, import_kind kind,
           const std::map<std::string, std::string>& mapping)
      : lines_{from}, records_{lines_} {
    csv_record header;
    if (!records_.next(header))
      throw import_error{std::string{name} + " is empty: a CSV file begins with a header line"};
    if (!header.fault.empty())
      throw import_error{std::string{name} + ": the header line breaks the rule: " + header.fault};
    width_ = header.fields.size();
    for (auto& field : header.fields)
      field = std::string{trimmed(field)};
    std::array<bool, import_row::width> seen{};
    for (const auto& field : header.fields) {
      const auto place = place_of(kind, mapping, field);
      places_.push_back(place);
      if (place == ignored) {
        note_unknown(kind, field, header.line);
        continue;
      }
      if (std::exchange(seen[place], true))
        throw import_error{std::string{name} + " has two columns for `" + std::string{fields_of(kind)[place]} + "`"};
    }
    for (const auto& [theirs, ours] : mapping) {
      if (std::ranges::find(header.fields, theirs) == header.fields.end())
        throw import_error{std::string{name} + " has no column `" + theirs
                           + "` to map; it has: " + listed(header.fields)};
    }
    if (!seen[0])
      throw import_error{std::string{name} + " has no column `" + std::string{fields_of(kind)[0]}
                         + "`; it has: " + listed(header.fields)
                         + "; name the right one with --map THEIRS=" + std::string{fields_of(kind)[0]}};
  }

  bool next(import_row& into) override {
    into.clear();
    if (!records_.next(record_))
      return false;
    into.line = record_.line;
    if (!record_.fault.empty()) {
      into.fault = rejected_row{record_.line, "", record_.fault, shortened(listed(record_.fields))};
      return true;
    }
    if (record_.fields.size() != width_) {
      into.fault = rejected_row{record_.line, "", "as many fields as the header line: " + std::to_string(width_),
                                std::to_string(record_.fields.size()) + " fields"};
      return true;
    }
    for (std::size_t i = 0; i < width_; ++i) {
      if (places_[i] != ignored)
        into.values[places_[i]] = std::move(record_.fields[i]);
    }
    return true;
  }

  std::uint64_t bytes() const noexcept override {
    return lines_.bytes();
  }

private:
  line_reader lines_;
  csv_reader records_;
  csv_record record_;
  std::vector<std::size_t> places_;
  std::size_t width_ = 0;
};

class json_rows final : public row_source {
public:
  json_rows(std::istream& from, std::string_view name, import_kind kind,
            const std::map<std::string, std::string>& mapping)
      : lines_{from}, name_{name}, kind_{kind}, mapping_{mapping} {}

  bool next(import_row& into) override {
    into.clear();
    std::string_view text;
    do {
      if (!lines_.next(line_))
        return false;
      text = trimmed(line_);
    } while (text.empty() && !lines_.cut());
    into.line = lines_.number();
    if (lines_.cut())
      return reject(into, "", "at most 1 MiB", text);
    if (lines_.number() == 1 && text.front() == '[')
      throw import_error{name_ + " is one JSON array: JSON Lines have one object a line"};
    const auto object = json::parse(text, nullptr, false);
    if (object.is_discarded())
      return reject(into, "", "one JSON object in UTF-8", text);
    if (!object.is_object())
      return reject(into, "", "a JSON object", text);
    for (const auto& [key, value] : object.items()) {
      const auto place = place_of(kind_, mapping_, key);
      if (place == ignored)
        note_unknown(kind_, key, into.line);
      if (place == ignored || value.is_null())
        continue;
      if (value.is_string())
        into.values[place] = value.get_ref<const std::string&>();
      else if (value.is_number_integer())
        into.values[place] = value.dump();
      else if (value.is_array() && kind_ == import_kind::assets && place == 0)
        into.values[place] = value.dump();
      else
        return reject(into, fields_of(kind_)[place], "a string", value.dump(-1, ' ', true));
    }
    return true;
  }

  std::uint64_t bytes() const noexcept override {
    return lines_.bytes();
  }

private:
  static bool reject(import_row& into, std::string_view field, std::string rule, std::string_view found) {
    into.fault = rejected_row{into.line, std::string{field}, std::move(rule), shortened(found)};
    return true;
  }

  line_reader lines_;
  std::string name_;
  import_kind kind_;
  std::map<std::string, std::string> mapping_;
  std::string line_;
};

} // namespace

void row_source::note_unknown(import_kind kind, std::string_view name, std::uint64_t line) {
  constexpr std::size_t most = 50;
  const auto shown = shortened(name);
  if (unknown_.size() == most || std::ranges::find(unknown_, shown, &unknown_column::name) != unknown_.end())
    return;
  const auto fields = fields_of(kind);
  unknown_.push_back({shown, line, std::string{config::nearest(shown, {fields.begin(), fields.end()})}});
}

std::unique_ptr<row_source> open_rows(std::istream& from, std::string_view name, import_kind kind, import_format format,
                                      const std::map<std::string, std::string>& mapping) {
  check_mapping(kind, mapping);
  if (format == import_format::csv)
    return std::make_unique<csv_rows>(from, name, kind, mapping);
  return std::make_unique<json_rows>(from, name, kind, mapping);
}

} // namespace troupe::actors::search
