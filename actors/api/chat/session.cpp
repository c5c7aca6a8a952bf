#include "actors/api/chat/session.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <utility>

#include "actors/api/chat/answers.hpp"
#include "actors/api/chat/client_events.hpp"
#include "actors/api/chat/client_frame.hpp"
#include "config/log.hpp"

namespace troupe::actors::api::chat {

namespace websocket = net::websocket;
using namespace conversation;

namespace {

using namespace std::chrono_literals;

/// Bad frames in a row that end a session.
constexpr int most_bad_frames = 5;

/// A client is told that its token is about to expire.
constexpr auto notice = 60s;

/// Frames that may follow the first one while its token is being looked at.
constexpr std::size_t most_early_frames = 8;

/// What is needed until a session has its conversation.
struct beginning {
  followed which;
  std::vector<std::string> early; ///< frames that came before
};

/// One client's session. Its listener's calls come on a network thread, answers of the port on any.
class chat_session final : public subscriber, public due_sometime, public std::enable_shared_from_this<chat_session> {
public:
  chat_session(std::shared_ptr<const session_services> with, std::string user)
      : with_{std::move(with)}, user_{std::move(user)} {}

  /// The user is known.
  void begin(const net::jwt::claims& who, std::string which, std::optional<cursor> after) {
    key_ = {who.tenant, storage::entity_kind::conversation, std::move(which)};
    expires_ = who.exp;
    first_ = std::make_unique<beginning>(beginning{{{}, {}, after}, {}});
  }

  /// The user is still to be known.
  void begin(followed which) {
    first_ = std::make_unique<beginning>(beginning{std::move(which), {}});
  }

  // -- network thread ------------------------------------------------------------------------------------------------

  void on_open(const websocket::session& to) {
    to_ = to;
    if (!key_.id.empty())
      start();
  }

  void on_message(std::string_view text) {
    {
      const std::lock_guard guard{mutex_};
      if (state_ == phase::admitting) {
        if (first_->early.size() < most_early_frames)
          first_->early.emplace_back(text);
        else
          to_.send(frame_rejected("not_ready", "the token is still being looked at"));
        return;
      }
      if (state_ == phase::closed)
        return;
    }
    auto frame = parse_frame(text, with_->longest_message);
    if (const auto* fault = std::get_if<frame_fault>(&frame))
      return reject(*fault);
    if (state_ == phase::stranger) {
      if (auto* token = std::get_if<auth_frame>(&frame))
        return admit(token->token);
      return reject({"unauthorized", "the first frame must be of type auth", {}});
    }
    if (!std::holds_alternative<auth_frame>(frame)) // which may turn out to be bad later
      bad_frames_ = 0;
    std::visit([this](auto&& f) { handle(std::forward<decltype(f)>(f)); }, std::move(frame));
  }

  void on_writable() {
    subscription* held = nullptr;
    {
      const std::lock_guard guard{mutex_};
      held = subscription_.get();
    }
    // It goes only with `on_closed`, which comes on this thread, too.
    if (held != nullptr)
      held->resume();
  }

  void on_closed(std::uint16_t code) {
    std::unique_ptr<subscription> ended;
    {
      const std::lock_guard guard{mutex_};
      config::log::debug(
          "session_closed", "a user's session has ended",
          {{"tenant_id", key_.tenant}, {"user_id", user_}, {"conversation_id", key_.id}, {"code", code}});
      state_ = phase::closed;
      ended = std::move(subscription_);
      first_.reset();
      with_->deadlines->remove(due_, this);
    }
  }

  // -- subscriber ----------------------------------------------------------------------------------------------------

  bool take(const published& event) override {
    return to_.send(event.websocket_frame());
  }

  void lost(std::string_view reason) override {
    to_.close(reason == "ended"                 ? websocket::code::normal
              : reason == "storage_unavailable" ? try_again_later
                                                : websocket::code::internal_error,
              reason);
  }

  // -- deadline ------------------------------------------------------------------------------------------------------

  void on_due(storage::timestamp now) override {
    const std::lock_guard guard{mutex_};
    if (state_ != phase::talking)
      return;
    if (now >= expires_) {
      to_.send(token_notice("token_expired", expires_));
      to_.close(websocket::code::token_expired, "the token has expired");
      return;
    }
    if (now + notice >= expires_)
      to_.send(token_notice("token_expiring", expires_));
    watch_token(now);
  }

private:
  enum class phase : std::uint8_t { stranger, admitting, talking, closed };

  static constexpr std::uint16_t try_again_later = 1013;

  /// Follows the conversation from now on.
  void start() {
    const auto now = with_->time->now();
    std::vector<std::string> early;
    {
      const std::lock_guard guard{mutex_};
      if (state_ == phase::closed)
        return;
      state_ = phase::talking;
      const auto begun = std::move(first_);
      early = std::move(begun->early);
      config::log::debug("session_opened", "a user follows a conversation",
                         {{"tenant_id", key_.tenant}, {"user_id", user_}, {"conversation_id", key_.id}});
      subscription_ = with_->conversations->subscribe(key_, begun->which.after, shared_from_this());
      if (now + notice >= expires_)
        to_.send(token_notice("token_expiring", expires_));
      watch_token(now);
    }
    for (const auto& frame : early)
      on_message(frame);
  }

  /// Sets the next deadline: the notice, then the end.
  void watch_token(storage::timestamp now) {
    due_ = now + notice < expires_ ? expires_ - notice : std::max(now, expires_);
    with_->deadlines->set(due_, shared_from_this());
  }

  void reject(const frame_fault& fault) {
    to_.send(frame_rejected(fault.code, fault.message, fault.client_id));
    if (++bad_frames_ >= most_bad_frames)
      to_.close(websocket::code::policy_violation, "too many bad frames");
  }

  // -- who it is -----------------------------------------------------------------------------------------------------

  void admit(std::string_view token) {
    {
      const std::lock_guard guard{mutex_};
      state_ = phase::admitting;
    }
    with_->tokens->authenticate(token, [me = weak_from_this()](auth_outcome outcome) {
      if (const auto self = me.lock())
        self->on_identity(std::move(outcome));
    });
  }

  void on_identity(auth_outcome outcome) {
    const auto* who = std::get_if<net::jwt::claims>(&outcome);
    if (who == nullptr) {
      const auto& why = std::get<auth_refusal>(outcome);
      config::log::debug("token_refused", "a session without a valid token was refused", {{"reason", why.reason}});
      if (why.fault == auth_fault::keys_missing)
        return turn_away("unavailable", "tokens can't be verified for now", try_again_later);
      return turn_away("unauthorized", "the token isn't valid" + (why.genuine ? ": " + why.reason : ""),
                       websocket::code::policy_violation);
    }
    if (who->sub != user_)
      return turn_away("not_found", "there is no such conversation", websocket::code::policy_violation);
    followed which;
    {
      const std::lock_guard guard{mutex_};
      if (!first_)
        return;
      which = first_->which;
    }
    resolve(*with_->conversations, {who->tenant, who->sub}, which,
            [me = weak_from_this(), who = *who](std::variant<std::string, port_fault> found) {
              if (const auto self = me.lock())
                self->on_conversation(who, std::move(found));
            });
  }

  void on_conversation(const net::jwt::claims& who, std::variant<std::string, port_fault> found) {
    if (const auto* why = std::get_if<port_fault>(&found))
      return turn_away(to_string(*why), "the conversation can't be had",
                       *why == port_fault::not_found || *why == port_fault::agent_missing
                           ? websocket::code::policy_violation
                       : *why == port_fault::corrupt ? websocket::code::internal_error
                                                     : try_again_later);
    {
      const std::lock_guard guard{mutex_};
      if (state_ == phase::closed)
        return;
      key_ = {who.tenant, storage::entity_kind::conversation, std::get<std::string>(std::move(found))};
      expires_ = who.exp;
    }
    to_.admit();
    start();
  }

  void turn_away(std::string_view code, const std::string& message, std::uint16_t number) {
    to_.send(frame_rejected(code, message));
    to_.close(number, message);
  }

  // -- frames --------------------------------------------------------------------------------------------------------

  void handle(message_frame&& f) {
    if (const auto wait = with_->budget->take(key_.tenant, user_)) {
      to_.send(frame_rejected("rate_limited", "the limit of messages per minute is used up", f.id, *wait));
      return;
    }
    auto id = f.id;
    with_->conversations->tell(key_, say{std::move(f.id), std::move(f.text), {}},
                               [me = weak_from_this(), id = std::move(id)](const command_result& result) {
                                 if (const auto self = me.lock())
                                   self->on_said(id, result);
                               });
  }

  void on_said(const std::string& id, const command_result& result) {
    if (result.outcome == command_result::status::stored)
      return;
    with_->budget->give_back(key_.tenant, user_);
    if (result.outcome != command_result::status::unchanged) {
      to_.send(frame_rejected(refusal_code(result), "the message was not taken", id));
      return;
    }
    with_->conversations->inspect(
        key_, [to = to_, id](const conversation_state& s) { to.send(message_known(s, id)); },
        [to = to_, id](port_fault why) {
          to.send(frame_rejected(to_string(why), "it can't be told what became of the message", id));
        });
  }

  void handle(interrupt_frame&&) {
    with_->conversations->tell(key_, interrupt{}, {});
  }

  void handle(approval_frame&&) {
    to_.send(frame_rejected("not_waiting", "nothing waits for an approval of this id"));
  }

  /// A new token for the same user.
  void handle(auth_frame&& f) {
    with_->tokens->authenticate(f.token, [me = weak_from_this()](const auth_outcome& outcome) {
      if (const auto self = me.lock())
        self->on_renewal(outcome);
    });
  }

  void on_renewal(const auth_outcome& outcome) {
    const auto* who = std::get_if<net::jwt::claims>(&outcome);
    if (who == nullptr || who->sub != user_ || who->tenant != key_.tenant)
      return reject({"unauthorized", "the token isn't valid for this user; the one before still counts", {}});
    bad_frames_ = 0;
    const std::lock_guard guard{mutex_};
    if (state_ != phase::talking)
      return;
    with_->deadlines->remove(due_, this);
    expires_ = std::max<storage::timestamp>(expires_, who->exp);
    watch_token(with_->time->now());
  }

  void handle(frame_fault&& f) {
    reject(f);
  }

  const std::shared_ptr<const session_services> with_;
  const std::string user_;
  websocket::session to_;
  storage::entity_key key_;
  storage::timestamp expires_; ///< of the token
  storage::timestamp due_;     ///< the deadline set
  std::unique_ptr<beginning> first_;
  std::unique_ptr<subscription> subscription_;
  std::mutex mutex_; ///< of what several threads change: the phase, and what comes with it
  std::atomic<phase> state_ = phase::stranger;
  std::atomic<std::uint8_t> bad_frames_ = 0;
};

class session_listener final : public websocket::listener {
public:
  explicit session_listener(std::shared_ptr<chat_session> to) : to_{std::move(to)} {}

  void on_open(const websocket::session& s) override {
    to_->on_open(s);
  }
  void on_message(std::string_view text) override {
    to_->on_message(text);
  }
  void on_writable() override {
    to_->on_writable();
  }
  void on_closed(std::uint16_t code, std::string_view) override {
    to_->on_closed(code);
  }

private:
  std::shared_ptr<chat_session> to_;
};

} // namespace

void resolve(port& conversations, owner who, const followed& which, port_answer<std::string> done) {
  if (which.conversation.empty())
    return conversations.find_or_open(std::move(who), which.agent, {}, std::move(done));
  conversations.find(std::move(who), which.conversation,
                     [done = std::move(done)](std::variant<storage::conversation_record, port_fault> found) {
                       if (const auto* why = std::get_if<port_fault>(&found))
                         done(*why);
                       else
                         done(std::get<storage::conversation_record>(std::move(found)).id);
                     });
}

std::unique_ptr<websocket::listener> make_session(std::shared_ptr<const session_services> with,
                                                  const net::jwt::claims& who, std::string which,
                                                  std::optional<cursor> after) {
  auto session = std::make_shared<chat_session>(std::move(with), who.sub);
  session->begin(who, std::move(which), after);
  return std::make_unique<session_listener>(std::move(session));
}

std::unique_ptr<websocket::listener> make_stranger(std::shared_ptr<const session_services> with, std::string user,
                                                   followed which) {
  auto session = std::make_shared<chat_session>(std::move(with), std::move(user));
  session->begin(std::move(which));
  return std::make_unique<session_listener>(std::move(session));
}

} // namespace troupe::actors::api::chat
