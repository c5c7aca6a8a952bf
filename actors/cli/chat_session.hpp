#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/cli/chat_transcript.hpp"
#include "net/http/url.hpp"

namespace troupe::actors::cli {

/// Whom to talk with, and how.
struct chat_order {
  net::http::url server;
  std::string ca_file; ///< PEM file of a further authority; empty = the system's only
  std::string user;
  std::string agent;
  std::string conversation;           ///< empty = the current one
  std::function<std::string()> token; ///< a fresh one for each connection
  bool may_mint = true;               ///< whether `token` can give another one than before
  bool interactive = true;            ///< somebody types; otherwise a line is read when the one before is answered
  chat_transcript::manner manner = chat_transcript::manner::terminal;
  bool styled = false; ///< standard output is a terminal
};

/// Talks by WebSocket: lines of standard input are said, what the agent says goes to standard output. Goes on by cursor
/// when the connection is lost. Returns when input ends and everything is answered, or at `/quit`.
/// @return false when a script's message wasn't answered
/// Throws `failure` when the server isn't there, or won't have it.
bool hold_chat(const chat_order& order);

} // namespace troupe::actors::cli
