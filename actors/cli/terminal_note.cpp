#include "actors/cli/terminal_note.hpp"

#include "actors/cli/command.hpp"

#include <algorithm>

namespace troupe::actors::cli {

namespace {

constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view plain = "\x1b[0m";

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// How far further lines are set in: to where the text of a list item begins.
std::size_t hang(std::string_view line) {
  const auto start = std::min(line.find_first_not_of(' '), line.size());
  const auto rest = line.substr(start);
  if (rest.starts_with("- ") || rest.starts_with("* "))
    return start + 2;
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  return digits > 0 && rest.substr(digits).starts_with(". ") ? start + digits + 2 : start;
}

std::string wrapped(std::string_view line, std::size_t width) {
  const std::string indent(std::min(hang(line), width / 2), ' ');
  const auto start = std::min(line.find_first_not_of(' '), line.size());
  std::string out{line.substr(0, start)};
  std::size_t used = start;
  bool fresh = true; // nothing but the indent stands on the present line
  for (auto rest = line.substr(start); !rest.empty();) {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    if (word.empty())
      continue;
    if (!fresh && used + 1 + columns(word) > width) {
      out += '\n' + indent;
      used = indent.size();
      fresh = true;
    }
    if (!fresh) {
      out += ' ';
      ++used;
    }
    out += word;
    used += columns(word);
    fresh = false;
  }
  return out;
}

/// `[text](url)` as `text (url)`, and characters without the backslash that kept them from being Markdown.
std::string spelled_out(std::string_view line) {
  constexpr std::string_view marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  std::string out;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const auto rest = line.substr(at);
    const auto middle = rest.front() == '[' ? rest.find("](") : rest.npos;
    const auto end = middle == rest.npos ? rest.npos : rest.find(')', middle);
    if (end != rest.npos) {
      out.append(spelled_out(rest.substr(1, middle - 1)))
          .append(" (")
          .append(rest.substr(middle + 2, end - middle - 1));
      at += end;
    } else if (rest.front() == '\\' && rest.size() > 1 && marks.find(rest[1]) != marks.npos) {
      out += rest[1];
      ++at;
    } else {
      out += rest.front();
    }
  }
  return out;
}

/// Takes `**` away, or puts the terminal's own marks in its place.
std::string styled_words(std::string_view text, bool styled) {
  std::string out;
  bool inside = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "**") != 0) {
      out += text[at];
      continue;
    }
    inside = !inside;
    if (styled)
      out += inside ? bold : plain;
    ++at;
  }
  if (inside && styled)
    out += plain;
  return out;
}

} // namespace

std::string for_reading(std::string_view markdown, std::size_t width, bool styled) {
  const auto clean = for_terminal(markdown);
  std::string out;
  for (std::string_view rest = clean; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto marks = std::min(line.find_first_not_of('#'), line.size());
    if (marks > 0 && line.substr(marks).starts_with(' ')) {
      const auto heading = spelled_out(line.substr(marks + 1));
      out += styled ? std::string{bold} + heading + std::string{plain} : heading;
    } else {
      out += styled_words(wrapped(spelled_out(line), width), styled);
    }
    out += '\n';
  }
  return out;
}

} // namespace troupe::actors::cli
