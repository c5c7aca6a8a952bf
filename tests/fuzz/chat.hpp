#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/json/reader.hpp"
#include "net/llm/reply_stream.hpp"
#include "tests/fuzz/require.hpp"

/// What holds of whatever a provider answers or streams.
namespace troupe::fuzzing {

inline bool is_json_object(std::string_view text) {
  net::json::reader in{text, net::json::strictness::lenient, net::json::reader::depth_limit};
  if (in.peek() != net::json::type::object)
    return false;
  in.skip();
  return in.finish();
}

/// A reply says something and names a model; a failure has a reason without the key.
inline void check(const net::llm::chat_result& result) {
  if (const auto* reply = std::get_if<net::llm::chat_reply>(&result)) {
    require(!reply->text.empty() || !reply->calls.empty());
    require(is_utf8(reply->text) && is_utf8(reply->model) && !reply->model.empty());
    for (const auto& call : reply->calls)
      require(!call.name.empty() && is_json_object(call.arguments));
    return;
  }
  const auto& failure = std::get<net::llm::chat_failure>(result);
  require(!failure.detail.empty() && failure.detail.size() < 600);
  require(failure.detail.find("sk-key") == failure.detail.npos);
  using namespace std::chrono_literals;
  require(!failure.retry_after || (*failure.retry_after >= 0ms && *failure.retry_after <= 300s));
}

struct stream_outcome {
  std::string shown;
  std::optional<net::llm::chat_result> result;
};

template <class Stream>
stream_outcome read_stream(std::string_view bytes, std::size_t step) {
  stream_outcome out;
  net::llm::streamed_reply reply{"m",
                                 [&](std::string_view text) {
                                   require(!out.result && !text.empty());
                                   out.shown += text;
                                 },
                                 [&](net::llm::chat_result r) {
                                   require(!out.result);
                                   out.result = std::move(r);
                                 }};
  Stream stream{config::secret{"sk-key"}, reply};
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const std::string piece{bytes.substr(at, step)};
    if (stream.put(piece) == net::http::uptake::enough)
      break;
  }
  stream.end(nullptr);
  require(out.result.has_value());
  return out;
}

/// What a stream says is what it showed, and how its bytes were split makes no difference.
template <class Stream>
void check_stream(std::string_view bytes) {
  const auto whole = read_stream<Stream>(bytes, bytes.size() + 1);
  check(*whole.result);
  require(is_utf8(whole.shown));
  if (const auto* reply = std::get_if<net::llm::chat_reply>(&*whole.result))
    require(reply->text == whole.shown);
  else
    require(std::get<net::llm::chat_failure>(*whole.result).before_first_token == whole.shown.empty());
  for (const std::size_t step : {1, 7}) {
    const auto split = read_stream<Stream>(bytes, step);
    require(split.shown == whole.shown && split.result->index() == whole.result->index());
  }
}

/// A response whose status, header and body these bytes make up.
inline net::http::call_response response_of(std::string_view bytes) {
  static constexpr unsigned statuses[] = {200, 200, 200, 400, 401, 404, 429, 529};
  net::http::call_response result;
  result.status = bytes.empty() ? 200 : statuses[static_cast<unsigned char>(bytes[0]) % 8];
  result.body = bytes.substr(bytes.empty() ? 0 : 1);
  const auto field = std::string{bytes.substr(0, 30)};
  result.headers = {{"Retry-After", field},
                    {"retry-after-ms", result.body.substr(0, 9)},
                    {"x-ratelimit-remaining-requests", field.substr(0, 3)},
                    {"x-ratelimit-reset-requests", result.body.substr(0, 6)},
                    {"anthropic-ratelimit-requests-remaining", field.substr(0, 3)},
                    {"anthropic-ratelimit-requests-reset", field}};
  return result;
}

} // namespace troupe::fuzzing
