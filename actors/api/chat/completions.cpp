#include "actors/api/chat/completions.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "actors/api/chat/completion_text.hpp"
#include "actors/api/chat/transcript_request.hpp"
#include "actors/api/responses.hpp"
#include "config/log.hpp"
#include "net/http/stream.hpp"

namespace troupe::actors::api::chat {

namespace http = net::http;

namespace {

using namespace std::chrono_literals;

constexpr std::string_view no_answer = "No model gives an answer at the moment. Try again later.";

std::int64_t unix_seconds(storage::timestamp at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

std::shared_ptr<const config::agent_definition> offered(const config::agent_store& agents, std::string_view name) {
  const auto all = agents.agents();
  const auto found = all->find(name);
  return found == all->end() || found->second.removed ? nullptr : found->second.definition;
}

http::response unknown_model(std::string_view name) {
  return openai_error(404, "The model '" + std::string{name.substr(0, 200)} + "' does not exist: models are agents.",
                      "invalid_request_error", "model", "model_not_found");
}

/// `/messages/0/role` as OpenAI's clients write it.
std::string param_of(std::string pointer) {
  std::ranges::replace(pointer, '/', '.');
  return pointer.empty() ? pointer : pointer.substr(1);
}

/// @param gone stopped: nobody wants the answer any more
void log_failure(const run_failure& why, const std::string& correlation_id, const std::stop_token& gone) {
  if (!gone.stop_requested())
    config::log::warn("completion_failed", "a client's talk got no answer",
                      {{"reason", why.detail}, {"correlation_id", correlation_id}});
}

/// What is streamed to one client. What it doesn't take at once waits, as one piece. Any thread.
class answer_stream {
public:
  explicit answer_stream(completion_head head) : head_{std::move(head)} {}

  void open(const http::stream& to) {
    const std::lock_guard guard{mutex_};
    to_ = to;
    to_.send(http::make_event(role_chunk(head_)));
  }

  void add(std::string_view text) {
    const std::lock_guard guard{mutex_};
    waiting_ += text;
    flush();
  }

  void end(std::string last) {
    const std::lock_guard guard{mutex_};
    last_ = std::move(last);
    flush();
  }

  void on_writable() {
    const std::lock_guard guard{mutex_};
    flush();
  }

  const completion_head& head() const {
    return head_;
  }

private:
  void flush() {
    if (!waiting_.empty()) {
      if (!to_.send(http::make_event(text_chunk(head_, waiting_))))
        return;
      waiting_.clear();
    }
    if (last_ && to_.send(*last_)) {
      last_.reset();
      to_.end();
    }
  }

  const completion_head head_;
  std::mutex mutex_;
  http::stream to_;
  std::string waiting_;
  std::optional<std::string> last_; ///< the end, once all is said
};

std::string event_text(const std::string& json) {
  return "data: " + json + "\n\n";
}

/// The end of a streamed answer, whatever became of it.
std::string ending(const completion_head& head, const std::variant<reply_made, run_failure>& outcome) {
  const auto* made = std::get_if<reply_made>(&outcome);
  if (!made)
    return event_text(error_json(no_answer, "server_error", {}, "model_unavailable"));
  auto out = event_text(end_chunk(head, made->finish_reason));
  if (head.include_usage)
    out += event_text(usage_chunk(head, made->usage));
  return out + "data: [DONE]\n\n";
}

class completion_listener final : public http::stream_listener {
public:
  completion_listener(stateless_services with, reply_order what, completion_head head)
      : with_{std::move(with)}, what_{std::move(what)}, to_{std::make_shared<answer_stream>(std::move(head))} {}

  void on_open(const http::stream& s) override {
    to_->open(s);
    what_.stop = gone_.get_token();
    what_.on_text = [to = to_](std::string_view text) { to->add(text); };
    const auto correlation_id = what_.correlation_id;
    answer_transcript(with_, std::move(what_),
                      [to = to_, correlation_id, gone = gone_.get_token()](const auto& outcome) {
                        if (const auto* why = std::get_if<run_failure>(&outcome))
                          log_failure(*why, correlation_id, gone);
                        to->end(ending(to->head(), outcome));
                      });
  }

  void on_writable() override {
    to_->on_writable();
  }

  void on_closed(bool) override {
    gone_.request_stop();
  }

private:
  stateless_services with_;
  reply_order what_;
  std::shared_ptr<answer_stream> to_;
  std::stop_source gone_;
};

void answer_whole(const stateless_services& with, reply_order what, completion_head head, http::reply answer) {
  const auto correlation_id = what.correlation_id;
  const auto gone = what.stop;
  answer_transcript(with, std::move(what),
                    [answer = std::move(answer), head = std::move(head), correlation_id, gone](const auto& outcome) {
                      if (const auto* why = std::get_if<run_failure>(&outcome)) {
                        log_failure(*why, correlation_id, gone);
                        return answer(
                            retry_after(openai_error(503, no_answer, "server_error", {}, "model_unavailable"), 5s));
                      }
                      http::response result;
                      result.body = completion_json(head, std::get<reply_made>(outcome));
                      answer(std::move(result));
                    });
}

} // namespace

user_handler complete_chat(completion_services services) {
  return [services = std::move(services)](const http::request& r, const net::jwt::claims& who, http::reply answer) {
    const auto refuse = [&](http::response why) {
      services.budget.give_back(who.tenant, who.sub);
      answer(std::move(why));
    };
    auto parsed = parse_completion_request(r.body);
    if (auto* fault = std::get_if<http::field_error>(&parsed))
      return refuse(openai_error(400, fault->pointer + (fault->pointer.empty() ? "" : ": ") + fault->message,
                                 "invalid_request_error", param_of(fault->pointer)));
    auto& wanted = std::get<completion_request>(parsed);
    auto agent = offered(*services.agents, wanted.model);
    if (!agent)
      return refuse(unknown_model(wanted.model));
    reply_order order;
    order.tenant = who.tenant;
    order.correlation_id = r.id;
    order.agent = std::move(agent);
    order.stop = r.gone;
    order.lines = std::move(wanted.lines);
    order.system = std::move(wanted.system);
    order.max_tokens = wanted.max_tokens;
    order.temperature = wanted.temperature;
    completion_head head{"chatcmpl-" + services.ids->next(), unix_seconds(services.runs.time->now()),
                         std::move(wanted.model), wanted.include_usage};
    if (!wanted.stream)
      return answer_whole(services.runs, std::move(order), std::move(head), std::move(answer));
    answer(
        http::make_stream({}, std::make_unique<completion_listener>(services.runs, std::move(order), std::move(head))));
  };
}

user_handler list_models(completion_services services) {
  const auto created = unix_seconds(services.runs.time->now());
  return [services = std::move(services), created](const http::request&, const net::jwt::claims&, http::reply answer) {
    http::response result;
    for (const auto& [name, agent] : *services.agents->agents())
      if (!agent.removed)
        result.body += (result.body.empty() ? "" : ",") + model_json(*agent.definition, created);
    result.body = R"({"object":"list","data":[)" + result.body + "]}";
    answer(std::move(result));
  };
}

user_handler show_model(completion_services services) {
  const auto created = unix_seconds(services.runs.time->now());
  return
      [services = std::move(services), created](const http::request& r, const net::jwt::claims&, http::reply answer) {
        const auto name = r.parameter("id");
        const auto agent = offered(*services.agents, name);
        if (!agent)
          return answer(unknown_model(name));
        http::response result;
        result.body = model_json(*agent, created);
        answer(std::move(result));
      };
}

http::response refuse_completion(http::response problem) {
  auto result = problem.status == 401 ? openai_error(401, "A valid bearer token is needed as API key.",
                                                     "invalid_request_error", {}, "invalid_api_key")
                : problem.status == 429
                    ? openai_error(429, "The limit per minute is used up.", "requests", {}, "rate_limit_exceeded")
                    : openai_error(problem.status, "Tokens can't be verified for now.", "server_error");
  result.headers = std::move(problem.headers);
  return result;
}

} // namespace troupe::actors::api::chat
