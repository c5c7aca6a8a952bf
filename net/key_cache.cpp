#include "net/key_cache.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "config/log.hpp"
#include "config/values.hpp"
#include "net/http/text.hpp"

namespace troupe::net::jwt {

namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

/// How long a response says that it stays fresh; nothing when it doesn't say. 0 for what mustn't be kept.
std::optional<seconds> max_age_of(std::string_view cache_control) {
  std::optional<seconds> out;
  while (!cache_control.empty()) {
    const auto comma = cache_control.find(',');
    const auto directive = http::trim(cache_control.substr(0, comma));
    cache_control.remove_prefix(comma == cache_control.npos ? cache_control.size() : comma + 1);
    constexpr std::string_view name = "max-age=";
    if (http::equal_ignoring_case(directive, "no-store") || http::equal_ignoring_case(directive, "no-cache"))
      return seconds{0};
    if (http::equal_ignoring_case(directive.substr(0, name.size()), name))
      if (const auto value = config::parse_integer(directive.substr(name.size())))
        out = seconds{std::min<std::uint64_t>(*value, 1ULL << 31)};
  }
  return out;
}

/// The document of a response. Throws `std::runtime_error` that says why there is none.
const std::string& document_of(const http::call_result& result) {
  if (const auto* failure = std::get_if<http::call_failure>(&result))
    throw std::runtime_error{failure->detail};
  const auto& response = std::get<http::call_response>(result);
  if (response.status >= 300 && response.status < 400)
    throw std::runtime_error{"HTTP " + std::to_string(response.status) + ": redirects aren't followed"};
  if (response.status != 200)
    throw std::runtime_error{"HTTP " + std::to_string(response.status)};
  return response.body;
}

} // namespace

std::shared_ptr<key_cache> key_cache::make(const http::dialer& dial, key_cache_settings settings, watch now,
                                           tally count) {
  return std::shared_ptr<key_cache>{new key_cache{dial, std::move(settings), std::move(now), std::move(count)}};
}

key_cache::key_cache(const http::dialer& dial, key_cache_settings settings, watch now, tally count)
    : settings_{std::move(settings)}, now_{std::move(now)}, count_{std::move(count)} {
  const auto scheme = settings_.url.find("://");
  const auto path = settings_.url.find_first_of("/?", scheme == std::string::npos ? 0 : scheme + 3);
  target_ = path == std::string::npos ? "/" : settings_.url.substr(path);
  http::endpoint_settings where;
  where.url = settings_.url.substr(0, path);
  where.ca_file = settings_.ca_file;
  where.max_connections = 1;
  where.max_response = settings_.max_size;
  caller_ = dial(where);
}

key_cache::~key_cache() {
  close();
}

void key_cache::close() {
  std::unique_lock lock{mutex_};
  auto caller = std::move(caller_);
  lock.unlock();
  // Calls `finish`, if something is under way and this isn't the destructor.
  caller.reset();
  lock.lock();
  const auto left = std::exchange(waiting_, {});
  const auto known = usable(now_());
  lock.unlock();
  for (const auto& done : left)
    done(known);
}

key_cache::keys_ptr key_cache::usable(nanoseconds now) const {
  return keys_ && now < fetched_at_ + settings_.hard_limit ? keys_ : nullptr;
}

key_cache::keys_ptr key_cache::keys() const {
  const auto now = now_();
  const std::lock_guard guard{mutex_};
  return usable(now);
}

bool key_cache::may_begin(nanoseconds now) const {
  return caller_ && !fetching_ && (!begun_ || now >= begun_at_ + settings_.pause);
}

void key_cache::refresh_if_due() {
  const auto now = now_();
  std::unique_lock lock{mutex_};
  if (may_begin(now) && (!keys_ || !fault_.empty() || now >= fresh_until_))
    fetch(lock);
}

bool key_cache::renew(taker done) {
  const auto now = now_();
  std::unique_lock lock{mutex_};
  if (!caller_ || (!fetching_ && !may_begin(now)) || waiting_.size() >= settings_.waiting)
    return false;
  waiting_.push_back(std::move(done));
  if (!fetching_)
    fetch(lock);
  return true;
}

void key_cache::fetch(std::unique_lock<std::mutex>& lock) {
  fetching_ = true;
  begun_ = true;
  begun_at_ = now_();
  const auto caller = caller_;
  lock.unlock();
  http::call call;
  call.target = target_;
  call.headers.emplace_back("Accept", "application/jwk-set+json, application/json");
  call.timeout = settings_.timeout;
  call.connect_timeout = settings_.timeout;
  caller->send(std::move(call), [weak = weak_from_this()](const http::call_result& result) {
    if (const auto self = weak.lock())
      self->finish(result);
  });
}

void key_cache::finish(const http::call_result& result) {
  std::string fault;
  std::string_view outcome = "failed";
  try {
    const auto& document = document_of(result);
    auto fetched = std::make_shared<const key_set>(document);
    if (fetched->size() == 0)
      throw std::runtime_error{"the set holds no key that can be used"
                               + (fetched->left_out().empty() ? "" : ": " + fetched->left_out().front().reason)};
    const auto told = max_age_of(std::get<http::call_response>(result).get("Cache-Control"));
    const auto freshness =
        std::clamp(told.value_or(settings_.freshness), settings_.least_freshness, settings_.most_freshness);
    outcome = keep(std::move(fetched), freshness, document) ? "new" : "same";
  } catch (const std::exception& e) {
    fault = e.what();
  }
  if (count_)
    count_(outcome);
  std::unique_lock lock{mutex_};
  if (fault != fault_ && !fault.empty())
    config::log::warn("keys_not_fetched", "the key set that tokens are verified with could not be fetched",
                      {{"url", settings_.url}, {"error", fault}, {"keys_in_use", keys_ ? keys_->size() : 0}});
  fault_ = std::move(fault);
  fetching_ = false;
  const auto now = usable(now_());
  const auto waiting = std::exchange(waiting_, {});
  lock.unlock();
  for (const auto& done : waiting)
    done(now);
}

/// False when they are those of before.
bool key_cache::keep(keys_ptr fetched, seconds freshness, const std::string& document) {
  const auto now = now_();
  const std::lock_guard guard{mutex_};
  fetched_at_ = now;
  fresh_until_ = now + freshness;
  if (keys_ && document == document_)
    return false;
  config::log::info("keys_fetched", "a new key set verifies tokens from now on",
                    {{"url", settings_.url}, {"keys", fetched->size()}});
  for (const auto& [name, reason] : fetched->left_out())
    config::log::warn("key_left_out", "a key of the set isn't used",
                      {{"url", settings_.url}, {"kid", name}, {"reason", reason}});
  keys_ = std::move(fetched);
  document_ = document;
  return true;
}

key_cache::standing key_cache::status() const {
  const auto now = now_();
  const std::lock_guard guard{mutex_};
  standing out;
  if (const auto known = usable(now)) {
    out.keys = known->size();
    out.age = std::chrono::floor<seconds>(now - fetched_at_);
  }
  out.fault = fault_;
  return out;
}

} // namespace troupe::net::jwt
