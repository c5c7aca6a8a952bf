#include "actors/cli/chat_session.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <deque>
#include <future>
#include <iostream>
#include <mutex>
#include <optional>
#include <random>
#include <string_view>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "actors/cli/command.hpp"
#include "config/values.hpp"
#include "net/http/client.hpp"
#include "net/http/target.hpp"
#include "net/io_threads.hpp"
#include "net/websocket/client.hpp"

namespace troupe::actors::cli {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using steady = std::chrono::steady_clock;
namespace websocket = net::websocket;

/// How long a script waits for a server that it has spoken with.
constexpr auto patience = 2min;
constexpr std::size_t longest_line = 1 << 20;

constexpr auto help = R"(/profile  what is known by now
/stop     break the reply off
/new      begin anew; this conversation is kept
/quit     end (so does Ctrl-D)
//text    say something that begins with /
)";

struct opened {};
using told = std::variant<opened, std::string, websocket::ending>;

/// What network threads tell, for a thread that polls.
class inbox {
public:
  inbox() : wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
    if (wake_ < 0)
      throw failure{"the system gives no more open files"};
  }
  ~inbox() {
    ::close(wake_);
  }
  inbox(const inbox&) = delete;
  inbox& operator=(const inbox&) = delete;

  void put(told what) {
    {
      const std::lock_guard guard{mutex_};
      told_.push_back(std::move(what));
    }
    ::eventfd_write(wake_, 1);
  }

  std::deque<told> take() {
    eventfd_t count = 0;
    ::eventfd_read(wake_, &count);
    const std::lock_guard guard{mutex_};
    return std::exchange(told_, {});
  }

  /// Readable when something was put.
  int wake() const noexcept {
    return wake_;
  }

private:
  int wake_;
  std::mutex mutex_;
  std::deque<told> told_;
};

/// Standard input in lines.
class line_reader {
public:
  /// Reads what there is. False at the end.
  bool read() {
    char bytes[4096];
    const auto count = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
      return true;
    if (count > 0)
      waiting_.append(bytes, static_cast<std::size_t>(count));
    else if (!waiting_.empty() && !waiting_.ends_with('\n'))
      waiting_ += '\n';
    if (waiting_.size() > longest_line && waiting_.find('\n') == waiting_.npos)
      throw failure{"a line of the input is longer than 1 MiB"};
    return count > 0;
  }

  std::optional<std::string> next() {
    const auto end = waiting_.find('\n');
    if (end == waiting_.npos)
      return std::nullopt;
    auto line = config::trim_line_end(waiting_.substr(0, end + 1));
    waiting_.erase(0, end + 1);
    return line;
  }

  bool has_line() const {
    return waiting_.find('\n') != waiting_.npos;
  }

private:
  std::string waiting_;
};

/// The problem's own words for a refusal.
std::string detail_of(const std::string& body, const std::string& otherwise) {
  const auto problem = json::parse(body, nullptr, false);
  const auto at = problem.is_object() ? problem.find("detail") : problem.end();
  return at != problem.end() && at->is_string() ? for_terminal(at->get<std::string>()) : otherwise;
}

class chat_session {
public:
  explicit chat_session(const chat_order& order)
      : order_{order}, conversation_{order.conversation}, talk_{order.manner, order.styled} {}

  bool run() {
    connect();
    while (!done_) {
      prompt();
      wait();
      for (auto& one : inbox_.take())
        std::visit([this](auto& what) { on(what); }, one);
      take_lines();
      if (retry_at_ && steady::now() >= *retry_at_)
        connect();
      if (is_ready_ && resend_at_ && steady::now() >= *resend_at_)
        send_all();
      if (at_end_ && may_speak() && !lines_.has_line())
        done_ = true;
    }
    std::cout.flush();
    return order_.interactive || !talk_.failed();
  }

private:
  void connect() {
    retry_at_.reset();
    socket_.reset();
    inbox_.take(); // what the last one told
    websocket::client_settings settings;
    settings.where = order_.server;
    settings.ca_file = order_.ca_file;
    settings.protocol = "troupe";
    settings.headers = {{"Authorization", "Bearer " + order_.token()}};
    settings.target = "/chat/" + net::http::percent_encode(order_.user);
    char mark = '?';
    const auto add = [&](std::string_view name, const std::string& value) {
      if (!value.empty())
        settings.target += std::exchange(mark, '&') + std::string{name} + '=' + net::http::percent_encode(value);
    };
    add("agent", order_.agent);
    const auto& conversation = talk_.conversation().empty() ? conversation_ : talk_.conversation();
    add("conversation", conversation);
    if (!conversation.empty() && talk_.has_history())
      add("after", talk_.cursor());
    socket_ = std::make_unique<websocket::client>(
        io_, std::move(settings),
        websocket::client::listener{[this] { inbox_.put(opened{}); },
                                    [this](std::string_view text) { inbox_.put(std::string{text}); },
                                    [this](websocket::ending why) { inbox_.put(std::move(why)); }});
  }

  /// Until something came from the server or the user, or it is time to connect.
  void wait() {
    const bool reads = !at_end_ && !lines_.has_line() && (order_.interactive || may_speak());
    pollfd on[] = {{inbox_.wake(), POLLIN, 0}, {reads ? STDIN_FILENO : -1, POLLIN, 0}};
    if (::poll(on, 2, lines_.has_line() && may_speak() ? 0 : until_due()) < 0 && errno != EINTR)
      throw failure{"can't wait for input"};
    if ((on[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !lines_.read())
      at_end_ = true;
  }

  /// Milliseconds until something is to be done by itself; -1 = nothing is.
  int until_due() const {
    auto due = retry_at_;
    if (is_ready_ && resend_at_)
      due = due ? std::min(*due, *resend_at_) : resend_at_;
    if (!due)
      return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - steady::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
  }

  /// Everything is answered; a script says the next line then.
  bool may_speak() const {
    return is_ready_ && !talk_.is_busy();
  }

  void take_lines() {
    while (!done_ && (order_.interactive || may_speak())) {
      const auto line = lines_.next();
      if (!line)
        break;
      prompted_ = false;
      obey(*line);
    }
    if (at_end_ && order_.interactive)
      done_ = true;
  }

  void obey(const std::string& line) {
    if (line.find_first_not_of(" \t") == line.npos) {
      return;
    } else if (line.starts_with('/') && !line.starts_with("//")) {
      command(line.substr(0, line.find_last_not_of(" \t") + 1));
    } else {
      talk_.say({config::random_hex(16), line.starts_with("//") ? line.substr(1) : line});
      if (is_ready_)
        send(talk_.unsent().back());
    }
  }

  void command(const std::string& what) {
    if (what == "/quit") {
      done_ = true;
    } else if (what == "/profile") {
      std::cout << (order_.manner == chat_transcript::manner::json ? talk_.state().dump() + '\n' : talk_.profile())
                << std::flush;
    } else if (what == "/stop") {
      if (is_ready_)
        socket_->send(R"({"type":"interrupt"})");
    } else if (what == "/new") {
      begin_anew();
    } else if (what == "/help") {
      std::cout << help << std::flush;
    } else {
      say_fault("there is no command " + config::in_quotes(what) + "; /help lists them");
    }
  }

  void send(const chat_transcript::pending& message) {
    socket_->send(json{{"type", "user_message"}, {"id", message.id}, {"text", message.text}}.dump(
        -1, ' ', false, json::error_handler_t::replace));
  }

  void on(const opened&) {
    has_spoken_ = true;
  }

  void on(const std::string& event) {
    const auto out = talk_.take(event);
    if (!out.text.empty()) {
      clear_prompt();
      std::cout << out.text << std::flush;
    }
    if (!out.fault.empty())
      say_fault(out.fault.substr(0, out.fault.size() - 1));
    if (out.pause > 0s && !resend_at_) {
      resend_at_ = steady::now() + out.pause;
      say_fault("too many messages in a minute; sent in " + std::to_string(out.pause.count()) + " s");
    }
    if (!talk_.ended().empty())
      throw failure{"the conversation has ended: it was " + talk_.ended() + "; the same command begins a new one"};
    if (talk_.has_history() && !std::exchange(is_ready_, true)) {
      attempts_ = 0;
      lost_at_.reset();
      send_all();
    }
  }

  void send_all() {
    resend_at_.reset();
    for (const auto& message : talk_.unsent())
      send(message);
  }

  void on(const websocket::ending& why) {
    is_ready_ = false;
    socket_.reset();
    if (why.code == websocket::code::token_expired && !order_.may_mint)
      throw failure{"the token isn't valid any more"};
    if (why.code == websocket::code::too_large)
      throw failure{"the server takes no message of this size"};
    const bool is_final = why.status >= 400 && why.status < 500 && why.status != 408 && why.status != 429;
    if (is_final)
      throw failure{"the server refuses the conversation (" + std::to_string(why.status)
                    + "): " + detail_of(why.body, "it doesn't say why")};
    if (!has_spoken_ && why.status == 0)
      throw failure{"no server answers at " + order_.server.authority() + ": " + for_terminal(why.reason)
                    + "; start one by: troupe serve"};
    retry(for_terminal(why.reason));
  }

  void retry(const std::string& reason) {
    if (!lost_at_) {
      lost_at_ = steady::now();
      say_fault("the connection is lost" + (reason.empty() ? "" : " (" + reason + ')') + ", trying again");
    }
    if (!order_.interactive && steady::now() - *lost_at_ > patience)
      throw failure{"the server has been out of reach for 2 minutes"};
    const auto longest = std::min<std::chrono::milliseconds>(30s, 250ms * (1 << std::min(attempts_++, 10)));
    std::uniform_int_distribution<std::int64_t> jitter{longest.count() / 2, longest.count()};
    retry_at_ = steady::now() + std::chrono::milliseconds{jitter(chance_)};
  }

  void begin_anew() {
    try {
      conversation_ = new_conversation();
    } catch (const failure& why) {
      return say_fault("no new conversation can be had: " + std::string{why.what()});
    }
    talk_.forget();
    is_ready_ = false;
    connect();
  }

  /// Its id.
  std::string new_conversation() {
    net::http::endpoint_settings where;
    where.url = (order_.server.secure ? "https://" : "http://") + order_.server.authority() + order_.server.base;
    where.ca_file = order_.ca_file;
    net::http::client client{io_, where};
    net::http::call what;
    what.method = "POST";
    what.target = "/api/v1/conversations";
    what.headers = {{"Authorization", "Bearer " + order_.token()}, {"Content-Type", "application/json"}};
    what.body = order_.agent.empty() ? "{}" : json{{"agent", order_.agent}}.dump();
    std::promise<net::http::call_result> answer;
    client.send(std::move(what), [&](net::http::call_result result) { answer.set_value(std::move(result)); });
    const auto result = answer.get_future().get();
    if (const auto* fault = std::get_if<net::http::call_failure>(&result))
      throw failure{for_terminal(fault->detail)};
    const auto& made = std::get<net::http::call_response>(result);
    const auto value = json::parse(made.body, nullptr, false);
    if (made.status != 201 || !value.is_object() || !value.contains("id"))
      throw failure{detail_of(made.body, "the server answered " + std::to_string(made.status))};
    return value.value("id", "");
  }

  void prompt() {
    if (!order_.interactive || order_.manner != chat_transcript::manner::terminal || prompted_ || !may_speak())
      return;
    std::cout << "> " << std::flush;
    prompted_ = true;
  }

  void clear_prompt() {
    if (std::exchange(prompted_, false))
      std::cout << (order_.styled ? "\r\x1b[K" : "\n");
  }

  void say_fault(const std::string& what) {
    clear_prompt();
    std::cout.flush();
    std::cerr << "troupe: " << what << '\n';
  }

  const chat_order& order_;
  std::string conversation_; ///< empty = the current one
  inbox inbox_;
  net::io_threads io_{1};
  line_reader lines_;
  chat_transcript talk_;
  std::unique_ptr<websocket::client> socket_;
  std::optional<steady::time_point> retry_at_;
  std::optional<steady::time_point> lost_at_;
  std::optional<steady::time_point> resend_at_;
  std::minstd_rand chance_{std::random_device{}()};
  int attempts_ = 0;
  bool has_spoken_ = false; ///< some session was open
  bool is_ready_ = false;   ///< this one is, and has told where the talk stands
  bool at_end_ = false;     ///< of the input
  bool prompted_ = false;
  bool done_ = false;
};

} // namespace

bool hold_chat(const chat_order& order) {
  return chat_session{order}.run();
}

} // namespace troupe::actors::cli
