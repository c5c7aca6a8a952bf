#include "actors/llm/reply_cache.hpp"

#include <algorithm>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "net/digest.hpp"

namespace troupe::actors {

namespace {

prometheus::Counter& counter(config::metrics& of, const char* outcome) {
  return prometheus::BuildCounter()
      .Name("troupe_llm_cache_total")
      .Help("Calls whose reply may be kept, by whether it was.")
      .Register(of.registry())
      .Add({{"outcome", outcome}});
}

/// So that no two lists of parts give the same text.
void add(std::string& to, std::string_view part) {
  to += std::to_string(part.size());
  to += ':';
  to += part;
}

} // namespace

reply_cache::reply_cache(std::size_t bytes, std::chrono::milliseconds lifetime, std::string chain,
                         std::shared_ptr<const clock> time, config::metrics& metrics)
    : limit_{bytes}, lifetime_{lifetime}, chain_{std::move(chain)}, time_{std::move(time)},
      hits_{counter(metrics, "hit")}, misses_{counter(metrics, "miss")} {
  // nop
}

std::optional<std::string> reply_cache::key_of(const model_call& call) const {
  const auto is_plain =
      call.tools.empty() && std::ranges::all_of(call.messages, [](const auto& each) { return each.images.empty(); });
  if (limit_ == 0 || !call.may_repeat || !is_plain)
    return std::nullopt;
  std::string text;
  for (const auto& part : {call.tenant, chain_, call.provider})
    add(text, part);
  add(text, call.temperature ? std::to_string(*call.temperature) : "");
  add(text, call.max_tokens ? std::to_string(*call.max_tokens) : "");
  add(text, call.schema ? call.schema->json : "");
  for (const auto& message : call.messages) {
    add(text, std::to_string(static_cast<unsigned>(message.role)));
    add(text, message.text);
  }
  return std::string{net::bytes_of(net::sha256({text}))};
}

std::optional<model_reply> reply_cache::find(const std::string& key) {
  const std::lock_guard guard{mutex_};
  const auto found = by_key_.find(key);
  if (found != by_key_.end() && found->second->until <= time_->monotonic())
    remove(found->second);
  else if (found != by_key_.end()) {
    hits_.Increment();
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->reply;
  }
  misses_.Increment();
  return std::nullopt;
}

void reply_cache::put(const std::string& key, const model_reply& reply) {
  if (reply.finish_reason != "stop")
    return;
  entry made{key, reply, time_->monotonic() + lifetime_, 0};
  made.reply.input_tokens = made.reply.output_tokens = 0;
  made.reply.cost = 0;
  made.reply.latency = {};
  made.size = sizeof(entry) + 3 * key.size() + reply.text.size() + reply.provider.size() + reply.model.size();
  if (made.size > limit_)
    return;
  const std::lock_guard guard{mutex_};
  if (const auto known = by_key_.find(key); known != by_key_.end())
    remove(known->second);
  size_ += made.size;
  entries_.push_front(std::move(made));
  by_key_[key] = entries_.begin();
  while (size_ > limit_)
    remove(std::prev(entries_.end()));
}

void reply_cache::remove(entries::iterator which) {
  size_ -= which->size;
  by_key_.erase(which->key);
  entries_.erase(which);
}

} // namespace troupe::actors
