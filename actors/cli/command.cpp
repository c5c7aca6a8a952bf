#include "actors/cli/command.hpp"

#include "config/document.hpp"
#include "config/values.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <charconv>
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

std::vector<const CLI::App*> subcommands(const CLI::App& of) {
  return of.get_subcommands([](const CLI::App*) { return true; });
}

/// Null when there is none of this name.
const CLI::App* subcommand(const CLI::App& of, const std::string& name) {
  for (const auto* each : subcommands(of))
    if (each->get_name() == name)
      return each;
  return nullptr;
}

/// The nearest command, or all there are.
std::string alternatives(const CLI::App& of, const std::string& word) {
  std::vector<std::string> names;
  for (const auto* each : subcommands(of))
    names.push_back(each->get_name());
  if (auto near = config::suggestion(word, {names.begin(), names.end()}); !word.empty() && !near.empty())
    return near;
  std::string all;
  for (const auto& name : names)
    all += (all.empty() ? "" : ", ") + name;
  return all.empty() ? "; it has none" : "; there are " + all;
}

std::string joined(std::string first, const std::vector<std::string>& words) {
  for (const auto& word : words)
    first += ' ' + word;
  return first;
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

std::vector<std::string> checked_words(const CLI::App& app, std::vector<std::string> words) {
  const bool help = !words.empty() && words.front() == "help";
  if (help)
    words.erase(words.begin());
  const auto* at = &app;
  std::string path = app.get_name();
  for (const auto& word : words) {
    const auto* below = subcommand(*at, word);
    if (at == &app && word.starts_with('-') && word != "--help" && word != "-h" && word != "--version")
      throw wrong_usage{"there is no option " + config::in_quotes(word) + " before a command; see: " + path
                        + " --help"};
    if (below == nullptr && (word.starts_with('-') || (subcommands(*at).empty() && !help)))
      break;
    if (below == nullptr)
      throw wrong_usage{"there is no command " + config::in_quotes(path + ' ' + word) + alternatives(*at, word)};
    at = below;
    path += ' ' + word;
  }
  if (help)
    words.emplace_back("--help");
  else if (!subcommands(*at).empty() && path == joined(app.get_name(), words))
    throw wrong_usage{config::in_quotes(path) + " needs a command" + alternatives(*at, {})};
  return words;
}

std::string explain(const CLI::App& app, const CLI::ParseError& fault) {
  const auto* at = &app;
  std::string path = app.get_name();
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    path += ' ' + at->get_name();
  }
  const auto see = "; see: " + path + " --help";
  const auto extras = app.remaining(true);
  const auto option = std::find_if(extras.begin(), extras.end(), [](const auto& x) { return x.starts_with('-'); });
  if (fault.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError) || extras.empty())
    return path + ": " + fault.what() + see;
  if (option == extras.end())
    return path + ": " + config::in_quotes(extras.front()) + " is one argument too many" + see;
  std::vector<std::string> names;
  for (const auto* each : at->get_options())
    for (const auto& name : each->get_lnames())
      names.push_back("--" + name);
  return path + ": there is no option " + config::in_quotes(*option)
         + config::suggestion(*option, {names.begin(), names.end()}) + see;
}

CLI::Option* whole_number(CLI::Option* option, std::uint64_t from, std::uint64_t to) {
  return option->check([from, to](const std::string& text) {
    std::uint64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec == std::errc{} && read.ptr == end && value >= from && value <= to)
      return std::string{};
    return "must be a whole number from " + std::to_string(from) + " to " + std::to_string(to) + "; found "
           + config::in_quotes(text);
  });
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

std::string read_secret(const std::string& option, const std::string& file) {
  std::string text;
  try {
    text = file == "-" ? std::string{std::istreambuf_iterator<char>{std::cin}, {}} : config::read_file(file);
  } catch (const std::exception& e) {
    throw wrong_usage{option + ": " + e.what()};
  }
  text = config::trim_line_end(std::move(text));
  if (text.empty())
    throw wrong_usage{option + ": " + (file == "-" ? "standard input" : file) + " is empty, not a secret"};
  return text;
}

} // namespace troupe::actors::cli
