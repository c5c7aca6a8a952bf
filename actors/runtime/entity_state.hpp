#pragma once

#include <algorithm>
#include <list>
#include <stdexcept>
#include <stop_token>
#include <variant>

#include "actors/runtime/backoff.hpp"
#include "actors/runtime/entity_types.hpp"

namespace troupe::actors {

/// What an entity actor owns, and its logic. Belongs to its actor; `entity` tells the rules.
template <functional_core Core>
class entity_state {
public:
  static inline constexpr const char* name = Core::name;

  using pointer = typename entity_actor<Core>::template stateful_pointer<entity_state>;

  explicit entity_state(pointer self) : self_{self} {}

  /// Nobody is left waiting, and no timer keeps the dead actor in memory.
  ~entity_state() {
    work_.request_stop();
    for (auto& set : timers_)
      services_->timers->cancel(set.handle);
    for (const auto& own : {retry_, idle_timer_})
      if (own)
        services_->timers->cancel(*own);
    answer(current_.done, command_result::status::ended);
  }

  entity_state(const entity_state&) = delete;
  entity_state& operator=(const entity_state&) = delete;

  void begin(std::shared_ptr<const entity_services<Core>> services, entity_start<Core> start) {
    services_ = std::move(services);
    key_ = std::make_shared<const storage::entity_key>(std::move(start.key));
    first_ = std::move(start.first);
    if (!start.known) {
      load();
      return;
    }
    for (const auto& past : *start.known)
      Core::apply(state_, past.event, past.at);
    number_ = start.known->size();
    awaken();
  }

  void receive(command_envelope_ptr<Core> what) {
    if (!what->answer && queue_.size() >= services_->settings.waiting_commands) {
      answer(what->done, command_result::status::overloaded);
      return;
    }
    queue_.emplace_back(std::move(what));
    pump();
  }

  void receive(inspection_ptr<Core> what) {
    if (queue_.size() >= services_->settings.waiting_commands)
      return;
    queue_.emplace_back(std::move(what));
    pump();
  }

  void loaded(journal_read& found) {
    if (found.fault) {
      if (passes(*found.fault))
        retry_later(*found.fault);
      else
        end(caf::make_error(runtime_ec::corrupt, found.error));
      return;
    }
    try {
      for (const auto& past : found.events) {
        if (past.number != number_ + 1)
          throw std::runtime_error{"the journal has a gap after event " + std::to_string(number_)};
        Core::apply(state_, Core::decode(past.type, past.payload), past.at);
        number_ = past.number;
      }
    } catch (const std::exception& e) {
      end(caf::make_error(runtime_ec::corrupt, std::string{e.what()}));
      return;
    }
    tries_ = 0;
    awaken();
  }

  void appended(returning_append_ptr what) {
    append_ = std::move(what);
    auto& reply = append_->reply;
    if (reply.fault) {
      if (passes(*reply.fault))
        retry_later(*reply.fault);
      else
        end(caf::make_error(runtime_ec::corrupt, std::move(reply.error)));
      return;
    }
    if (reply.result.outcome != storage::append_outcome::stored) {
      end(caf::make_error(runtime_ec::superseded));
      return;
    }
    tries_ = 0;
    in_flight_ = false;
    number_ += append_->request.events.size();
    append_->request.events.clear(); // thousands of actors wait with what they wrote last
    auto settled = std::exchange(current_, {});
    if (services_->observer)
      services_->observer->committed(*key_, state_, settled.events, number_, append_->request.at);
    run(settled.effects);
    answer(settled.done, command_result::status::stored, std::move(settled.refusal));
    if (append_->request.erase)
      end({}); // its journal is gone: there is nothing to go on with
    pump();
  }

  void on_timer(std::uint64_t token) {
    if (retry_ && retry_->token == token) {
      retry_.reset();
      if (live_)
        submit();
      else
        load();
      return;
    }
    if (idle_timer_ && idle_timer_->token == token) {
      idle_timer_.reset();
      pump();
      return;
    }
    // Any other token is that of a timer which was replaced or cancelled while it fired.
    auto due = std::find_if(timers_.begin(), timers_.end(), [&](const auto& x) { return x.handle.token == token; });
    if (due == timers_.end())
      return;
    auto then = std::move(due->then);
    timers_.erase(due);
    receive(envelope(std::move(then)));
  }

  /// Asks the core to come to an end; a second request, or a core that can't be asked, ends it at once. The normal end
  /// of a peer is no request.
  void on_exit(const caf::error& reason) {
    if (!reason)
      return;
    if constexpr (requires { Core::stop(); }) {
      if (live_ && !stopping_) {
        stopping_ = true;
        queue_.emplace_back(envelope(Core::stop()));
        pump();
        return;
      }
    }
    end(reason);
  }

private:
  using waiting = std::variant<command_envelope_ptr<Core>, inspection_ptr<Core>>;

  struct timer {
    std::uint32_t slot;
    timer_handle handle;
    typename Core::command then;
  };

  /// What follows once the append in flight is durable.
  struct settlement {
    std::vector<typename Core::event> events;
    std::vector<typename Core::effect> effects;
    std::string refusal;
    command_done done;
  };

  static bool passes(storage::fault what) noexcept {
    return what == storage::fault::unavailable || what == storage::fault::full;
  }

  static void answer(command_done& done, command_result::status outcome, std::string refusal = {}) {
    if (!done)
      return;
    if (!refusal.empty())
      outcome = command_result::status::refused;
    std::exchange(done, {})(command_result{outcome, std::move(refusal)});
  }

  static command_envelope_ptr<Core> envelope(typename Core::command what) {
    return std::make_shared<command_envelope<Core>>(std::move(what), command_done{}, true);
  }

  entity_actor<Core> handle() const {
    return caf::actor_cast<entity_actor<Core>>(self_);
  }

  void end(caf::error reason) {
    ended_ = true;
    self_->quit(std::move(reason));
  }

  void load() {
    auto report = [whom = handle()](journal_read found) {
      caf::anon_send(whom, std::make_shared<journal_read>(std::move(found)));
    };
    services_->readers->run(
        [key = key_, report](storage::reader& db) {
          report({db.load(*key), std::nullopt, {}});
        },
        [report](const storage::error& why) {
          report({{}, why.kind(), why.what()});
        });
  }

  void awaken() {
    live_ = true;
    if (services_->observer)
      services_->observer->awakened(*key_, state_, number_);
    if (first_)
      queue_.emplace_front(std::move(first_));
    // An epoch of 53 bits survives any JSON reader.
    queue_.emplace_front(envelope(Core::wake(services_->chance->bits() >> 11)));
    pump();
  }

  bool is_at_rest() const {
    return live_ && !in_flight_ && !ended_;
  }

  void pump() {
    if (is_at_rest() && !queue_.empty() && services_->linger)
      used_ = services_->time->monotonic();
    while (is_at_rest() && !queue_.empty()) {
      auto next = std::move(queue_.front());
      queue_.pop_front();
      if (auto* command = std::get_if<command_envelope_ptr<Core>>(&next))
        process(**command);
      else
        std::get<inspection_ptr<Core>>(next)->look(state_);
    }
    if (is_at_rest() && Core::finished(state_))
      rest();
  }

  /// Nothing is left to do: ends, at once or once it has lingered. One timer serves however many commands come
  /// meanwhile; it fires often enough for the time to linger to become less.
  void rest() {
    constexpr std::chrono::nanoseconds longest_wait = std::chrono::minutes{1};
    // What was never stored isn't worth waiting for.
    if (!services_->linger || stopping_ || number_ == 0)
      return end({});
    // Thousands rest.
    append_.reset();
    timers_.shrink_to_fit();
    if (idle_timer_)
      return;
    const auto left = services_->linger() - (services_->time->monotonic() - used_);
    if (left.count() <= 0)
      return end({});
    idle_timer_ = services_->timers->set(handle(), std::min<std::chrono::nanoseconds>(left, longest_wait));
  }

  static constexpr bool applies_itself =
      requires(typename Core::state & state, typename Core::command command, const typename Core::context& world,
               const typename Core::settings& with) {
    Core::advance(state, std::move(command), world, with);
  };

  typename Core::decision decide(typename Core::command what, const typename Core::context& world) {
    if constexpr (applies_itself)
      return Core::advance(state_, std::move(what), world, *services_->core);
    else
      return Core::decide(state_, std::move(what), world, *services_->core);
  }

  void process(command_envelope<Core>& what) {
    // Whatever happens below, the sender is answered by the destructor.
    current_.done = std::exchange(what.done, {});
    const auto now = services_->time->now();
    auto decided = decide(std::move(what.command), {now, services_->chance->uniform(), std::string_view{key_->id}});
    if (decided.events.empty()) {
      run(decided.early_effects);
      run(decided.effects);
      answer(current_.done, command_result::status::unchanged, std::move(decided.refusal));
      return;
    }
    current_.events = std::move(decided.events);
    current_.effects = std::move(decided.effects);
    current_.refusal = std::move(decided.refusal);
    append(now);
    run(decided.early_effects);
  }

  /// Applies the events before they are durable: nobody sees the state until the append is settled, and an append
  /// that will never be ends the actor.
  void append(storage::timestamp now) {
    if (!append_) {
      append_ = std::make_shared<returning_append>();
      append_->request.entity = *key_;
    }
    auto& request = append_->request;
    request.expected = number_;
    request.at = now;
    request.events.clear();
    for (const auto& event : current_.events) {
      if constexpr (!applies_itself)
        Core::apply(state_, event, now);
      request.events.push_back(Core::encode(event));
    }
    Core::project(state_, request);
    in_flight_ = true;
    submit();
  }

  void submit() {
    append_->whom = caf::actor_cast<caf::actor>(self_);
    services_->journal->submit(std::exchange(append_, nullptr));
  }

  void retry_later(storage::fault why) {
    const auto& settings = services_->settings;
    const auto wait = backoff(settings.backoff_base, settings.backoff_limit, tries_++, services_->chance->uniform());
    if (services_->observer)
      services_->observer->append_delayed(*key_, why, wait);
    retry_ = services_->timers->set(handle(), wait);
  }

  void run(std::vector<typename Core::effect>& effects) {
    for (auto& effect : effects) {
      if constexpr (requires { Core::timer(effect); }) {
        if (auto order = Core::timer(effect)) {
          set(std::move(*order));
          continue;
        }
      }
      if constexpr (requires { Core::gives_up(effect); }) {
        if (Core::gives_up(effect)) {
          std::exchange(work_, {}).request_stop();
          continue;
        }
      }
      services_->effects->run(std::move(effect), feedback<Core>{handle(), key_, work_.get_token()});
    }
  }

  void set(timer_order<typename Core::command> order) {
    std::erase_if(timers_, [&](const timer& old) {
      if (old.slot != order.slot)
        return false;
      services_->timers->cancel(old.handle);
      return true;
    });
    if (order.then)
      timers_.push_back({order.slot, services_->timers->set(handle(), order.after), std::move(*order.then)});
  }

  pointer self_;
  std::shared_ptr<const entity_services<Core>> services_;
  std::shared_ptr<const storage::entity_key> key_;
  command_envelope_ptr<Core> first_;
  typename Core::state state_;
  std::uint64_t number_ = 0;    ///< of the last durable event
  std::list<waiting> queue_;    ///< usually empty
  returning_append_ptr append_; ///< while it isn't on its way
  settlement current_;
  std::vector<timer> timers_;
  std::stop_source work_; ///< what effects under way are asked to stop by
  std::optional<timer_handle> retry_;
  std::optional<timer_handle> idle_timer_; ///< while it lingers
  std::chrono::nanoseconds used_{0};       ///< when it was last told or asked something, by the monotonic clock
  unsigned tries_ = 0;
  bool live_ = false;      ///< loaded
  bool in_flight_ = false; ///< an append isn't settled
  bool stopping_ = false;
  bool ended_ = false;
};

} // namespace troupe::actors
