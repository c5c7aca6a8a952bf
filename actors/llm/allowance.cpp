#include "actors/llm/allowance.hpp"

#include <algorithm>

namespace troupe::actors {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::nanoseconds minute = 60s;

/// Less than a thousandth of a token or of a request is arithmetic's.
constexpr double grain = 1e-3;

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>{time}.count();
}

} // namespace

allowance::moment allowance::room::ready_at(moment now, double wanted) const {
  if (now >= until)
    return now;
  if (limit)
    wanted = std::min(wanted, static_cast<double>(*limit));
  const auto missing = wanted - left - per_second * seconds(now - at);
  if (missing <= grain)
    return now;
  if (per_second <= 0)
    return until;
  const auto wait = std::chrono::duration<double>{std::min(missing / per_second, seconds(until - now))};
  return now + std::chrono::ceil<std::chrono::milliseconds>(wait);
}

allowance::moment allowance::ready_at(moment now, std::uint64_t tokens) {
  forget(now);
  auto result = minute_ready_at(now, tokens);
  if (requests_left_)
    result = std::max(result, requests_left_->ready_at(now, 1));
  if (tokens_left_)
    result = std::max(result, tokens_left_->ready_at(now, static_cast<double>(tokens)));
  return result;
}

/// When enough of the last minute's calls are more than a minute ago.
allowance::moment allowance::minute_ready_at(moment now, std::uint64_t tokens) const {
  auto calls = minute_.size();
  auto used = minute_tokens_;
  auto result = now;
  for (const auto& oldest : minute_) {
    const auto has_call = settings_.requests == 0 || calls < settings_.requests;
    const auto has_tokens = settings_.tokens == 0 || used == 0 || used + tokens <= settings_.tokens;
    if (has_call && has_tokens)
      break;
    result = oldest.at + minute;
    used -= oldest.tokens;
    --calls;
  }
  return result;
}

allowance::started allowance::start(moment now, std::uint64_t tokens) {
  tokens_ += tokens;
  const started result{now, calls_++, tokens_};
  if (settings_.requests != 0 || settings_.tokens != 0) {
    minute_.push_back({now, tokens});
    minute_tokens_ += tokens;
  }
  if (requests_left_)
    requests_left_->take(1);
  if (tokens_left_)
    tokens_left_->take(static_cast<double>(tokens));
  return result;
}

void allowance::settle(const started& call, std::uint64_t tokens) {
  const auto first = calls_ - minute_.size();
  if (call.number < first || call.number >= calls_)
    return;
  auto& known = minute_[call.number - first];
  minute_tokens_ = minute_tokens_ - known.tokens + tokens;
  known.tokens = tokens;
}

void allowance::learn(const started& call, const net::llm::rate_limits& limits) {
  learn(requests_left_, limits.requests, call.at, calls_ - call.number - 1);
  learn(tokens_left_, limits.tokens, call.at, tokens_ - call.tokens);
}

void allowance::learn(std::optional<room>& known, const net::llm::rate_limit& told, moment at, std::uint64_t later) {
  if (!told.remaining || (known && at < known->at))
    return;
  room found{.at = at, .until = at + std::max<moment>(told.reset, 1s), .left = 0, .per_second = 0, .limit = told.limit};
  found.left = static_cast<double>(*told.remaining) - static_cast<double>(later);
  if (told.limit && told.reset > 0ms && *told.limit > *told.remaining)
    found.per_second = static_cast<double>(*told.limit - *told.remaining) / seconds(told.reset);
  known = found;
}

void allowance::forget(moment now) {
  while (!minute_.empty() && minute_.front().at + minute <= now) {
    minute_tokens_ -= minute_.front().tokens;
    minute_.pop_front();
  }
}

} // namespace troupe::actors
