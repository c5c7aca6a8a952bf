#include "actors/llm/gateway.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>

namespace troupe::actors {

namespace {

/// Answers with what was said before.
void repeat(const model_call& call, model_reply known) {
  if (call.started)
    call.started();
  if (call.on_text)
    call.on_text(known.text);
  call.done(std::move(known));
}

/// The same call, whose reply is kept.
model_call_ptr keeping(const model_call& call, std::shared_ptr<reply_cache> cache, std::string key) {
  auto result = std::make_shared<model_call>(call);
  result->done = [done = call.done, cache = std::move(cache), key = std::move(key)](model_outcome outcome) {
    if (const auto* reply = std::get_if<model_reply>(&outcome))
      cache->put(key, *reply);
    done(std::move(outcome));
  };
  return result;
}

} // namespace

gateway_state::gateway_state(pointer self) : self_{self} {
  // nop
}

void gateway_state::configure(std::vector<named_provider> chain, std::shared_ptr<reply_cache> cache) {
  chain_ = std::move(chain);
  cache_ = std::move(cache);
}

void gateway_state::accept(model_call_ptr call) {
  if (const auto key = cache_ ? cache_->key_of(*call) : std::nullopt) {
    if (auto known = cache_->find(*key))
      return repeat(*call, std::move(*known));
    call = keeping(*call, cache_, *key);
  }
  ask(std::make_shared<const chained_call>(chained_call{std::move(call), 0, {}, {}}));
}

/// The provider at that place of the call's order: `first`, then the others of the chain.
const named_provider& gateway_state::at(std::size_t place, const std::string& first) const {
  const auto preferred = std::ranges::find(chain_, first, &named_provider::name);
  const auto index = static_cast<std::size_t>(preferred - chain_.begin());
  if (preferred == chain_.end() || place > index)
    return chain_[place];
  return place == 0 ? *preferred : chain_[place - 1];
}

void gateway_state::ask(chained_call_ptr what) {
  if (what->call->stop.stop_requested()) {
    what->call->done(model_failure{"the call was taken back"});
    return;
  }
  if (what->next >= chain_.size()) {
    what->call->done(model_failure{what->tried.empty() ? "no provider is configured" : what->tried});
    return;
  }
  auto asked = std::make_shared<provider_call>();
  asked->call = what->call;
  asked->deadline = what->deadline;
  asked->last = what->next + 1 == chain_.size();
  asked->done = [me = gateway_actor{self_}, what](model_outcome outcome, call_deadline deadline) {
    auto* failure = std::get_if<model_failure>(&outcome);
    if (!failure || !failure->sent.empty()) {
      what->call->done(std::move(outcome));
      return;
    }
    auto next = std::make_shared<chained_call>(*what);
    ++next->next;
    next->deadline = deadline;
    next->tried += (next->tried.empty() ? "" : "; ") + failure->detail;
    caf::anon_send(me, atom::fall_back_v, chained_call_ptr{std::move(next)});
  };
  if (auto provider = at(what->next, what->call->provider).actor.get())
    self_->send(provider, atom::complete_v, provider_call_ptr{std::move(asked)});
  else
    asked->done(model_failure{"a provider is being restarted"}, what->deadline);
}

gateway_actor::behavior_type gateway(gateway_actor::stateful_pointer<gateway_state> self,
                                     std::vector<named_provider> chain, std::shared_ptr<reply_cache> cache) {
  self->state.configure(std::move(chain), std::move(cache));
  return {
      [self](atom::complete, model_call_ptr& call) { self->state.accept(std::move(call)); },
      [self](atom::fall_back, chained_call_ptr& call) { self->state.ask(std::move(call)); },
  };
}

} // namespace troupe::actors
