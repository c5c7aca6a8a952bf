#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/secret.hpp"
#include "config/values.hpp"

/// What can be set, declared once: reading, checking and the reference in the documentation follow from it.
namespace troupe::config {

/// One key of a section that is read into a `Target`.
template <class Target>
struct setting {
  std::string key;                    ///< below the section, such as `tls.certificate`
  std::string rule;                   ///< what a value must be, such as `a whole number from 0 to 65535`
  std::string standard;               ///< the default as it is written; empty = none
  std::string meaning;                ///< for the documentation
  std::vector<std::string> variables; ///< environment variables besides the one derived from the key
  bool secret = false;                ///< never shown; also given as file by the key with `_file`
  std::function<bool(Target&, std::string_view)> assign; ///< false: the text breaks the rule

  setting with(std::string variable) && {
    variables.push_back(std::move(variable));
    return std::move(*this);
  }
};

/// Kinds of values. Each has a rule for people, `parse(text, out)` and `show(value)`.
namespace value {

struct integer {
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::int64_t>::max();

  std::string rule() const {
    return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  }
  bool parse(std::string_view text, auto& out) const {
    const auto n = parse_integer(text);
    if (!n || *n < least || *n > most)
      return false;
    out = static_cast<std::remove_reference_t<decltype(out)>>(*n);
    return true;
  }
  std::string show(auto v) const {
    return std::to_string(v);
  }
};

struct number {
  double least = 0;
  double most = 0;

  std::string rule() const {
    return "a number from " + format_number(least) + " to " + format_number(most);
  }
  bool parse(std::string_view text, auto& out) const {
    const auto n = parse_number(text);
    if (!n || *n < least || *n > most)
      return false;
    out = *n;
    return true;
  }
  std::string show(double v) const {
    return format_number(v);
  }
  std::string show(const std::optional<double>& v) const {
    return v ? format_number(*v) : std::string{};
  }
};

struct duration {
  std::chrono::milliseconds least{0};
  std::chrono::milliseconds most{std::chrono::hours{24}};

  std::string rule() const {
    return "a duration from " + format_duration(least) + " to " + format_duration(most) + ", such as 500ms, 30s or 5m";
  }
  bool parse(std::string_view text, std::chrono::milliseconds& out) const {
    const auto d = parse_duration(text);
    if (!d || *d < least || *d > most)
      return false;
    out = *d;
    return true;
  }
  std::string show(std::chrono::milliseconds v) const {
    return format_duration(v);
  }
};

struct size {
  std::uint64_t least = 0;
  std::uint64_t most = 1ULL << 30;

  std::string rule() const {
    return "a size from " + format_size(least) + " to " + format_size(most) + ", such as 64KiB or 1MiB";
  }
  bool parse(std::string_view text, std::size_t& out) const {
    const auto n = parse_size(text);
    if (!n || *n < least || *n > most)
      return false;
    out = static_cast<std::size_t>(*n);
    return true;
  }
  std::string show(std::size_t v) const {
    return format_size(v);
  }
};

struct boolean {
  std::string rule() const {
    return "true or false";
  }
  bool parse(std::string_view text, bool& out) const {
    const auto b = parse_boolean(text);
    out = b.value_or(out);
    return b.has_value();
  }
  std::string show(bool v) const {
    return v ? "true" : "false";
  }
};

/// One of some words; `words[i]` stands for the enumeration's value `i`.
struct choice {
  std::vector<std::string_view> words;
  std::vector<std::pair<std::string_view, std::string_view>> synonyms = {}; ///< another word, and the one it stands for

  std::string rule() const {
    std::string out = "one of";
    for (std::size_t i = 0; i < words.size(); ++i)
      out.append(i == 0 ? " " : i + 1 == words.size() ? " or " : ", ").append(words[i]);
    return out;
  }
  template <class Enum>
  bool parse(std::string_view text, Enum& out) const {
    const auto lower = to_lower(text);
    std::string_view word = lower;
    for (const auto& [other, meant] : synonyms)
      if (other == lower)
        word = meant;
    for (std::size_t i = 0; i < words.size(); ++i)
      if (words[i] == word) {
        out = static_cast<Enum>(i);
        return true;
      }
    return false;
  }
  template <class Enum>
  std::string show(Enum v) const {
    return std::string{words.at(static_cast<std::size_t>(v))};
  }
};

/// Text of a form that `accept` tells.
struct text {
  std::string form;
  std::function<bool(std::string_view)> accept;

  const std::string& rule() const {
    return form;
  }
  bool parse(std::string_view raw, std::string& out) const {
    if (!accept(raw))
      return false;
    out = std::string{raw};
    return true;
  }
  bool parse(std::string_view raw, std::filesystem::path& out) const {
    std::string checked;
    return parse(raw, checked) && (out = checked, true);
  }
  bool parse(std::string_view raw, config::secret& out) const {
    std::string checked;
    return parse(raw, checked) && (out = config::secret{std::move(checked)}, true);
  }
  std::string show(const std::string& v) const {
    return v;
  }
  std::string show(const std::filesystem::path& v) const {
    return v.string();
  }
  std::string show(const config::secret&) const {
    return {};
  }
};

} // namespace value

/// Declares a setting.
/// @param access gives the member of a `Target&`
template <class Target, class Kind, class Access>
setting<Target> declare(std::string key, Kind kind, Access access, std::string meaning) {
  Target standard{};
  using member = std::remove_reference_t<decltype(access(standard))>;
  return {std::move(key),
          kind.rule(),
          kind.show(access(standard)),
          std::move(meaning),
          {},
          std::is_same_v<member, config::secret>,
          [kind, access](Target& target, std::string_view raw) { return kind.parse(raw, access(target)); }};
}

} // namespace troupe::config
