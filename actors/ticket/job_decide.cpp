#include <algorithm>
#include <utility>

#include "actors/text/text.hpp"
#include "actors/ticket/compose.hpp"
#include "actors/ticket/findings.hpp"
#include "actors/ticket/job_core.hpp"
#include "actors/ticket/note.hpp"
#include "actors/ticket/note_check.hpp"
#include "actors/ticket/prompt.hpp"
#include "actors/ticket/retry.hpp"

namespace troupe::actors::ticket {

namespace {

using std::chrono::seconds;

/// Claims in a row without progress, after which a job is taken for what ends its owners.
constexpr std::uint32_t most_claims = 25;

/// Looks for a note before the attempt fails.
constexpr std::uint32_t most_looks = 3;

/// Errors are stored and shown: what others wrote into them is kept short, on one line.
constexpr std::size_t longest_error = 500;

using outcome = job_core::decision;

std::string error_text(std::string_view detail) {
  return shorten(clean_line(cut_bytes(detail, 4 * longest_error)), longest_error);
}

bool may_retry(const job_state& s) {
  return s.phase == job_phase::dead || (s.phase == job_phase::waiting && s.attempt > 0);
}

const char* why_not_retry(const job_state& s) {
  if (has_ended(s))
    return "the job has ended";
  if (s.phase == job_phase::waiting)
    return "the job hasn't begun yet; it begins by itself";
  return s.parked ? "the job was interrupted; it goes on by itself" : "the job is under way";
}

/// One decision in the making.
class decider {
public:
  decider(const job_state& s, const context& world, const config::ticket_workflow& settings)
      : s_{s}, world_{world}, settings_{settings}, attempt_{s.attempt},
        attempt_writes_{s.attempt_writes}, used_{s.used} {}

  outcome take() {
    return std::move(out_);
  }

  // -- what moves a job on -------------------------------------------------------------------------------------------

  void operator()(wake&& c) {
    if (has_ended(s_))
      return;
    if (s_.phase == job_phase::waiting) {
      if (world_.now < s_.due_at)
        return;
      if (!s_.postponed)
        begin_attempt();
    } else if (c.epoch == s_.epoch) {
      return;
    } else if (s_.claims >= most_claims) {
      emit(dead_lettered{s_.step, "interrupted " + std::to_string(s_.claims) + " times in a row at this step"});
      return;
    }
    emit(claimed{attempt_, c.epoch, settings_.version});
    if (s_.open)
      resolve_predecessors_write();
    else if (s_.note)
      begin_write(s_.note->note);
    else if (s_.found)
      ask_model(*s_.found, out_.effects);
    else
      begin_gathering();
  }

  void operator()(context_gathered&& c) {
    // A parked job's next owner gathers anew, which only reads: nobody waits for what comes now.
    if (s_.phase != job_phase::gathering || c.attempt != s_.attempt || s_.parked)
      return;
    const auto spent = s_.active_since ? std::max(milliseconds{0}, world_.now - *s_.active_since) : milliseconds{0};
    used_ += spent;
    emit(gathered{bounded(std::move(c.found), settings_)});
    // A crash before the findings are durable repeats the call, as one during the call does.
    ask_model(std::get<gathered>(out_.events.back()).found, out_.early_effects);
  }

  void operator()(model_started&& c) {
    if (s_.phase != job_phase::synthesizing || c.attempt != s_.attempt || s_.parked)
      return;
    start(timer_kind::time_limit, model_time());
  }

  void operator()(model_replied&& c) {
    if (s_.phase != job_phase::synthesizing || c.attempt != s_.attempt)
      return;
    if (auto* answer = std::get_if<model_answer>(&c.result))
      use_answer(std::move(*answer));
    else
      compose("no model answered: " + error_text(std::get<model_failed>(c.result).detail), milliseconds{0});
  }

  // -- the write and its outcome -------------------------------------------------------------------------------------

  void operator()(note_outcome&& c) {
    if (has_ended(s_) || c.write > s_.writes)
      return;
    if (auto* written = std::get_if<net::desk::note_written>(&c.result)) {
      // That the note is there is true whichever write put it there.
      complete(std::move(written->note_id), false);
      return;
    }
    if (!s_.open || c.write != s_.writes)
      return;
    const auto& failure = std::get<net::desk::desk_failure>(c.result);
    auto error = error_text(failure.detail);
    if (is_put_off(failure.fault) && s_.phase == job_phase::writing) {
      postpone(failure, std::move(error));
      return;
    }
    if (failure.fault == net::desk::desk_fault::unknown_outcome) {
      if (s_.open->unknown)
        return;
      emit(write_unknown{std::move(error)});
      if (!s_.parked)
        await_or_look(std::max(milliseconds{0}, s_.open->limit - c.took) + settings_.write_margin);
      return;
    }
    emit(write_refused{error, failure.retry_after});
    if (s_.phase == job_phase::waiting)
      return; // the attempt is over already
    if (repeatable(failure.fault))
      give_up_attempt("write_note", std::move(error), failure.retry_after);
    else
      emit(dead_lettered{"write_note", std::move(error)});
  }

  void operator()(note_looked_up&& c) {
    if (has_ended(s_) || c.write > s_.writes)
      return;
    auto* search = std::get_if<net::desk::note_search>(&c.result);
    if (search && search->note_id) {
      complete(std::move(*search->note_id), true);
      return;
    }
    if (s_.phase != job_phase::writing || s_.parked || !s_.open || c.write != s_.writes)
      return;
    if (search) {
      begin_write(s_.note->note);
      return;
    }
    auto& failure = std::get<net::desk::desk_failure>(c.result);
    if (is_put_off(failure.fault))
      postpone(failure, error_text(failure.detail));
    else
      look_again(c.round, failure);
  }

  // -- time, operators, the end --------------------------------------------------------------------------------------

  void operator()(timer_fired&& c) {
    if (s_.parked || c.generation != s_.number)
      return;
    if (s_.phase == job_phase::gathering && c.kind == timer_kind::time_limit)
      give_up_attempt("gather", "the sources did not answer within the attempt's time limit");
    else if (s_.phase == job_phase::synthesizing && c.kind == timer_kind::time_limit)
      give_up_on_model();
    else if (s_.phase == job_phase::writing && s_.open)
      write_time(c);
  }

  void operator()(operator_retry&& c) {
    if (may_retry(s_))
      emit(retried{std::move(c.by)});
    else
      out_.refusal = why_not_retry(s_);
  }

  void operator()(operator_discard&& c) {
    if (s_.phase == job_phase::dead)
      emit(discarded{std::move(c.by)});
    else
      out_.refusal = "only a job that was given up can be discarded";
  }

  void operator()(shutdown&&) {
    if (!has_ended(s_) && s_.phase != job_phase::waiting && !s_.parked)
      emit(parked{});
  }

private:
  template <class Event>
  void emit(Event&& what) {
    out_.events.emplace_back(std::forward<Event>(what));
  }

  void start(timer_kind kind, milliseconds after, std::uint32_t round = 0) {
    out_.effects.emplace_back(set_timer{kind, s_.number + out_.events.size(), round, after});
  }

  void begin_attempt() {
    ++attempt_;
    attempt_writes_ = 0;
    used_ = milliseconds{0};
  }

  milliseconds left() const {
    return std::max(milliseconds{0}, settings_.time_limit - used_);
  }

  /// What a model may take: some of the attempt's time is kept for the write.
  milliseconds model_time() const {
    return left() - std::min(settings_.write_timeout, left() / 4);
  }

  void begin_gathering() {
    out_.early_effects.emplace_back(gather{attempt_, s_.ticket.subject, s_.ticket.description});
    start(timer_kind::time_limit, left());
  }

  void ask_model(const findings& found, std::vector<job_effect>& when) {
    const auto limit = std::min(settings_.synthesize_timeout, model_time());
    when.emplace_back(
        call_model{attempt_, compose_prompt(s_.ticket, found, settings_), limit, s_.ticket.correlation_id});
  }

  void use_answer(model_answer&& answer) {
    auto checked = check_note(answer.text, answer.finish_reason, note_input());
    synthesized event;
    event.note = std::move(checked.markdown);
    event.provider = checked.by_model ? std::move(answer.provider) : std::string{extractive};
    event.model = std::move(answer.model);
    event.input_tokens = answer.input_tokens;
    event.output_tokens = answer.output_tokens;
    event.cost = answer.cost;
    event.took = std::max(milliseconds{0}, answer.took);
    event.fallback = std::move(checked.remark);
    write_first(std::move(event));
  }

  void compose(std::string why, milliseconds took) {
    synthesized event;
    event.note = compose_extractive(note_input());
    event.provider = extractive;
    event.took = took;
    event.fallback = std::move(why);
    write_first(std::move(event));
  }

  void give_up_on_model() {
    out_.effects.emplace_back(give_up_model{});
    compose("the model did not answer within the attempt's time limit", model_time());
  }

  note_context note_input() const {
    return {s_.ticket, *s_.found, settings_, world_.id};
  }

  void write_first(synthesized&& event) {
    used_ += event.took;
    emit(std::move(event));
    if (!s_.parked)
      begin_write(std::string{std::get<synthesized>(out_.events.back()).note});
  }

  void begin_write(std::string note) {
    // Less than this would rather lose the answer than the write.
    const auto least = std::min({milliseconds{seconds{1}}, settings_.time_limit / 4, settings_.write_timeout});
    if (attempt_writes_ >= std::max(1U, settings_.writes))
      return give_up_attempt("write_note", "the desk did not confirm any of " + std::to_string(attempt_writes_)
                                               + " writes, and none was found");
    if (left() < least)
      return give_up_attempt("write_note", "the attempt's time limit was used up");
    const auto timeout = std::min(settings_.write_timeout, left());
    const auto number = s_.writes + 1;
    const auto deadline = world_.now + timeout;
    emit(write_started{number, deadline});
    out_.effects.emplace_back(write_note{number, s_.ticket.ticket_id, std::move(note), marker_of(world_.id), deadline,
                                         timeout, s_.ticket.correlation_id});
    start(timer_kind::write_limit, timeout + settings_.write_margin);
  }

  void resolve_predecessors_write() {
    if (!s_.open->unknown)
      emit(write_unknown{"its owner ended before the desk's answer came"});
    await_or_look(s_.open->over ? milliseconds{0} : s_.open->limit + settings_.write_margin);
  }

  /// A desk may still be busy with a write until its time limit and the margin have passed. How much of that is over is
  /// never asked of the wall clock, which may have been set meanwhile: a successor waits for all of it.
  void await_or_look(milliseconds wait) {
    if (wait > milliseconds{0})
      start(timer_kind::look, wait);
    else
      look(0);
  }

  void write_time(const timer_fired& c) {
    if (c.kind == timer_kind::look) {
      look(c.round);
    } else if (c.kind == timer_kind::write_limit && !s_.open->unknown) {
      emit(write_unknown{"the desk's answer did not come before the write's deadline"});
      look(0);
    }
  }

  void look(std::uint32_t round) {
    out_.effects.emplace_back(look_for_note{s_.writes, round, s_.ticket.ticket_id, marker_of(world_.id),
                                            world_.now + settings_.write_timeout, s_.ticket.correlation_id});
  }

  void look_again(std::uint32_t round, net::desk::desk_failure& failure) {
    auto error = "whether the note was written is unknown: " + error_text(failure.detail);
    if (!repeatable(failure.fault))
      emit(dead_lettered{"write_note", std::move(error)});
    else if (round + 1 >= most_looks)
      give_up_attempt("write_note", std::move(error), failure.retry_after);
    else
      start(timer_kind::look, retry_delay(round + 1, failure.retry_after, world_.chance, settings_), round + 1);
  }

  /// Sparing the desk is no failed attempt, unless it stays down for as long as an attempt may take.
  void postpone(const net::desk::desk_failure& failure, std::string reason) {
    const bool circuit = failure.fault == net::desk::desk_fault::circuit_open;
    if (circuit && s_.spared_since && world_.now >= *s_.spared_since + settings_.time_limit) {
      if (!s_.open->unknown)
        emit(write_refused{reason, failure.retry_after});
      give_up_attempt("write_note", std::move(reason), failure.retry_after);
      return;
    }
    const auto wait = retry_delay(1, failure.retry_after, world_.chance, settings_);
    emit(postponed{"write_note", std::move(reason), world_.now + wait, circuit});
  }

  void complete(std::string note_id, bool found) {
    emit(note_written{std::move(note_id), found});
    emit(completed{});
  }

  void give_up_attempt(const char* step, std::string error, std::optional<milliseconds> retry_after = std::nullopt) {
    if (attempt_ > settings_.retries) {
      emit(dead_lettered{step, std::move(error)});
      return;
    }
    const auto delay = retry_delay(attempt_, retry_after, world_.chance, settings_);
    emit(failed{step, attempt_, std::move(error), world_.now + delay});
  }

  const job_state& s_;
  const context& world_;
  const config::ticket_workflow& settings_;
  outcome out_;
  // As they will be once the events so far are applied.
  std::uint32_t attempt_;
  std::uint32_t attempt_writes_;
  milliseconds used_;
};

} // namespace

outcome job_core::decide(const job_state& s, job_command what, const context& world,
                         const config::ticket_workflow& settings) {
  decider d{s, world, settings};
  std::visit([&d](auto&& command) { d(std::move(command)); }, std::move(what));
  return d.take();
}

} // namespace troupe::actors::ticket
