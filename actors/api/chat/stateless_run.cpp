#include "actors/api/chat/stateless_run.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

#include <caf/send.hpp>

#include "actors/conversation/progress.hpp"
#include "actors/conversation/reply_text.hpp"
#include "actors/conversation/whole_profile.hpp"
#include "actors/runtime/answer_guard.hpp"

namespace troupe::actors::api::chat {

namespace {

using namespace conversation;

/// Of a line: somebody's whole document may be in it.
constexpr std::size_t longest_line = 1 << 20;

/// Times that a model is told what is wrong with a profile.
constexpr int most_repairs = 2;

model_usage usage_of(const model_reply& reply) {
  return {reply.provider, reply.model, reply.input_tokens, reply.output_tokens, reply.cost, reply.latency};
}

std::shared_ptr<model_call> call_of(const run_order& what) {
  auto call = std::make_shared<model_call>();
  call->tenant = what.tenant;
  call->correlation_id = what.correlation_id;
  call->limit = what.agent->reply_timeout;
  call->provider = what.agent->provider;
  call->stop = what.stop;
  return call;
}

void ask(const stateless_services& with, const std::shared_ptr<model_call>& call,
         std::function<void(model_outcome)> done) {
  call->done = guarded<model_outcome>(std::move(done), model_failure{"the call was lost with the actor that had it"});
  if (auto models = with.models.get())
    caf::anon_send(models, atom::complete_v, model_call_ptr{call});
  else
    call->done(model_failure{"the gateway is being restarted"});
}

/// One answer to a talk.
class talk_run : public std::enable_shared_from_this<talk_run> {
public:
  using done_function = std::function<void(std::variant<reply_made, run_failure>)>;

  talk_run(const stateless_services& with, reply_order what, done_function done)
      : with_{with}, what_{std::move(what)}, done_{std::move(done)}, settings_{*with.talk} {
    settings_.agent = [agent = what_.agent](std::string_view) { return agent; };
    settings_.repairs = 0;
    settings_.attempts = 1;
    settings_.longest_message = longest_line;
  }

  void start() {
    const context world{with_.time->now(), 0, {}};
    auto said = std::move(what_.lines.back().text);
    what_.lines.pop_back();
    state_ = fold(what_.lines, *what_.agent, settings_, world);
    auto decided = take(say{"last", std::move(said), {}});
    if (const auto* last = taken_as(state_, "last"))
      message_ = *last;
    for (auto& effect : decided.effects)
      if (auto* order = std::get_if<ask_model>(&effect))
        return ask_for(std::move(*order));
    if (!decided.refusal.empty() || what_.agent->steps.empty())
      return done_(run_failure{decided.refusal.empty() ? "no model is configured" : decided.refusal, false});
    finish({}, "stop");
  }

  void fail(std::string why) {
    done_(run_failure{std::move(why), false});
  }

private:
  conversation_core::decision take(command what) {
    return conversation_core::advance(state_, std::move(what), {with_.time->now(), 0, {}}, settings_);
  }

  void ask_for(ask_model order) {
    reply_ = std::move(order.reply);
    auto call = call_of(what_);
    call->messages = std::move(order.messages);
    call->temperature = what_.temperature ? what_.temperature : order.temperature;
    call->max_tokens = what_.max_tokens ? what_.max_tokens : order.max_tokens;
    if (!what_.system.empty())
      call->messages.front().text.append("\n\nThe application adds:\n").append(what_.system);
    if (what_.on_text)
      call->on_text = [self = shared_from_this()](std::string_view text) { self->tell(self->filter_.push(text)); };
    ask(with_, call, [self = shared_from_this()](model_outcome outcome) { self->on_outcome(std::move(outcome)); });
  }

  /// On the network thread that the model's words come on, or behind the last of them.
  void tell(const std::string& text) {
    if (text.empty() || !what_.on_text)
      return;
    told_ += text;
    what_.on_text(text);
  }

  void on_outcome(model_outcome outcome) {
    if (auto* reply = std::get_if<model_reply>(&outcome)) {
      auto usage = usage_of(*reply);
      auto reason = reply->finish_reason.empty() ? "stop" : reply->finish_reason;
      take(model_replied{reply_, std::move(reply->text), reason, usage});
      return finish(std::move(usage), std::move(reason));
    }
    const auto& failure = std::get<model_failure>(outcome);
    if (!failure.sent.empty() || what_.agent->steps.empty() || what_.stop.stop_requested())
      return done_(run_failure{failure.detail, !failure.sent.empty()});
    take(model_failed{reply_, model_fault::unavailable, failure.detail, {}});
    finish({}, "stop");
  }

  void finish(model_usage usage, std::string reason) {
    auto text = reply_to(state_, message_).value_or("");
    if (text.empty())
      return done_(run_failure{"there is no answer", !told_.empty()});
    if (text.starts_with(told_))
      tell(text.substr(told_.size()));
    done_(reply_made{std::move(text), std::move(reason), std::move(usage)});
  }

  stateless_services with_;
  reply_order what_;
  done_function done_;
  conversation_settings settings_;
  conversation_state state_;
  std::string message_; ///< the user's last one
  std::string reply_;   ///< the answer in the making
  reply_filter filter_;
  std::string told_;
};

/// One profile.
class profile_run : public std::enable_shared_from_this<profile_run> {
public:
  using done_function = std::function<void(std::variant<profile, run_failure>)>;

  profile_run(const stateless_services& with, run_order what, done_function done)
      : with_{with}, what_{std::move(what)}, done_{std::move(done)} {
    for (const auto& step : what_.agent->steps)
      known_.begin(step.name);
  }

  void start() {
    if (with_.talk->models)
      ask_for({}, {});
    else
      listen();
  }

private:
  void ask_for(std::string_view wrong, const std::vector<std::string>& faults) {
    auto call = call_of(what_);
    call->messages = profile_prompt(what_.lines, *what_.agent, wrong, faults);
    call->schema = net::llm::reply_schema{"profile", profile_schema(*what_.agent), false};
    ask(with_, call, [self = shared_from_this()](model_outcome outcome) { self->on_outcome(outcome); });
  }

  void on_outcome(const model_outcome& outcome) {
    const auto* reply = std::get_if<model_reply>(&outcome);
    if (!reply) {
      if (what_.stop.stop_requested())
        return done_(run_failure{"nobody waits for it", false});
      // What an earlier answer told is kept.
      return round_ > 0 ? done_(std::move(known_)) : listen();
    }
    const auto faults = judge_profile(reply->text, known_, *what_.agent, with_.talk->check);
    if (!faults.empty() && round_++ < most_repairs)
      return ask_for(reply->text, faults);
    done_(std::move(known_));
  }

  void listen() {
    with_.readers->run(
        [self = shared_from_this()](storage::reader&) {
          self->done_(
              profile_of(self->what_.lines, *self->what_.agent, self->with_.talk->understand, self->with_.time->now()));
        },
        [self = shared_from_this()](const storage::error& why) {
          self->done_(run_failure{why.what(), false});
        });
  }

  stateless_services with_;
  run_order what_;
  done_function done_;
  profile known_;
  int round_ = 0;
};

} // namespace

void answer_transcript(const stateless_services& with, reply_order what,
                       std::function<void(std::variant<reply_made, run_failure>)> done) {
  auto run = std::make_shared<talk_run>(with, std::move(what), std::move(done));
  with.readers->run([run](storage::reader&) { run->start(); },
                    [run](const storage::error& why) { run->fail(why.what()); });
}

void find_profile(const stateless_services& with, run_order what,
                  std::function<void(std::variant<profile, run_failure>)> done) {
  std::make_shared<profile_run>(with, std::move(what), std::move(done))->start();
}

} // namespace troupe::actors::api::chat
