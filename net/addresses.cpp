#include "net/addresses.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <arpa/inet.h>

namespace troupe::net {

namespace {

constexpr std::size_t longest_v6 = 45;
constexpr std::string_view digits = "0123456789";

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(char c) noexcept {
  return is_digit(c) || is_letter(c) || c == '_';
}

bool is_token(char c) noexcept {
  return is_word(c) || c == ':' || c == '.';
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c | 0x20);
  return result;
}

/// Bytes of the dotted quad that `text` begins with, or 0. Numbers with leading zeros are none: some read them as
/// octal.
std::size_t quad_length(std::string_view text) noexcept {
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (at == text.size() || text[at] != '.')
        return 0;
      ++at;
    }
    const auto start = at;
    unsigned value = 0;
    while (at < text.size() && is_digit(text[at]) && at - start < 3)
      value = value * 10 + static_cast<unsigned>(text[at++] - '0');
    if (at == start || value > 255 || (at - start > 1 && text[start] == '0'))
      return 0;
  }
  return at < text.size() && is_digit(text[at]) ? 0 : at;
}

/// RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`.
std::string format_v6(const std::array<std::uint16_t, 8>& groups) {
  std::size_t best = 8;
  std::size_t best_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    auto end = i;
    while (end < 8 && groups[end] == 0)
      ++end;
    if (end - i > best_length) {
      best = i;
      best_length = end - i;
    }
  }
  static constexpr char hex[] = "0123456789abcdef";
  std::string result;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      result += "::";
      i += best_length - 1;
      continue;
    }
    if (!result.empty() && result.back() != ':')
      result += ':';
    bool leading = true;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const auto digit = groups[i] >> shift & 15;
      leading = leading && digit == 0 && shift != 0;
      if (!leading)
        result += hex[digit];
    }
  }
  return result;
}

/// Canonical form of an IPv6 address without zone, or empty. Forms that hold an IPv4 address give that one.
std::string canonical_v6(std::string_view text) {
  if (text.size() > longest_v6)
    return {};
  std::array<char, longest_v6 + 1> terminated{};
  std::copy(text.begin(), text.end(), terminated.begin());
  in6_addr parsed{};
  if (inet_pton(AF_INET6, terminated.data(), &parsed) != 1)
    return {};
  std::array<std::uint16_t, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i)
    groups[i] = static_cast<std::uint16_t>(parsed.s6_addr[2 * i] << 8 | parsed.s6_addr[2 * i + 1]);
  const auto zeros = std::all_of(groups.begin(), groups.begin() + 5, [](auto group) { return group == 0; });
  const auto dotted = text.find('.') != text.npos;
  if (zeros && (groups[5] == 0xffff || (groups[5] == 0 && dotted))) {
    std::string quad;
    for (std::size_t i = 12; i < 16; ++i)
      quad += (i > 12 ? "." : "") + std::to_string(parsed.s6_addr[i]);
    return quad;
  }
  return format_v6(groups);
}

/// Whether what parses as IPv6 is more likely a name (`dead::beef`), a time (`12::30`) or a WWN (`50:06:01:…`).
bool looks_like_something_else(std::string_view text) noexcept {
  const auto has_letter = std::any_of(text.begin(), text.end(), is_letter);
  std::size_t longest = 0;
  std::size_t shortest = text.size();
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(':', start), text.size());
    longest = std::max(longest, end - start);
    shortest = std::min(shortest, end - start);
    start = end + 1;
  }
  if (text.find_first_of(digits) == text.npos)
    return true;
  const auto pairs = longest == 2 && shortest == 2;
  return pairs || (!has_letter && longest <= 2 && text.front() != ':');
}

/// Words that say that the dotted number behind them is no address.
bool names_a_version(std::string_view word) {
  static constexpr std::array<std::string_view, 19> words{
      "version", "versions", "ver",    "v",     "build",   "firmware", "fw",  "release",   "rev",     "revision",
      "driver",  "bios",     "kernel", "patch", "section", "chapter",  "oid", "paragraph", "software"};
  return std::find(words.begin(), words.end(), lower(word)) != words.end();
}

bool is_filler(std::string_view word) {
  static constexpr std::array<std::string_view, 8> words{"is", "to", "from", "was", "number", "no", "nr", "now"};
  return std::find(words.begin(), words.end(), lower(word)) != words.end();
}

/// Whether this between two dotted numbers says that the second is what the first is, as in `version 1.2.3.4
/// to 1.2.3.5`.
bool joins_versions(std::string_view between) {
  static constexpr std::array<std::string_view, 8> joints{"", "to", "and", "or", "-", "->", "\u2192", "\u2013"};
  constexpr std::string_view space = " ,;";
  const auto first = between.find_first_not_of(space);
  if (first != between.npos)
    between = between.substr(first, between.find_last_not_of(space) - first + 1);
  else
    between = {};
  return std::find(joints.begin(), joints.end(), between) != joints.end();
}

/// Takes the last word off `text`, with what stands between it and the end. A full stop behind a word of more than
/// three letters ends a sentence, behind others an abbreviation.
std::string_view take_last_word(std::string_view& text) noexcept {
  constexpr std::string_view between = " \t:=\"'(#";
  const auto drop_space = [&] {
    while (!text.empty() && between.find(text.back()) != between.npos)
      text.remove_suffix(1);
  };
  drop_space();
  const auto stopped = text.ends_with('.');
  if (stopped)
    text.remove_suffix(1);
  auto start = text.size();
  while (start > 0 && is_letter(text[start - 1]))
    --start;
  const auto word = text.substr(start);
  text.remove_suffix(word.size());
  return stopped && word.size() > 3 ? std::string_view{} : word;
}

class finder {
public:
  finder(std::string_view text, std::size_t limit) : text_{text}, limit_{limit} {}

  std::vector<std::string> run() {
    std::size_t at = 0;
    while (at < text_.size() && found_.size() < limit_) {
      if (!is_token(text_[at])) {
        ++at;
        continue;
      }
      auto end = at;
      while (end < text_.size() && is_token(text_[end]))
        ++end;
      if (!take_v6(at, end))
        take_v4(at, end);
      at = end;
    }
    return std::move(found_);
  }

private:
  void add(std::string address) {
    if (found_.size() < limit_ && std::find(found_.begin(), found_.end(), address) == found_.end())
      found_.push_back(std::move(address));
  }

  bool take_v6(std::size_t start, std::size_t end) {
    auto token = text_.substr(start, end - start);
    if (std::count(token.begin(), token.end(), ':') < 2)
      return false;
    while (!token.empty() && token.back() == '.')
      token.remove_suffix(1);
    if (token.ends_with(':') && !token.ends_with("::"))
      token.remove_suffix(1);
    if (take_whole_v6(token))
      return true;
    // A label such as `IP:` in front.
    const auto colon = token.find(':');
    return colon != token.npos && colon > 0 && is_letter(token.front()) && take_whole_v6(token.substr(colon + 1));
  }

  bool take_whole_v6(std::string_view token) {
    if (token.size() < 3 || token.size() > longest_v6)
      return false;
    auto address = canonical_v6(token);
    if (address.empty() || looks_like_something_else(token))
      return false;
    add(std::move(address));
    return true;
  }

  void take_v4(std::size_t at, std::size_t end) {
    while (at < end) {
      if (!is_digit(text_[at])) {
        ++at;
        continue;
      }
      auto stop = at;
      while (stop < end && (is_digit(text_[stop]) || (text_[stop] == '.' && is_digit(at_or_nul(stop + 1)))))
        ++stop;
      if (const auto length = quad_length(text_.substr(at, stop - at)); length > 0 && stands_alone(at, at + length)) {
        if (follows_version(at))
          version_end_ = at + length;
        else {
          add(std::string{text_.substr(at, length)});
          address_end_ = at + length;
        }
      }
      at = stop;
    }
  }

  char at_or_nul(std::size_t at) const noexcept {
    return at < text_.size() ? text_[at] : '\0';
  }

  bool stands_alone(std::size_t start, std::size_t end) const {
    const auto before = start > 0 ? text_[start - 1] : '\0';
    const auto after = at_or_nul(end);
    const auto behind = at_or_nul(end + 1);
    if (is_word(before) || is_word(after) || (before == '.' && start > 1 && is_word(text_[start - 2])))
      return false;
    // `name-1.2.3.4` is a version; `10.0.0.1-10.0.0.9` a range.
    if (before == '-' && start > 1 && is_word(text_[start - 2]) && address_end_ != start - 1)
      return false;
    if (after == '-' && is_letter(behind))
      return false;
    // `1.2.3.4.5` is an OID, `10.0.0.1.example.com` a name, `10.0.0.1.Then` the end of a sentence.
    return after != '.' || !(is_digit(behind) || behind == '_' || (behind >= 'a' && behind <= 'z'));
  }

  bool follows_version(std::size_t start) const {
    if (version_end_ != 0 && joins_versions(text_.substr(version_end_, start - version_end_)))
      return true;
    auto before = text_.substr(0, start);
    if (const auto line = before.find_last_of("\r\n"); line != before.npos)
      before.remove_prefix(line + 1);
    auto word = take_last_word(before);
    if (is_filler(word))
      word = take_last_word(before);
    return names_a_version(word);
  }

  std::string_view text_;
  std::size_t limit_;
  std::size_t version_end_ = 0; ///< of the last number that was taken for a version
  std::size_t address_end_ = 0; ///< of the last IPv4 address
  std::vector<std::string> found_;
};

} // namespace

std::vector<std::string> find_addresses(std::string_view text, std::size_t limit) {
  return finder{text, limit}.run();
}

std::string canonical_address(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == text.npos)
    return {};
  text = text.substr(first, text.find_last_not_of(space) - first + 1);
  unsigned longest_prefix = 32;
  std::string_view prefix;
  if (const auto slash = text.find('/'); slash != text.npos) {
    prefix = text.substr(slash + 1);
    text = text.substr(0, slash);
    if (prefix.empty() || prefix.size() > 3 || prefix.find_first_not_of(digits) != prefix.npos)
      return {};
  }
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  std::string result;
  if (text.find(':') != text.npos) {
    longest_prefix = 128;
    result = canonical_v6(text.substr(0, text.find('%')));
  } else if (quad_length(text) == text.size()) {
    result = text;
  }
  unsigned bits = 0;
  for (const auto c : prefix)
    bits = bits * 10 + static_cast<unsigned>(c - '0');
  return bits <= longest_prefix ? result : std::string{};
}

} // namespace troupe::net
