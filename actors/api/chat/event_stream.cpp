#include "actors/api/chat/event_stream.hpp"

#include <mutex>
#include <utility>

#include "actors/api/chat/answers.hpp"
#include "actors/api/chat/client_events.hpp"
#include "actors/api/chat/query.hpp"
#include "net/http/stream.hpp"
#include "storage/conversations.hpp"

namespace troupe::actors::api::chat {

namespace http = net::http;
using namespace conversation;

namespace {

/// One client that follows a conversation.
class event_follower final : public subscriber,
                             public due_sometime,
                             public std::enable_shared_from_this<event_follower> {
public:
  event_follower(std::shared_ptr<const session_services> with, storage::entity_key which, std::optional<cursor> after,
                 storage::timestamp expires)
      : with_{std::move(with)}, which_{std::move(which)}, after_{after}, expires_{expires} {}

  void open(const http::stream& to) {
    to_ = to;
    subscription_ = with_->conversations->subscribe(which_, after_, shared_from_this());
    with_->deadlines->set(expires_, shared_from_this());
  }

  void on_writable() {
    subscription_->resume();
  }

  void close() {
    with_->deadlines->remove(expires_, this);
    subscription_.reset();
  }

  bool take(const published& event) override {
    return to_.send(event.sse());
  }

  void lost(std::string_view) override {
    to_.end();
  }

  void on_due(storage::timestamp) override {
    to_.send(http::make_event(token_notice("token_expired", expires_)));
    to_.end();
  }

private:
  const std::shared_ptr<const session_services> with_;
  const storage::entity_key which_;
  const std::optional<cursor> after_;
  const storage::timestamp expires_; ///< of the token
  http::stream to_;
  std::unique_ptr<subscription> subscription_; ///< the network thread only
};

class follower_stream final : public http::stream_listener {
public:
  explicit follower_stream(std::shared_ptr<event_follower> to) : to_{std::move(to)} {}

  void on_open(const http::stream& s) override {
    to_->open(s);
  }
  void on_writable() override {
    to_->on_writable();
  }
  void on_closed(bool) override {
    to_->close();
  }

private:
  std::shared_ptr<event_follower> to_;
};

} // namespace

user_handler follow_events(std::shared_ptr<const session_services> with) {
  return [with = std::move(with)](const http::request& r, const net::jwt::claims& who, const http::reply& answer) {
    const std::string id{r.parameter("id")};
    auto wanted = followed_of(r);
    if (const auto* fault = std::get_if<http::field_error>(&wanted))
      return answer(http::problem(400, "The request is not valid.", r.id, {*fault}));
    if (!is_conversation_id(id))
      return answer(port_problem(port_fault::not_found, r.id));
    with->conversations->find(
        {who.tenant, who.sub}, id,
        [with, answer, id, tenant = who.tenant, expires = storage::timestamp{who.exp},
         after = std::get<followed>(wanted).after,
         correlation_id = r.id](const std::variant<storage::conversation_record, port_fault>& found) {
          if (const auto* why = std::get_if<port_fault>(&found))
            return answer(port_problem(*why, correlation_id));
          auto follower = std::make_shared<event_follower>(
              with, storage::entity_key{tenant, storage::entity_kind::conversation, id}, after, expires);
          answer(http::make_stream({}, std::make_unique<follower_stream>(std::move(follower))));
        });
  };
}

} // namespace troupe::actors::api::chat
