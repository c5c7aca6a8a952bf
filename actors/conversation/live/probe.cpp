#include "actors/conversation/live/probe.hpp"

#include <algorithm>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "config/log.hpp"

namespace troupe::actors::conversation {

namespace {

namespace log = config::log;
using counters = prometheus::Family<prometheus::Counter>;
using histograms = prometheus::Family<prometheus::Histogram>;

counters& counter_family(config::metrics& of, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(of.registry());
}

histograms& histogram_family(config::metrics& of, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(of.registry());
}

prometheus::Gauge& gauge(config::metrics& of, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(of.registry()).Add({});
}

/// When the message came that the reply among `events` at `index` answers.
timestamp asked_at(const conversation_state& s, std::span<const event> events, std::size_t index) {
  // Each turn that began behind it has put another message of the user's behind that one.
  auto later = std::ranges::count_if(events.subspan(index + 1), [](const event& e) {
    const auto* started = std::get_if<reply_started>(&e);
    return started && started->replaces.empty();
  });
  for (auto m = s.messages.rbegin(); m != s.messages.rend(); ++m)
    if (m->by == speaker::user && later-- == 0)
      return m->at;
  return s.last_at;
}

} // namespace

struct conversation_probe::impl {
  impl(config::metrics& of, bool has_models)
      : models{has_models}, conversations{counter_family(of, "troupe_conversations_total",
                                                         "Conversations by what became of them.")},
        duration{histogram_family(of, "troupe_conversation_duration_seconds",
                                  "Time from a conversation's opening to the completion of its last step.")},
        steps{counter_family(of, "troupe_conversation_steps_total", "Steps that conversations began and completed.")},
        extractions{counter_family(of, "troupe_conversation_extractions_total",
                                   "Fields that models extracted, by whether they were valid in the end.")},
        replies{counter_family(of, "troupe_conversation_replies_total", "Replies by how they came to be.")},
        response{histogram_family(of, "onboarding_agent_response_time_seconds",
                                  "Time from a user's message to its whole reply.")},
        errors{counter_family(of, "onboarding_agent_errors_total",
                              "Replies that broke or failed, or that no model gave though there are models.")},
        in_memory{gauge(of, "troupe_conversations_in_memory", "Conversations in memory.")},
        active{gauge(of, "troupe_conversations_active", "Conversations in memory or followed by somebody.")} {}

  /// A look-up under the family's lock; a turn makes a handful of them.
  static void count(counters& family, const std::string& agent, const char* outcome) {
    family.Add({{"agent", agent}, {"outcome", outcome}}).Increment();
  }

  void step(const std::string& agent, const std::string& name, const char* outcome) {
    if (!name.empty())
      steps.Add({{"agent", agent}, {"step", name}, {"outcome", outcome}}).Increment();
  }

  void fault(const std::string& agent) {
    errors.Add({{"agent", agent}}).Increment();
  }

  void replied(const reply_completed& e, const std::string& agent, std::chrono::duration<double> took) {
    const bool composed = e.usage.provider == "extractive";
    count(replies, agent, composed ? "composed" : "model");
    if (models && !e.fallback.empty())
      fault(agent);
    if (!e.fields.empty() && e.faults.empty())
      count(extractions, agent, "valid");
    const prometheus::Histogram::BucketBoundaries bounds{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60};
    response.Add({{"agent", agent}}, bounds).Observe(took.count());
  }

  void completed_after(const std::string& agent, std::chrono::duration<double> took) {
    const prometheus::Histogram::BucketBoundaries bounds{30, 60, 120, 180, 300, 600, 1'200, 3'600, 86'400, 604'800};
    count(conversations, agent, "completed");
    duration.Add({{"agent", agent}}, bounds).Observe(took.count());
  }

  const bool models;
  counters& conversations;
  histograms& duration;
  counters& steps;
  counters& extractions;
  counters& replies;
  histograms& response;
  counters& errors;
  prometheus::Gauge& in_memory;
  prometheus::Gauge& active;
};

conversation_probe::conversation_probe(config::metrics& metrics, bool models)
    : impl_{std::make_unique<impl>(metrics, models)} {
  // nop
}

conversation_probe::~conversation_probe() = default;

void conversation_probe::in_memory(std::size_t count) {
  impl_->in_memory.Set(static_cast<double>(count));
}

void conversation_probe::active(std::size_t count) {
  impl_->active.Set(static_cast<double>(count));
}

void conversation_probe::committed(const storage::entity_key& key, const conversation_state& s,
                                   const std::vector<event>& events, timestamp at) {
  auto& to = *impl_;
  const auto& agent = s.agent;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (const auto* e = std::get_if<opened>(&events[i])) {
      impl::count(to.conversations, agent, "opened");
      to.step(agent, e->step, "begun");
    } else if (const auto* reply = std::get_if<reply_completed>(&events[i])) {
      to.replied(*reply, agent, at - asked_at(s, events, i));
    } else if (std::holds_alternative<interrupted>(events[i])) {
      impl::count(to.replies, agent, "interrupted");
    } else if (const auto* broken = std::get_if<reply_broken>(&events[i])) {
      impl::count(to.replies, agent, "broken");
      to.fault(agent);
      log::warn("reply_broken", "a reply broke off and is made anew",
                {{"tenant_id", key.tenant}, {"conversation_id", key.id}, {"agent", agent}, {"reason", broken->reason}});
    } else if (const auto* failed = std::get_if<turn_failed>(&events[i])) {
      impl::count(to.replies, agent, "failed");
      to.fault(agent);
      log::error("turn_failed", "a message could not be answered",
                 {{"tenant_id", key.tenant}, {"conversation_id", key.id}, {"agent", agent}, {"code", failed->code}});
    } else if (const auto* repair = std::get_if<fields_repaired>(&events[i])) {
      const bool goes_on = s.turn && s.turn->phase == turn_phase::repairing;
      if (repair->faults.empty() || !goes_on)
        impl::count(to.extractions, agent, repair->faults.empty() ? "repaired" : "failed");
    } else if (const auto* step = std::get_if<step_completed>(&events[i])) {
      to.step(agent, step->step, "completed");
    } else if (const auto* next = std::get_if<handed_over>(&events[i])) {
      to.step(agent, next->to, "begun");
    } else if (std::holds_alternative<completed>(events[i])) {
      to.completed_after(agent, at - s.opened_at);
    } else if (std::holds_alternative<expired>(events[i])) {
      impl::count(to.conversations, agent, "expired");
    } else if (std::holds_alternative<deleted>(events[i])) {
      impl::count(to.conversations, agent, "deleted");
    }
  }
  if (log::enabled(config::log_level::debug))
    for (const auto& each : events)
      log::debug(
          "conversation_step", "an event of a conversation is durable",
          {{"tenant_id", key.tenant}, {"conversation_id", key.id}, {"event", conversation_core::encode(each).type}});
}

} // namespace troupe::actors::conversation
