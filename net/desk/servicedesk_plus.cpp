#include "net/desk/servicedesk_plus.hpp"

#include <mutex>
#include <stdexcept>
#include <utility>

#include "net/desk/markdown_html.hpp"
#include "net/desk/servicedesk_plus_address.hpp"
#include "net/desk/servicedesk_plus_wire.hpp"
#include "net/desk/zoho_token.hpp"
#include "net/http/text.hpp"

namespace troupe::net::desk {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using deadline = steady_clock::time_point;

constexpr milliseconds read_timeout{30'000}; ///< of a whole search or check
constexpr std::size_t page_rows = 100;       ///< the most that the API gives
constexpr std::size_t page_limit = 10;

http::endpoint_settings endpoint_of(const desk_target& target) {
  http::endpoint_settings result;
  result.url = servicedesk_plus_api(target.url);
  result.ca_pem = target.ca_pem;
  return result;
}

moment now() {
  return std::chrono::system_clock::now();
}

desk_failure bad_ticket_id() {
  return {desk_fault::refused, "the ticket's id can't be one of ServiceDesk Plus: it would change the address",
          std::nullopt};
}

} // namespace

struct servicedesk_plus::impl {
  /// A call's end: the network's word, or why it wasn't even made.
  using receiver = std::function<void(std::variant<http::call_result, desk_failure>)>;
  using found_receiver = std::function<void(std::variant<note_search, desk_failure>)>;

  impl(const http::dialer& dial, const desk_target& target, steady_clock_reading now)
      : options{parse_servicedesk_plus_options(target.options_json)}, key{target.key}, steady_now{std::move(now)} {
    if (key.empty() || !http::is_field_value(key.reveal()))
      throw std::invalid_argument{"the desk's key is missing or holds control characters"};
    client = dial(endpoint_of(target));
    if (!options.cloud)
      return;
    zoho_account account;
    account.url = options.accounts_url.empty() ? zoho_accounts_of(target.url) : options.accounts_url;
    account.ca_pem = target.ca_pem;
    account.client_id = options.client_id;
    account.client_secret = options.client_secret;
    account.refresh_token = key;
    if (account.url.empty())
      throw std::invalid_argument{"the desk's address doesn't tell its data centre: set the option accounts_url, such "
                                  "as https://accounts.zoho.eu"};
    token = std::make_unique<zoho_token>(dial, account, steady_now);
  }

  /// Ends the client before the token: its calls may still ask for one, while who waits for a token is sent no more.
  ~impl() {
    {
      const std::lock_guard lock{mutex};
      closing = true;
    }
    client.reset();
    token.reset();
  }

  milliseconds left_until(deadline end) const {
    return std::max(std::chrono::duration_cast<milliseconds>(end - steady_now()), 1ms);
  }

  http::call call_of(std::string method, std::string target, const std::string& correlation_id) const {
    http::call result;
    result.method = std::move(method);
    result.target = std::move(target);
    result.headers.emplace_back("Accept", "application/vnd.manageengine.sdp.v3+json");
    if (!options.portal_id.empty())
      result.headers.emplace_back("PORTALID", options.portal_id);
    if (!correlation_id.empty() && http::is_field_value(correlation_id))
      result.headers.emplace_back("X-Request-Id", correlation_id);
    return result;
  }

  /// Makes a call with the key, or with a token. A token that the desk refuses is fetched anew once: nothing was done.
  void send(http::call what, deadline end, receiver done, bool again = true) {
    what.timeout = left_until(end);
    if (!token) {
      what.headers.emplace_back("authtoken", key.reveal());
      return dispatch(std::move(what), std::move(done));
    }
    const auto timeout = what.timeout;
    token->get(timeout,
               [this, what = std::move(what), end, done = std::move(done), again](zoho_token::answer answer) mutable {
                 if (auto* failure = std::get_if<desk_failure>(&answer))
                   done(std::move(*failure));
                 else
                   send_with(std::get<config::secret>(answer), std::move(what), end, std::move(done), again);
               });
  }

  void send_with(const config::secret& access, http::call what, deadline end, receiver done, bool again) {
    auto repeat = what;
    what.headers.emplace_back("Authorization", "Zoho-oauthtoken " + access.reveal());
    what.timeout = left_until(end);
    dispatch(std::move(what), [this, repeat = std::move(repeat), access, end, done = std::move(done),
                               again](std::variant<http::call_result, desk_failure> result) mutable {
      const auto* answer = std::get_if<http::call_result>(&result);
      const auto refused = answer && refuses_key(*answer);
      if (refused)
        token->drop(access);
      if (refused && again)
        send(std::move(repeat), end, std::move(done), false);
      else
        done(std::move(result));
    });
  }

  void dispatch(http::call what, receiver done) {
    {
      const std::lock_guard lock{mutex};
      if (!closing)
        return client->send(std::move(what),
                            [done = std::move(done)](http::call_result result) { done(std::move(result)); });
    }
    done(desk_failure{desk_fault::unavailable, "the connector is closed", std::nullopt});
  }

  struct search {
    std::string target;
    std::string marker;
    std::string correlation_id;
    found_receiver done;
    deadline end;
    std::size_t page = 0;
    bool paged = true; ///< the list takes `input_data`
    bool blind = false;
  };

  void look(const std::shared_ptr<search>& what) {
    auto target = what->target;
    if (what->paged)
      target += page_query(what->page * page_rows + 1, page_rows);
    send(call_of("GET", std::move(target), what->correlation_id), what->end,
         [this, what](std::variant<http::call_result, desk_failure> result) { looked(what, std::move(result)); });
  }

  void looked(const std::shared_ptr<search>& what, std::variant<http::call_result, desk_failure> result) {
    if (auto* failure = std::get_if<desk_failure>(&result))
      return what->done(std::move(*failure));
    const auto& answer = std::get<http::call_result>(result);
    if (what->paged && what->page == 0 && refuses_query(answer)) {
      what->paged = false;
      return look(what);
    }
    auto read = read_notes(answer, what->marker, now());
    if (auto* failure = std::get_if<desk_failure>(&read))
      return what->done(std::move(*failure));
    const auto& page = std::get<note_page>(read);
    what->blind |= page.without_text;
    if (page.found)
      return what->done(note_search{page.found});
    const auto more = page.more_known ? page.more : page.rows >= page_rows;
    if (!more && !what->blind)
      return what->done(note_search{});
    if (!more || !what->paged || ++what->page == page_limit)
      return what->done(undecided(*what));
    look(what);
  }

  /// It isn't known whether the note is there, and won't be: nobody may write it again.
  static desk_failure undecided(const search& what) {
    std::string why = "the ticket has more notes than can be looked through";
    if (what.blind)
      why = "the desk lists notes without their text";
    return {desk_fault::refused, why + ", so it can't be told whether the note is there", std::nullopt};
  }

  const servicedesk_plus_options options;
  const config::secret key;
  const steady_clock_reading steady_now;
  std::unique_ptr<zoho_token> token; ///< of a Cloud desk
  std::mutex mutex;
  bool closing = false; ///< under the mutex
  std::unique_ptr<http::caller> client;
};

servicedesk_plus::servicedesk_plus(const http::dialer& dial, const desk_target& target, steady_clock_reading steady_now)
    : impl_{std::make_unique<impl>(dial, target, std::move(steady_now))} {
  // nop
}

servicedesk_plus::~servicedesk_plus() = default;

void servicedesk_plus::write_note(const note& what,
                                  std::function<void(std::variant<note_written, desk_failure>)> done) {
  const auto segment = path_segment(what.ticket_id);
  if (!segment)
    return done(bad_ticket_id());
  auto call = impl_->call_of("POST", "/requests/" + *segment + "/notes", what.correlation_id);
  call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  call.body = note_form(note_html(what.markdown, what.marker), impl_->options.cloud, impl_->options.show_to_requester);
  impl_->send(std::move(call), impl_->steady_now() + what.timeout,
              [done = std::move(done)](std::variant<http::call_result, desk_failure> result) {
                if (auto* failure = std::get_if<desk_failure>(&result))
                  done(std::move(*failure));
                else
                  done(read_written(std::get<http::call_result>(result), now()));
              });
}

void servicedesk_plus::find_note(const std::string& ticket_id, const std::string& marker,
                                 const std::string& correlation_id,
                                 std::function<void(std::variant<note_search, desk_failure>)> done) {
  const auto segment = path_segment(ticket_id);
  if (!segment)
    return done(bad_ticket_id());
  auto what = std::make_shared<impl::search>();
  what->target = "/requests/" + *segment + "/notes";
  what->marker = marker;
  what->correlation_id = correlation_id;
  what->done = std::move(done);
  what->end = impl_->steady_now() + read_timeout;
  impl_->look(what);
}

void servicedesk_plus::check(std::function<void(std::optional<desk_failure>)> done) {
  impl_->send(impl_->call_of("GET", "/requests" + page_query(1, 1), {}), impl_->steady_now() + read_timeout,
              [done = std::move(done)](std::variant<http::call_result, desk_failure> result) {
                if (auto* failure = std::get_if<desk_failure>(&result))
                  done(std::move(*failure));
                else
                  done(read_check(std::get<http::call_result>(result), now()));
              });
}

} // namespace troupe::net::desk
