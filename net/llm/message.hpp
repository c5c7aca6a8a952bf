#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// What is said to a model and what it says, whoever provides it.
namespace troupe::net::llm {

enum class role : std::uint8_t {
  system,
  user,
  assistant,
  tool, ///< what came of a call that the assistant asked for
};

/// A picture for a model to look at: its bytes, or where the provider fetches it.
struct image {
  std::string media_type;                   ///< `image/png`, `image/jpeg`, `image/gif` or `image/webp`; of the bytes
  std::shared_ptr<const std::string> bytes; ///< shared by the copies of a message; null = `url`
  std::string url;                          ///< `https:…`
};

/// A call of a tool that a model asks for.
struct tool_call {
  std::string id; ///< the provider's; empty where it gave none
  std::string name;
  std::string arguments; ///< a JSON object, well-formed
};

struct message {
  llm::role role = llm::role::user;
  std::string text;
  std::vector<image> images{};    ///< of a user; they stand in front of the text
  std::vector<tool_call> calls{}; ///< of an assistant
  std::string answers{};          ///< of a tool: the call's `id`
  bool is_failure = false;        ///< of a tool: the text says why the call failed
};

/// What a model may ask for.
struct tool {
  std::string name; ///< 1 to 64 of `A-Za-z0-9_-`
  std::string description;
  std::string schema;  ///< JSON Schema of the arguments: an object's, well-formed
  bool strict = false; ///< the provider holds the model to the schema
};

enum class tool_choice : std::uint8_t {
  automatic, ///< as the model likes
  none,      ///< it may ask for none
  any,       ///< it has to ask for one
};

/// What a reply's text has to follow.
struct reply_schema {
  std::string name;    ///< 1 to 64 of `A-Za-z0-9_-`
  std::string json;    ///< JSON Schema, well-formed
  bool strict = false; ///< held to by the provider, which then takes only part of the language: everything required …
};

} // namespace troupe::net::llm
