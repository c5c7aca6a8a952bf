#include "actors/api/chat/awaited_reply.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "actors/api/chat/answers.hpp"
#include "actors/api/responses.hpp"
#include "net/json/writer.hpp"

namespace troupe::actors::api::chat {

namespace http = net::http;
using namespace conversation;

namespace {

/// Whether a `CUSTOM` event says that a run will never begin.
bool names_skipped(const std::string& json, const std::string& run) {
  return json.find(R"("name":"message_skipped")") != json.npos && names_run(json, run);
}

/// Follows a conversation until one of its runs is over.
class reply_waiter final : public subscriber, public due_sometime, public std::enable_shared_from_this<reply_waiter> {
public:
  using done_function = std::function<void(std::variant<standing, http::response>)>;

  reply_waiter(const turn_services& with, told_message what, std::string correlation_id, done_function done)
      : with_{with}, what_{std::move(what)},
        correlation_id_{std::move(correlation_id)}, done_{std::move(done)}, is_mine_{what_.under_way} {}

  void start(std::chrono::milliseconds limit) {
    due_ = with_.sessions->time->now() + limit;
    with_.sessions->deadlines->set(due_, shared_from_this());
    const std::lock_guard guard{mutex_};
    subscription_ = with_.sessions->conversations->subscribe(what_.which, what_.now, shared_from_this());
  }

  bool take(const published& event) override {
    const auto type = event.type();
    if (type == "RUN_STARTED")
      is_mine_ = names_run(event.json(), what_.run);
    else if ((is_mine_ && (type == "RUN_FINISHED" || type == "RUN_ERROR"))
             || (type == "CUSTOM" && names_skipped(event.json(), what_.run)))
      end([self = shared_from_this()] { self->look(); });
    return true;
  }

  void lost(std::string_view reason) override {
    const auto why = reason == "storage_unavailable" ? port_fault::storage_unavailable
                     : reason == "corrupt"           ? port_fault::corrupt
                                                     : port_fault::not_found;
    end([self = shared_from_this(), why] { self->done_(port_problem(why, self->correlation_id_)); });
  }

  void on_due(storage::timestamp) override {
    end([self = shared_from_this()] {
      self->done_(http::problem(504,
                                "The answer takes longer than expected. It goes on; the same message sent again with "
                                "the same id gets it.",
                                self->correlation_id_));
    });
  }

private:
  /// Lets go of the conversation, which can't be done on its own calls, and then does `what`.
  void end(std::function<void()> what) {
    if (ended_.exchange(true))
      return;
    with_.later([self = shared_from_this(), what = std::move(what)] {
      std::unique_ptr<subscription> held;
      {
        const std::lock_guard guard{self->mutex_};
        held = std::move(self->subscription_);
      }
      held.reset();
      self->with_.sessions->deadlines->remove(self->due_, self.get());
      what();
    });
  }

  void look() {
    with_.sessions->conversations->inspect(
        what_.which,
        [self = shared_from_this()](const conversation_state& s) {
          auto found = standing_after(s, *self->with_.agents, self->what_.message, self->what_.steps_before);
          if (found)
            self->done_(*std::move(found));
          else
            self->done_(port_problem(port_fault::agent_missing, self->correlation_id_));
        },
        [self = shared_from_this()](port_fault why) { self->done_(port_problem(why, self->correlation_id_)); });
  }

  const turn_services with_;
  const told_message what_;
  const std::string correlation_id_;
  const done_function done_;
  bool is_mine_; ///< the run under way; under the conversation's lock
  std::atomic<bool> ended_ = false;
  storage::timestamp due_;
  std::mutex mutex_;
  std::unique_ptr<subscription> subscription_;
};

} // namespace

void await_reply(const turn_services& with, told_message what, std::chrono::milliseconds limit,
                 const std::string& correlation_id, std::function<void(std::variant<standing, http::response>)> done) {
  if (what.stands)
    return done(*std::move(what.stands));
  if (what.run.empty())
    return done(port_problem(port_fault::agent_missing, correlation_id));
  std::make_shared<reply_waiter>(with, std::move(what), correlation_id, std::move(done))->start(limit);
}

bool names_run(const std::string& json, const std::string& run) {
  return json.find(R"("runId":)" + net::json::literal(run)) != json.npos;
}

} // namespace troupe::actors::api::chat
