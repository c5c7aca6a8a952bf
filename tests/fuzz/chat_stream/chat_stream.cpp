// Whatever a provider streams is a reply whose pieces are its text, or a failure with a reason; and how the bytes were
// split makes no difference.

#include <cstdint>
#include <optional>

#include "net/llm/openai_stream.hpp"
#include "tests/fuzz/require.hpp"

using namespace troupe;
using namespace troupe::net;
using namespace troupe::net::llm;
using fuzzing::is_utf8;
using fuzzing::require;

namespace {

struct outcome {
  std::string shown;
  std::optional<chat_result> result;
};

outcome read(std::string_view bytes, std::size_t step) {
  outcome out;
  streamed_reply reply{"m",
                       [&](std::string_view text) {
                         require(!out.result && !text.empty());
                         out.shown += text;
                       },
                       [&](chat_result r) {
                         require(!out.result);
                         out.result = std::move(r);
                       }};
  openai_stream stream{config::secret{"sk-key"}, reply};
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const std::string piece{bytes.substr(at, step)};
    if (stream.put(piece) == http::uptake::enough)
      break;
  }
  stream.end(nullptr);
  require(out.result.has_value());
  return out;
}

void check(const outcome& out) {
  if (const auto* reply = std::get_if<chat_reply>(&*out.result)) {
    require(!reply->text.empty() && reply->text == out.shown && is_utf8(reply->text) && !reply->model.empty());
  } else {
    const auto& failure = std::get<chat_failure>(*out.result);
    require(!failure.detail.empty() && failure.detail.size() < 600 && is_utf8(out.shown));
    require(failure.detail.find("sk-key") == failure.detail.npos);
    require(failure.before_first_token == out.shown.empty());
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto whole = read(bytes, size + 1);
  check(whole);
  for (const std::size_t step : {1, 7}) {
    const auto split = read(bytes, step);
    require(split.shown == whole.shown && split.result->index() == whole.result->index());
  }
  return 0;
}
