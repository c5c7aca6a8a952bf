#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/llm/allowance.hpp"
#include "actors/llm/messages.hpp"
#include "actors/llm/probe.hpp"
#include "actors/llm/text_relay.hpp"
#include "actors/runtime/breaker.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/random.hpp"
#include "actors/runtime/weighted_queue.hpp"
#include "config/settings.hpp"

namespace troupe::actors {

using provider_actor = caf::typed_actor<
    /// Makes the call as soon as the provider has room: fair among tenants by what their calls cost in tokens, no
    /// faster than the settings and the provider itself allow, tried again where that may help and nobody has seen a
    /// token of a streamed reply. `done` hears a reply, or the failure of the last attempt, within the call's time
    /// limit, which begins when its first turn comes; `queue_timeout` limits the wait for that. Sent by the gateway.
    caf::reacts_to<atom::complete, provider_call_ptr>,
    /// The client's answer. Sent by the network thread.
    caf::reacts_to<atom::answered, client_answer_ptr>,
    /// A call's back-off is over. Sent by itself.
    caf::reacts_to<atom::retry_call, std::uint64_t>,
    /// The time of a call that waits for another turn is over; of call 0: something that calls wait for may have come
    /// about, be it room for another one or the end of a wait. Sent by itself.
    caf::reacts_to<atom::expire, std::uint64_t>>;

/// What a call costs in tokens at most: its prompt, by its length, and the longest reply that it may get.
std::uint64_t estimated_tokens(const model_call& call, unsigned longest_reply);

/// How long to wait before attempt `attempt + 1`: full jitter over an exponential range of 0.5 s, 1 s, 2 s … 8 s, and
/// never less than the provider asked for. Source: M. Brooker, "Exponential Backoff and Jitter".
std::chrono::milliseconds call_backoff(unsigned attempt, double random, std::chrono::milliseconds asked_for);

class provider_state {
public:
  static inline constexpr const char* name = "llm_provider";

  using pointer = provider_actor::stateful_pointer<provider_state>;

  explicit provider_state(pointer self);

  /// Nobody is left waiting: open calls end with a failure, and what is under way is broken off.
  ~provider_state();

  provider_state(const provider_state&) = delete;
  provider_state& operator=(const provider_state&) = delete;

  void configure(config::provider_settings settings, std::shared_ptr<net::llm::chat_client> client,
                 std::shared_ptr<const clock> time, std::shared_ptr<actors::random> chance,
                 std::shared_ptr<llm_probe> probe);

  void accept(provider_call_ptr what);
  void on_answer(const client_answer& answer);
  void on_retry(std::uint64_t id);
  void on_expiry(std::uint64_t id);
  void on_time();

private:
  /// Asks an attempt to stop with its caller, and with this actor.
  class attempt_stop {
  public:
    explicit attempt_stop(const std::stop_token& caller) : watch_{caller, [this] { source.request_stop(); }} {}

    std::stop_source source;

  private:
    std::stop_callback<std::function<void()>> watch_;
  };

  struct open_call {
    provider_call_ptr what;
    call_deadline deadline;
    /// When this provider's attempts must have ended; none before the first.
    call_deadline turn_end{};
    std::uint64_t tokens = 0; ///< estimated
    unsigned attempts = 0;
    bool waiting = false;                 ///< for its turn
    allowance::started admitted{};        ///< the attempt under way
    std::chrono::nanoseconds started{0};  ///< the attempt under way
    std::chrono::milliseconds limit{0};   ///< of that attempt
    std::unique_ptr<attempt_stop> stop{}; ///< of that attempt
    std::shared_ptr<text_relay> relay{};  ///< of a streamed call, all attempts together
  };

  void enqueue(std::uint64_t id);
  void serve_waiting();
  bool may_start(const open_call& call);
  void expire_waiting();
  bool is_cut_off() const;
  void look_again(std::chrono::nanoseconds at);
  void launch(std::uint64_t id);
  std::optional<std::string> obstacle(const open_call& call);
  void learn(const open_call& call, const net::llm::chat_failure& failure, std::chrono::milliseconds took);
  void settle(std::uint64_t id, model_outcome outcome);
  net::llm::chat_request request_of(open_call& call) const;
  void on_failure(std::uint64_t id, const net::llm::chat_failure& failure, std::chrono::milliseconds took);
  model_reply priced(const net::llm::chat_reply& reply, std::chrono::milliseconds latency) const;
  void show_circuit();

  pointer self_;
  config::provider_settings settings_;
  std::shared_ptr<net::llm::chat_client> client_;
  std::shared_ptr<const clock> clock_;
  std::shared_ptr<actors::random> random_;
  std::shared_ptr<llm_probe> probe_;
  breaker breaker_;
  circuit shown_ = circuit::closed;
  allowance allowance_;
  weighted_queue<std::uint64_t> waiting_{0};
  std::deque<std::pair<std::chrono::nanoseconds, std::uint64_t>> arrivals_; // who waits for a first turn, until when
  call_deadline next_look_;
  std::unordered_map<std::uint64_t, open_call> open_; // waiting, running or in back-off
  std::size_t running_ = 0;
  std::uint64_t last_id_ = 0;
  std::string last_fault_; // of any call: what opened the circuit, while it is open
};

/// One LLM endpoint: its queue, limit of calls at a time, retries and breaker. Runs on the scheduler; never blocks.
provider_actor::behavior_type provider(provider_actor::stateful_pointer<provider_state> self,
                                       config::provider_settings settings,
                                       std::shared_ptr<net::llm::chat_client> client, std::shared_ptr<const clock> time,
                                       std::shared_ptr<actors::random> chance, std::shared_ptr<llm_probe> probe);

} // namespace troupe::actors
