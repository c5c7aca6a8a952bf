#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
class ParseError;
} // namespace CLI

namespace troupe::actors::cli {

/// The command can't do what it was asked: exit code 1. The text is for people.
class failure : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The command line or a value on it is wrong: exit code 2.
class wrong_usage : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// What every command has: where its configuration is and how it answers.
struct invocation {
  std::filesystem::path config; ///< `-c`; empty = found as `config_file` says
  bool json = false;            ///< answer as JSON on standard output

  /// What the chosen command does once the command line is read; its exit code. Set by the command's callback.
  std::function<int()> run;
};

/// Adds a command with its options, which all commands share, and an example at the end of its help.
/// @param examples one a line, without `troupe`'s prompt
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& description,
                      const std::string& examples, invocation& call);

/// The same for a group, which does nothing without one of its commands.
CLI::App* add_group(CLI::App& parent, const std::string& name, const std::string& description);

/// The command line as the parser shall read it: `help X` becomes `X --help`. Throws `wrong_usage` for a command that
/// isn't there, with the nearest that is.
std::vector<std::string> checked_words(const CLI::App& app, std::vector<std::string> words);

/// Why the parser didn't take the command line, in one line: the command, what is wrong and what was found.
std::string explain(const CLI::App& app, const CLI::ParseError& fault);

/// Lets an option take whole numbers of a range only: its message names the range and what was found.
CLI::Option* whole_number(CLI::Option* option, std::uint64_t from, std::uint64_t to);

/// A table for people: columns as wide as they need to be. Control characters of cells are shown as `?`.
void print_table(std::ostream& out, const std::vector<std::string>& heads,
                 const std::vector<std::vector<std::string>>& rows);

/// Text from outside made harmless for a terminal: control characters but line breaks and tabs become `?`.
std::string for_terminal(std::string_view text);

/// A secret from a file, or from standard input for `-`, without line breaks at the end. Throws `wrong_usage`.
/// @param option the one that names the file
std::string read_secret(const std::string& option, const std::string& file);

} // namespace troupe::actors::cli
