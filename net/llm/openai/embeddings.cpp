#include "net/llm/openai/embeddings.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <utility>

#include "config/base64.hpp"
#include "net/json/writer.hpp"
#include "net/llm/members.hpp"
#include "net/llm/openai/wire.hpp"
#include "net/llm/provider_error.hpp"

namespace troupe::net::llm::openai {

namespace {

constexpr std::size_t max_response = 64 << 20;

/// Little-endian single-precision numbers.
std::optional<std::vector<float>> read_packed(std::string_view text) {
  const auto bytes = config::decode_base64(text);
  if (!bytes || bytes->size() % 4 != 0)
    return std::nullopt;
  std::vector<float> result;
  result.reserve(bytes->size() / 4);
  for (std::size_t at = 0; at < bytes->size(); at += 4) {
    std::uint32_t word = 0;
    for (std::size_t i = 4; i-- > 0;)
      word = word << 8U | static_cast<unsigned char>((*bytes)[at + i]);
    result.push_back(std::bit_cast<float>(word));
  }
  return result;
}

std::optional<std::vector<float>> read_vector(json::reader& in) {
  if (in.peek() == json::type::string)
    return read_packed(in.string());
  std::vector<float> result;
  bool well = true;
  const auto is_array = each_element(in, [&] {
    if (in.peek() != json::type::number) {
      well = false;
      return in.skip();
    }
    const auto text = in.number();
    float value = 0;
    well = std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{} && well;
    result.push_back(value);
  });
  return is_array && well ? std::optional{std::move(result)} : std::nullopt;
}

/// One of the vectors; false where it makes no sense.
bool read_item(json::reader& in, std::vector<std::vector<float>>& into, std::size_t& next) {
  auto index = next++;
  std::optional<std::vector<float>> found;
  each_member(in, [&](std::string_view name) {
    if (name == "index")
      index = in.unsigned_or_skip().value_or(index);
    else if (name == "embedding")
      found = read_vector(in);
    else
      in.skip();
  });
  if (!found || found->empty() || index >= into.size() || !into[index].empty())
    return false;
  into[index] = std::move(*found);
  return true;
}

} // namespace

std::string embeddings_body(const embedding_request& request, const std::string& model) {
  std::string body = R"({"model":)";
  json::append_string(body, model);
  body += R"(,"encoding_format":"base64","input":[)";
  for (const auto& each : request.inputs) {
    if (&each != request.inputs.data())
      body += ',';
    json::append_string(body, each);
  }
  return body + "]}";
}

embedding_result read_embeddings(const http::call_response& response, std::size_t count,
                                 const config::provider_settings& settings, std::chrono::system_clock::time_point now) {
  if (response.status < 200 || response.status >= 300)
    return failure_of(response, settings.api_key, now);
  embedding_reply result;
  result.vectors.resize(count);
  result.model = settings.model;
  bool well = true;
  bool has_error = false;
  std::size_t next = 0;
  json::reader in{response.body, json::strictness::lenient};
  each_member(in, [&](std::string_view name) {
    if (name == "data") {
      each_element(in, [&] { well = read_item(in, result.vectors, next) && well; });
    } else if (name == "model") {
      read_text(in, result.model);
    } else if (name == "usage") {
      each_member(in, [&](std::string_view part) {
        if (part == "prompt_tokens")
          result.input_tokens = in.unsigned_or_skip().value_or(0);
        else
          in.skip();
      });
    } else {
      has_error = has_error || (name == "error" && in.peek() != json::type::null);
      in.skip();
    }
  });
  if (in.finish() && has_error && next == 0)
    return failure_in_stream(response.body, settings.api_key);
  const auto is_whole = std::ranges::all_of(
      result.vectors, [&](const auto& each) { return !each.empty() && each.size() == result.vectors[0].size(); });
  if (in.failed() || !well || !is_whole)
    return chat_failure{chat_fault::malformed, "the answer isn't one vector for each input", std::nullopt};
  return result;
}

embeddings::embeddings(const http::dialer& dial, const config::provider_settings& settings) : settings_{settings} {
  http::endpoint_settings where;
  where.url = settings.base_url;
  where.ca_file = settings.ca_file.string();
  where.max_connections = settings.max_concurrency;
  where.max_response = max_response;
  client_ = dial(where);
}

void embeddings::embed(const embedding_request& request, std::function<void(embedding_result)> done) {
  http::call what;
  what.method = "POST";
  what.target = "/embeddings";
  what.headers = key_header(settings_.api_key);
  what.headers.emplace_back("Content-Type", "application/json");
  what.headers.emplace_back("Accept-Encoding", "identity");
  if (!request.correlation_id.empty())
    what.headers.emplace_back("X-Request-Id", request.correlation_id);
  what.body = embeddings_body(request, settings_.model);
  what.timeout = std::min(settings_.timeout, request.limit);
  what.connect_timeout = settings_.connect_timeout;
  what.may_repeat = true;
  what.stop = request.stop;
  client_->send(std::move(what), [this, count = request.inputs.size(),
                                  done = std::move(done)](const http::call_result& result) {
    if (const auto* failed = std::get_if<http::call_failure>(&result))
      done(failure_of(*failed));
    else
      done(read_embeddings(std::get<http::call_response>(result), count, settings_, std::chrono::system_clock::now()));
  });
}

} // namespace troupe::net::llm::openai
