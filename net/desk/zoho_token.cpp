#include "net/desk/zoho_token.hpp"

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "net/desk/servicedesk_plus_address.hpp"
#include "net/desk/zoho_reply.hpp"

namespace troupe::net::desk {

namespace {

using namespace std::chrono_literals;

constexpr auto margin = 60s; ///< a token isn't used in its last minute
constexpr auto pause_after_failure = 15s;
constexpr std::size_t waiting_limit = 10'000;

http::endpoint_settings endpoint_of(const zoho_account& account) {
  http::endpoint_settings result;
  result.url = account.url;
  result.ca_pem = account.ca_pem;
  result.max_connections = 1;
  result.max_response = 64 << 10;
  return result;
}

http::call refresh_call(const zoho_account& account, std::chrono::milliseconds timeout) {
  http::call result;
  result.method = "POST";
  result.target = "/oauth/v2/token";
  result.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  result.body = "grant_type=refresh_token&refresh_token=" + form_encoded(account.refresh_token.reveal()) + "&client_id="
                + form_encoded(account.client_id) + "&client_secret=" + form_encoded(account.client_secret.reveal());
  result.timeout = timeout;
  return result;
}

} // namespace

struct zoho_token::impl {
  impl(const http::dialer& dial, const zoho_account& a, std::function<steady_moment()> clock)
      : account{a}, now{std::move(clock)}, client{dial(endpoint_of(a))} {
    // nop
  }

  /// What can be answered without a call; joins those who wait otherwise. `fetch` tells whether to begin a call.
  std::optional<answer> answer_or_wait(receiver& done, bool& fetch) {
    const std::lock_guard lock{mutex};
    const auto at = now();
    if (!token.empty() && at < expires)
      return token;
    if (failure && at < failure_until)
      return *failure;
    if (waiting.size() == waiting_limit)
      return desk_failure{desk_fault::unavailable, "too many calls wait for an access token", std::nullopt};
    fetch = waiting.empty();
    waiting.push_back(std::move(done));
    return std::nullopt;
  }

  void settle(std::variant<access_token, desk_failure> result) {
    std::vector<receiver> receivers;
    std::optional<answer> told;
    {
      const std::lock_guard lock{mutex};
      receivers.swap(waiting);
      if (auto* fresh = std::get_if<access_token>(&result)) {
        token = fresh->value;
        // A short-lived token serves at least those who wait for it.
        expires = now() + std::max<std::chrono::seconds>(fresh->lifetime - margin, 1s);
        failure.reset();
        told = token;
      } else {
        failure = std::get<desk_failure>(std::move(result));
        failure_until = now() + pause_after_failure;
        told = *failure;
      }
    }
    for (auto& receiver : receivers)
      receiver(*told);
  }

  const zoho_account account;
  const std::function<steady_moment()> now;
  std::mutex mutex;
  config::secret token;
  steady_moment expires{};
  std::optional<desk_failure> failure;
  steady_moment failure_until{};
  std::vector<receiver> waiting;        ///< not empty while a call is under way
  std::unique_ptr<http::caller> client; ///< last: its call ends before the rest does
};

zoho_token::zoho_token(const http::dialer& dial, const zoho_account& account, std::function<steady_moment()> now)
    : impl_{std::make_unique<impl>(dial, account, std::move(now))} {
  // nop
}

zoho_token::~zoho_token() = default;

void zoho_token::get(std::chrono::milliseconds timeout, receiver done) {
  bool fetch = false;
  if (auto known = impl_->answer_or_wait(done, fetch)) {
    done(std::move(*known));
    return;
  }
  if (fetch)
    impl_->client->send(refresh_call(impl_->account, timeout), [self = impl_.get()](const http::call_result& result) {
      self->settle(read_token(result, std::chrono::system_clock::now()));
    });
}

void zoho_token::drop(const config::secret& refused) {
  const std::lock_guard lock{impl_->mutex};
  if (impl_->token == refused)
    impl_->token = config::secret{};
}

} // namespace troupe::net::desk
