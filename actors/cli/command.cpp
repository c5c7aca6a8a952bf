#include "actors/cli/command.hpp"

#include "config/document.hpp"
#include "config/values.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <iostream>
#include <iterator>

namespace troupe::actors::cli {

namespace {

/// Characters of UTF-8 text, which is what a terminal's columns hold in the scripts that we meet.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string indented(const std::string& lines) {
  std::string out = "Examples:\n  ";
  for (const char c : lines)
    out.append(c == '\n' ? "\n  " : std::string(1, c));
  return out;
}

} // namespace

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& description,
                      const std::string& examples, invocation& call) {
  auto* command = parent.add_subcommand(name, description);
  command->add_option("-c,--config", call.config, "Configuration file (default: $TROUPE_CONFIG, else ./troupe.yaml)")
      ->type_name("FILE");
  command->add_flag("--json", call.json, "Answer in JSON");
  command->footer(indented(examples));
  return command;
}

CLI::App* add_group(CLI::App& parent, const std::string& name, const std::string& description) {
  auto* group = parent.add_subcommand(name, description);
  group->require_subcommand(1);
  group->footer("Example:\n  troupe " + name + " COMMAND --help");
  return group;
}

std::string for_terminal(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (c == 0xc2 && next >= 0x80 && next < 0xa0) { // the control characters above ASCII
      out += '?';
      ++i;
    } else {
      out += (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ? '?' : static_cast<char>(c);
    }
  }
  return out;
}

void print_table(std::ostream& out, const std::vector<std::string>& heads,
                 const std::vector<std::vector<std::string>>& rows) {
  auto lines = rows;
  lines.insert(lines.begin(), heads);
  std::vector<std::size_t> widths(heads.size());
  for (auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) {
      line[i] = for_terminal(line[i]);
      std::replace(line[i].begin(), line[i].end(), '\n', ' ');
      widths[i] = std::max(widths[i], width(line[i]));
    }
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i)
      text += line[i] + std::string(i + 1 < line.size() ? widths[i] - width(line[i]) + 2 : 0, ' ');
    out << text.substr(0, text.find_last_not_of(' ') + 1) << '\n';
  }
}

std::string read_secret(const std::string& file) {
  std::string text;
  try {
    text = file == "-" ? std::string{std::istreambuf_iterator<char>{std::cin}, {}} : config::read_file(file);
  } catch (const std::exception& e) {
    throw wrong_usage{e.what()};
  }
  text = config::trim_line_end(std::move(text));
  if (text.empty())
    throw wrong_usage{(file == "-" ? "standard input" : file) + " is empty, not a secret"};
  return text;
}

} // namespace troupe::actors::cli
