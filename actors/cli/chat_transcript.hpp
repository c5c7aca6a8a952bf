#pragma once

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace troupe::actors::cli {

/// What is to be written: to standard output, and to standard error.
struct chat_output {
  std::string text;
  std::string fault;
  std::chrono::seconds pause{}; ///< after which the server wants what it didn't take again; 0 = it took it
};

/// A talk as a terminal shows it, and what a client must know to go on with it when its connection was cut. Takes the
/// events of docs/conversations.md; unknown ones are skipped. Does no I/O. One thread.
class chat_transcript {
public:
  /// How it is shown.
  enum class manner {
    terminal, ///< words as they come, earlier messages at first, what other devices say
    script,   ///< replies alone, each once it is whole
    json,     ///< each event as it came, a line each
  };

  /// A message of the user's that isn't known to be in the journal.
  struct pending {
    std::string id; ///< the client's own
    std::string text;
  };

  chat_transcript(manner how, bool styled) : manner_{how}, styled_{styled} {}

  /// Takes the next event. What isn't one is skipped.
  chat_output take(std::string_view json);

  /// The user says something: it is pending until the server has it.
  void say(pending message);

  /// To be sent once a connection stands, in this order; each again after each connection that was lost.
  const std::vector<pending>& unsent() const noexcept {
    return unsent_;
  }

  /// Whether a message is taken but not dealt with, or isn't even taken.
  bool is_busy() const noexcept {
    return !unsent_.empty() || !awaited_.empty() || !run_.empty();
  }

  /// Whether some message wasn't dealt with as it should be.
  bool failed() const noexcept {
    return failed_;
  }

  /// Why the conversation has ended; empty = it hasn't.
  const std::string& ended() const noexcept {
    return ended_;
  }

  /// Empty = not known yet.
  const std::string& conversation() const noexcept {
    return conversation_;
  }

  /// Behind the last event taken. Empty = nothing was.
  const std::string& cursor() const noexcept {
    return cursor_;
  }

  /// Whether it was told what had been said before.
  bool has_history() const noexcept {
    return has_history_;
  }

  /// As the last `STATE_SNAPSHOT` and what followed have it.
  const nlohmann::json& state() const noexcept {
    return state_;
  }

  /// The profile for people, a line per field.
  std::string profile() const;

  /// Begins anew: another conversation follows.
  void forget();

private:
  struct said_reply {
    std::string id;
    std::string text;
    bool begun = false; ///< some of it is on the terminal
  };

  void on_messages(const nlohmann::json& messages, chat_output& out);
  void on_content(const nlohmann::json& event, chat_output& out);
  void on_end(const nlohmann::json& event, chat_output& out);
  void on_delta(const nlohmann::json& delta, chat_output& out);
  void on_error(const nlohmann::json& event, chat_output& out);
  void on_custom(const std::string& name, const nlohmann::json& value, chat_output& out);
  void on_user_message(const nlohmann::json& value, chat_output& out);
  void on_rejected(const nlohmann::json& value, chat_output& out);
  void settle(const std::string& run, chat_output& out);
  bool take_pending(const std::string& id);
  std::string said_by_user(std::string_view text) const;
  std::string aside(const std::string& text) const;

  manner manner_;
  bool styled_;
  std::vector<pending> unsent_;
  std::vector<std::string> awaited_; ///< runs of our messages, in order
  std::set<std::string> shown_;      ///< ids of messages
  std::vector<said_reply> replies_;  ///< of the run under way
  std::string run_;
  std::string conversation_;
  std::string cursor_;
  std::string ended_;
  nlohmann::json state_ = nlohmann::json::object();
  bool failed_ = false;
  bool has_history_ = false; ///< earlier messages were told
};

} // namespace troupe::actors::cli
