#include "actors/api/chat/told_message.hpp"

#include <algorithm>
#include <utility>

#include "actors/api/chat/answers.hpp"
#include "actors/api/chat/query.hpp"

namespace troupe::actors::api::chat {

using namespace conversation;

namespace {

/// The way of one message into its conversation.
class teller : public std::enable_shared_from_this<teller> {
public:
  using done_function = std::function<void(std::variant<told_message, net::http::response>)>;

  teller(const turn_services& with, turn_order what, done_function done)
      : port_{with.sessions->conversations}, budget_{with.sessions->budget}, agents_{with.agents},
        what_{std::move(what)}, done_{std::move(done)} {}

  void start() {
    auto found = [self = shared_from_this()](std::variant<std::string, port_fault> which) {
      if (const auto* why = std::get_if<port_fault>(&which))
        return self->fail(*why);
      self->told_.which = {self->what_.who.tenant, storage::entity_kind::conversation,
                           std::get<std::string>(std::move(which))};
      self->look_before();
    };
    if (what_.conversation.empty())
      port_->find_or_open(what_.who, what_.agent, what_.slot, std::move(found));
    else if (is_conversation_id(what_.conversation))
      resolve(*port_, what_.who, {what_.agent, what_.conversation, {}}, std::move(found));
    else
      fail(port_fault::not_found);
  }

private:
  void fail(port_fault why) {
    refuse(port_problem(why, what_.correlation_id));
  }

  void refuse(net::http::response why) {
    count_as_request();
    done_(std::move(why));
  }

  void count_as_request() {
    budget_->give_back(what_.who.tenant, what_.who.user);
  }

  auto failing() {
    return [self = shared_from_this()](port_fault why) { self->fail(why); };
  }

  void look_before() {
    port_->inspect(
        told_.which,
        [self = shared_from_this()](const conversation_state& s) {
          if (s.agent != self->what_.agent)
            return self->fail(port_fault::not_found);
          self->told_.steps_before = s.completed_steps.size();
          self->tell();
        },
        failing());
  }

  void tell() {
    told_.client_id = what_.id;
    port_->tell(told_.which, say{what_.id, std::move(what_.text), std::move(what_.run)},
                [self = shared_from_this()](const command_result& result) {
                  const bool known = result.outcome == command_result::status::unchanged;
                  if (!known && result.outcome != command_result::status::stored)
                    return self->refuse(command_problem(result, self->what_.invalid, self->what_.correlation_id));
                  if (known)
                    self->count_as_request();
                  self->look_after();
                });
  }

  void look_after() {
    port_->inspect(
        told_.which,
        [self = shared_from_this()](const conversation_state& s) {
          const auto* id = taken_as(s, self->told_.client_id);
          if (id == nullptr)
            return self->done_(port_problem(port_fault::not_found, self->what_.correlation_id)); // ended meanwhile
          auto& told = self->told_;
          told.message = *id;
          told.now = {s.number, all_parts, 0};
          told.under_way = s.turn && s.turn->message.id == *id;
          const auto waiting = std::ranges::find(s.waiting, *id, &pending_message::id);
          if (told.under_way)
            told.run = s.turn->message.run;
          else if (waiting != s.waiting.end())
            told.run = waiting->run;
          else
            told.stands = standing_after(s, *self->agents_, *id, told.steps_before);
          self->done_(std::move(told));
        },
        [self = shared_from_this()](port_fault why) { self->done_(port_problem(why, self->what_.correlation_id)); });
  }

  std::shared_ptr<port> port_;
  std::shared_ptr<const message_budget> budget_;
  std::shared_ptr<const config::agent_store> agents_;
  turn_order what_;
  done_function done_;
  told_message told_;
};

} // namespace

namespace {

/// Whether the user's next message follows this one, without any reply in between.
bool was_passed_over(const conversation_state& s, const std::string& message_id) {
  auto at = std::ranges::find(s.messages, message_id, &message::id);
  return at != s.messages.end() && (++at == s.messages.end() ? static_cast<bool>(s.turn) : at->by == speaker::user);
}

} // namespace

std::optional<standing> standing_after(const conversation_state& s, const config::agent_store& agents,
                                       const std::string& message, std::size_t steps_before) {
  const bool waits = (s.turn && s.turn->message.id == message)
                     || std::ranges::find(s.waiting, message, &pending_message::id) != s.waiting.end();
  const auto agent = agents.find(s.agent);
  if (waits || !agent)
    return std::nullopt;
  standing out{reply_to(s, message).value_or(""), progress_of(s, *agent, steps_before)};
  if (out.reply.empty() && was_passed_over(s, message))
    out.how.next_action = "skipped";
  return out;
}

void tell_message(const turn_services& with, turn_order what,
                  std::function<void(std::variant<told_message, net::http::response>)> done) {
  std::make_shared<teller>(with, std::move(what), std::move(done))->start();
}

} // namespace troupe::actors::api::chat
