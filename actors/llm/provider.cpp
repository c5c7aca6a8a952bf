#include "actors/llm/provider.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <caf/send.hpp>

#include "config/log.hpp"

namespace troupe::actors {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

/// What a streamed call has sent; nobody is sent more of it.
std::string take_sent(const std::shared_ptr<text_relay>& relay) {
  return relay ? relay->close() : std::string{};
}

/// Less than this would rather pay for an answer than get one.
milliseconds least_time(const model_call& call) {
  return std::min(milliseconds{1s}, call.limit / 10);
}

constexpr std::uint64_t no_call = 0;

/// What a picture costs, about; providers count it by its size in pixels.
constexpr std::uint64_t image_tokens = 1'000;

call_ending ending_of(net::llm::chat_fault fault) {
  switch (fault) {
  case net::llm::chat_fault::unavailable:
    return call_ending::unavailable;
  case net::llm::chat_fault::rate_limited:
    return call_ending::rate_limited;
  case net::llm::chat_fault::refused:
    return call_ending::refused;
  case net::llm::chat_fault::malformed:
    return call_ending::malformed;
  case net::llm::chat_fault::cancelled:
    return call_ending::cancelled;
  }
  return call_ending::malformed;
}

/// A provider that others follow leaves them a third of the time, or one that hangs would be the only one asked.
std::chrono::nanoseconds end_of_turn(std::chrono::nanoseconds now, std::chrono::nanoseconds deadline, bool last) {
  return last ? deadline : now + (deadline - now) * 2 / 3;
}

} // namespace

milliseconds call_backoff(unsigned attempt, double random, milliseconds asked_for) {
  const auto range = std::min(500.0 * std::pow(2.0, attempt == 0 ? 0 : attempt - 1), 8000.0);
  return std::max(asked_for, milliseconds{static_cast<long>(range * random)});
}

std::uint64_t estimated_tokens(const model_call& call, unsigned longest_reply) {
  std::uint64_t bytes = call.schema ? call.schema->json.size() : 0;
  std::uint64_t images = 0;
  for (const auto& each : call.messages) {
    bytes += each.text.size();
    images += each.images.size();
    for (const auto& asked : each.calls)
      bytes += asked.arguments.size();
  }
  for (const auto& each : call.tools)
    bytes += each.description.size() + each.schema.size();
  return bytes / 4 + images * image_tokens + call.max_tokens.value_or(longest_reply);
}

provider_state::provider_state(pointer self) : self_{self} {
  // nop
}

provider_state::~provider_state() {
  for (auto& [id, call] : open_) {
    if (call.stop)
      call.stop->source.request_stop();
    auto sent = take_sent(call.relay);
    call.what->done(model_failure{settings_.name + ": ended while the call was open", std::move(sent)}, call.deadline);
  }
}

void provider_state::configure(config::provider_settings settings, std::shared_ptr<net::llm::chat_client> client,
                               std::shared_ptr<const clock> time, std::shared_ptr<actors::random> chance,
                               std::shared_ptr<llm_probe> probe) {
  settings_ = std::move(settings);
  client_ = std::move(client);
  clock_ = std::move(time);
  random_ = std::move(chance);
  probe_ = std::move(probe);
  waiting_ = weighted_queue<std::uint64_t>{settings_.queue_limit};
  allowance_ = allowance{{settings_.requests_per_minute, settings_.tokens_per_minute}};
  show_circuit();
}

void provider_state::accept(provider_call_ptr what) {
  const auto id = ++last_id_;
  const auto deadline = what->deadline;
  const auto tokens = estimated_tokens(*what->call, settings_.max_tokens);
  open_.emplace(id, open_call{.what = std::move(what), .deadline = deadline, .tokens = tokens});
  enqueue(id);
  serve_waiting();
  if (const auto found = open_.find(id); found != open_.end() && found->second.waiting && !deadline) {
    arrivals_.emplace_back(clock_->monotonic() + settings_.queue_timeout, id);
    look_again(arrivals_.front().first);
  }
}

void provider_state::enqueue(std::uint64_t id) {
  auto& call = open_.at(id);
  if (!waiting_.push(call.what->call->tenant, id, call.tokens))
    return settle(id, model_failure{settings_.name + ": its queue is full"});
  call.waiting = true;
  if (call.deadline)
    self_->delayed_send(self_, std::max(0ns, *call.deadline - clock_->monotonic()), atom::expire_v, id);
}

void provider_state::serve_waiting() {
  while (running_ < settings_.max_concurrency && !waiting_.empty()) {
    const auto found = open_.find(*waiting_.front());
    if (found != open_.end() && !may_start(found->second))
      break;
    if (const auto id = *waiting_.pop(); found != open_.end())
      launch(id);
  }
  probe_->load(waiting_.size(), running_);
}

/// Whether the provider lets another call through; when not, looks again in time. A call that won't be made anyway may
/// start, and one for which somebody else is left, or somebody waits at a screen, doesn't wait for long.
bool provider_state::may_start(const open_call& call) {
  const auto now = clock_->monotonic();
  const auto ready = allowance_.ready_at(now, call.tokens);
  const auto& asked = *call.what->call;
  if (ready <= now || is_cut_off() || asked.stop.stop_requested())
    return true;
  if ((!call.what->last || asked.on_text) && ready - now > asked.limit)
    return true;
  look_again(ready);
  return false;
}

bool provider_state::is_cut_off() const {
  return breaker_.state() == circuit::open && clock_->now() < breaker_.retry_at();
}

void provider_state::look_again(std::chrono::nanoseconds at) {
  if (next_look_ && *next_look_ <= at)
    return;
  next_look_ = at;
  self_->delayed_send(self_, std::max(0ns, at - clock_->monotonic()), atom::expire_v, no_call);
}

void provider_state::on_time() {
  if (next_look_ && *next_look_ <= clock_->monotonic())
    next_look_.reset();
  expire_waiting();
  serve_waiting();
}

/// Ends what has waited for its first turn for too long.
void provider_state::expire_waiting() {
  const auto is_first_wait = [&](std::uint64_t id) {
    const auto found = open_.find(id);
    return found != open_.end() && found->second.waiting && found->second.attempts == 0;
  };
  const auto now = clock_->monotonic();
  while (!arrivals_.empty() && (arrivals_.front().first <= now || !is_first_wait(arrivals_.front().second))) {
    const auto id = arrivals_.front().second;
    arrivals_.pop_front();
    if (is_first_wait(id))
      settle(id, model_failure{settings_.name + ": no turn came within its queue's time limit"});
  }
  if (!arrivals_.empty())
    look_again(arrivals_.front().first);
}

/// Why a call that has its turn isn't made; asks the breaker last, for who is admitted must report back.
std::optional<std::string> provider_state::obstacle(const open_call& call) {
  const auto& asked = *call.what->call;
  if (asked.stop.stop_requested())
    return "the call was taken back";
  const auto now = clock_->monotonic();
  if (call.deadline && call.turn_end.value_or(*call.deadline) - now < least_time(asked))
    return "the call's time limit leaves no time for it";
  const auto wait = allowance_.ready_at(now, call.tokens) - now;
  if (wait > 0ns && !is_cut_off())
    return "its limit per minute leaves no room for another "
           + std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) + " s";
  if (!breaker_.admit(clock_->now()))
    return last_fault_.empty() ? "its circuit is open" : "its circuit is open after: " + last_fault_;
  return std::nullopt;
}

void provider_state::launch(std::uint64_t id) {
  auto& call = open_.at(id);
  const auto& asked = *call.what->call;
  call.waiting = false;
  if (const auto why = obstacle(call))
    return settle(id, model_failure{settings_.name + ": " + *why});
  show_circuit();
  ++running_;
  ++call.attempts;
  call.started = clock_->monotonic();
  call.admitted = allowance_.start(call.started, call.tokens);
  if (!call.deadline) {
    call.deadline = call.started + asked.limit;
    if (asked.started)
      asked.started();
  }
  if (!call.turn_end)
    call.turn_end = end_of_turn(call.started, *call.deadline, call.what->last);
  // Nobody else can go on with a stream that has begun: only its beginning leaves time to others, and while it goes on
  // it is well.
  const auto left = [&](std::chrono::nanoseconds end) { return std::chrono::floor<milliseconds>(end - call.started); };
  call.limit = asked.on_text ? left(*call.deadline) : std::min(settings_.timeout, left(*call.turn_end));
  call.stop = std::make_unique<attempt_stop>(asked.stop);
  auto me = provider_actor{self_};
  client_->complete(request_of(call), [me, id](net::llm::chat_result result) {
    caf::anon_send(me, atom::answered_v, std::make_shared<const client_answer>(client_answer{id, std::move(result)}));
  });
}

net::llm::chat_request provider_state::request_of(open_call& call) const {
  const auto& asked = *call.what->call;
  net::llm::chat_request result{asked.messages, asked.correlation_id, call.limit, call.stop->source.get_token(),
                                asked.schema};
  result.temperature = asked.temperature;
  result.max_tokens = asked.max_tokens;
  result.tools = asked.tools;
  result.tool_choice = asked.tool_choice;
  if (asked.on_text) {
    if (!call.relay)
      call.relay = std::make_shared<text_relay>(asked.on_text);
    result.on_text = [relay = call.relay](std::string_view text) { relay->put(text); };
    result.first_token_limit = std::chrono::floor<milliseconds>(*call.turn_end - call.started);
  }
  return result;
}

void provider_state::on_answer(const client_answer& answer) {
  auto found = open_.find(answer.id);
  if (found == open_.end())
    return;
  --running_;
  std::visit([&](const auto& each) { allowance_.learn(found->second.admitted, each.limits); }, answer.result);
  const auto took = std::chrono::duration_cast<milliseconds>(clock_->monotonic() - found->second.started);
  if (const auto* reply = std::get_if<net::llm::chat_reply>(&answer.result)) {
    breaker_.succeed();
    if (reply->input_tokens + reply->output_tokens > 0)
      allowance_.settle(found->second.admitted, reply->input_tokens + reply->output_tokens);
    probe_->answered(call_ending::ok, took);
    settle(answer.id, priced(*reply, took));
  } else {
    const auto& failure = std::get<net::llm::chat_failure>(answer.result);
    probe_->answered(ending_of(failure.fault), took);
    on_failure(answer.id, failure, took);
  }
  show_circuit();
  serve_waiting();
}

/// What a failure tells of the provider's health.
void provider_state::learn(const open_call& call, const net::llm::chat_failure& failure, milliseconds took) {
  const auto fault = failure.fault;
  // Who had much less time than usual, or next to none, can't blame the provider for being slow.
  const auto usual = std::min(settings_.timeout, call.what->call->limit);
  const bool cut_short =
      took >= call.limit && call.limit < std::max(usual / 2, std::min(settings_.timeout, milliseconds{1s}));
  if (fault == net::llm::chat_fault::cancelled || cut_short)
    breaker_.abandon(clock_->now());
  else if (fault == net::llm::chat_fault::rate_limited)
    breaker_.succeed(); // it tells of our own pace
  else
    breaker_.fail(clock_->now());
  if (fault != net::llm::chat_fault::cancelled)
    last_fault_ = failure.detail;
}

void provider_state::on_failure(std::uint64_t id, const net::llm::chat_failure& failure, milliseconds took) {
  auto& call = open_.at(id);
  const auto& asked = *call.what->call;
  learn(call, failure, took);
  config::log::warn("llm_call_failed", "a call of a model failed",
                    {{"provider", settings_.name},
                     {"fault", to_string(ending_of(failure.fault))},
                     {"detail", failure.detail},
                     {"attempt", call.attempts},
                     {"correlation_id", asked.correlation_id}});
  if (failure.retriable() && call.attempts < settings_.attempts && !asked.stop.stop_requested()) {
    const auto wait = call_backoff(call.attempts, random_->uniform(), failure.retry_after.value_or(0ms));
    // A wait that leaves no time for another attempt would only keep the next provider from it.
    if (clock_->monotonic() + wait + least_time(asked) <= *call.turn_end) {
      self_->delayed_send(self_, wait, atom::retry_call_v, id);
      return;
    }
  }
  settle(id, model_failure{settings_.name + ": " + failure.detail});
}

void provider_state::on_retry(std::uint64_t id) {
  if (!open_.contains(id))
    return;
  enqueue(id);
  serve_waiting();
}

void provider_state::on_expiry(std::uint64_t id) {
  if (id == no_call)
    return on_time();
  const auto found = open_.find(id);
  if (found != open_.end() && found->second.waiting && clock_->monotonic() >= *found->second.deadline)
    settle(id, model_failure{settings_.name + ": the call's time limit passed while it waited"});
}

void provider_state::settle(std::uint64_t id, model_outcome outcome) {
  auto done = open_.extract(id);
  if (const auto* reply = std::get_if<model_reply>(&outcome))
    probe_->used(reply->input_tokens, reply->output_tokens, reply->cost);
  else
    std::get<model_failure>(outcome).sent = take_sent(done.mapped().relay);
  done.mapped().what->done(std::move(outcome), done.mapped().deadline);
}

model_reply provider_state::priced(const net::llm::chat_reply& reply, milliseconds latency) const {
  model_reply result;
  result.text = reply.text;
  result.finish_reason = reply.finish_reason;
  result.provider = settings_.name;
  result.model = reply.model.empty() ? settings_.model : reply.model;
  result.input_tokens = reply.input_tokens;
  result.output_tokens = reply.output_tokens;
  result.cached_tokens = reply.cached_tokens;
  result.cache_write_tokens = reply.cache_write_tokens;
  result.calls = reply.calls;
  result.cost = (static_cast<double>(reply.input_tokens) * settings_.input_price
                 + static_cast<double>(reply.output_tokens) * settings_.output_price)
                / 1e6;
  result.latency = latency;
  return result;
}

void provider_state::show_circuit() {
  probe_->circuit(breaker_.state());
  if (std::exchange(shown_, breaker_.state()) == breaker_.state())
    return;
  config::log::warn("circuit_changed", "a provider's circuit breaker changed its state",
                    {{"provider", settings_.name}, {"model", settings_.model}, {"state", to_string(shown_)}});
}

provider_actor::behavior_type provider(provider_actor::stateful_pointer<provider_state> self,
                                       config::provider_settings settings,
                                       std::shared_ptr<net::llm::chat_client> client, std::shared_ptr<const clock> time,
                                       std::shared_ptr<actors::random> chance, std::shared_ptr<llm_probe> probe) {
  self->state.configure(std::move(settings), std::move(client), std::move(time), std::move(chance), std::move(probe));
  return {
      [self](atom::complete, provider_call_ptr& what) { self->state.accept(std::move(what)); },
      [self](atom::answered, const client_answer_ptr& answer) { self->state.on_answer(*answer); },
      [self](atom::retry_call, std::uint64_t id) { self->state.on_retry(id); },
      [self](atom::expire, std::uint64_t id) { self->state.on_expiry(id); },
  };
}

} // namespace troupe::actors
