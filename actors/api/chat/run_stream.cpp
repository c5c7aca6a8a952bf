#include "actors/api/chat/run_stream.hpp"

#include <charconv>
#include <cstdint>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "actors/api/chat/awaited_reply.hpp"
#include "actors/api/chat/client_events.hpp"
#include "net/http/stream.hpp"

namespace troupe::actors::api::chat {

namespace http = net::http;
using namespace conversation;
using nlohmann::json;

namespace {

/// Right before the event that brought a message.
cursor before(const std::string& message) {
  std::uint64_t number = 1;
  std::from_chars(message.data() + 1, message.data() + message.size(), number);
  return {number - 1, all_parts, 0};
}

/// Tells one client of one run.
class run_teller final : public subscriber, public std::enable_shared_from_this<run_teller> {
public:
  run_teller(const turn_services& with, told_message what) : with_{with}, what_{std::move(what)} {}

  void open(const http::stream& to) {
    to_ = to;
    subscription_ = with_.sessions->conversations->subscribe(what_.which, before(what_.message), shared_from_this());
  }

  void on_writable() {
    subscription_->resume();
  }

  void close() {
    subscription_.reset();
  }

  bool take(const published& event) override {
    if (stage_ == stage::over)
      return true;
    if (stage_ != stage::running)
      return await_run(event);
    if (!to_.send(event.sse()))
      return false;
    if (event.type() == "RUN_FINISHED" || event.type() == "RUN_ERROR")
      end();
    return true;
  }

  void lost(std::string_view reason) override {
    if (stage_ == stage::over)
      return;
    to_.send(http::make_event(run_lost(reason)));
    end();
  }

private:
  enum class stage : std::uint8_t { waiting, running, over };

  /// Keeps up with the state until the run begins.
  bool await_run(const published& event) {
    const auto type = event.type();
    if (type == "STATE_SNAPSHOT") {
      state_ = json::parse(event.json(), nullptr, false).value("snapshot", json{});
    } else if (type == "STATE_DELTA") {
      state_.patch_inplace(json::parse(event.json(), nullptr, false).value("delta", json::array()));
    } else if (type == "CUSTOM") {
      const auto said = json::parse(event.json(), nullptr, false);
      const auto name = said.value("name", "");
      if ((name != "user_message" && name != "message_skipped")
          || said["value"].value("messageId", "") != what_.message)
        return true;
      what_.run = said["value"].value("runId", "");
      if (name == "message_skipped")
        lost("skipped");
    } else if (type == "RUN_STARTED" && !what_.run.empty() && names_run(event.json(), what_.run)) {
      if (!to_.send(event.sse()))
        return false;
      to_.send(http::make_event(snapshot(event.at())));
      state_ = {};
      stage_ = stage::running;
    }
    return true;
  }

  std::string snapshot(const cursor& at) const {
    return nlohmann::ordered_json{{"type", "STATE_SNAPSHOT"}, {"snapshot", state_}, {"cursor", text_of(at)}}.dump();
  }

  void end() {
    stage_ = stage::over;
    to_.end();
  }

  const turn_services with_;
  told_message what_;
  http::stream to_;
  stage stage_ = stage::waiting; ///< under the conversation's lock, as the next one
  json state_;
  std::unique_ptr<subscription> subscription_; ///< the network thread only
};

class teller_stream final : public http::stream_listener {
public:
  explicit teller_stream(std::shared_ptr<run_teller> to) : to_{std::move(to)} {}

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
  std::shared_ptr<run_teller> to_;
};

} // namespace

http::response stream_run(const turn_services& with, told_message what) {
  return http::make_stream({}, std::make_unique<teller_stream>(std::make_shared<run_teller>(with, std::move(what))));
}

} // namespace troupe::actors::api::chat
