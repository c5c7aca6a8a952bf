#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "actors/conversation/transcript.hpp"
#include "actors/llm/gateway.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/reader_pool.hpp"

/// Answers to talks that somebody else keeps: nothing is journaled.
namespace troupe::actors::api::chat {

struct stateless_services {
  std::shared_ptr<reader_pool> readers; ///< whose threads may take their time
  handle_ref<gateway_actor> models;
  std::shared_ptr<const conversation::conversation_settings> talk;
  std::shared_ptr<const clock> time;
};

/// Why there is no answer.
struct run_failure {
  std::string detail; ///< for logs
  bool begun = false; ///< some of it was told
};

struct run_order {
  std::string tenant;
  std::string correlation_id;
  std::shared_ptr<const config::agent_definition> agent;
  std::vector<conversation::transcript_line> lines; ///< in turns
  std::stop_token stop{};                           ///< nobody waits for it any more
};

struct reply_order : run_order { ///< the last line is the user's
  std::string system;            ///< what the client adds to the agent's instructions
  std::optional<unsigned> max_tokens;
  std::optional<double> temperature;
  net::llm::text_taker on_text; ///< given: gets the answer as it comes; never called when `done` was
};

struct reply_made {
  std::string text; ///< all of it
  std::string finish_reason;
  conversation::model_usage usage;
};

/// Lets the agent answer the last line. An agent with steps goes on without a model where none answers; plain talk
/// can't.
/// @param done on any thread, once
void answer_transcript(const stateless_services& with, reply_order what,
                       std::function<void(std::variant<reply_made, run_failure>)> done);

/// Finds out what the lines tell of the agent's fields: by a model, which is told what is wrong at most twice, or
/// without one.
/// @param done on any thread, once
void find_profile(const stateless_services& with, run_order what,
                  std::function<void(std::variant<conversation::profile, run_failure>)> done);

} // namespace troupe::actors::api::chat
