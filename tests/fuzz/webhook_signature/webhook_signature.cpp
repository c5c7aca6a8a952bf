// No headers that nobody signed ever hold; those that were signed always do, until something is changed.

#include <cstdint>
#include <string>
#include <vector>

#include "net/webhook/signature.hpp"
#include "tests/fuzz/require.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::net::webhook;
using fuzzing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<config::secret> secrets{
      config::secret{"a secret that no input knows: 3f1c"},
      config::secret{"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}};
  static const unix_seconds now{1'700'000'000s};
  // Lines are header fields up to an empty one; the rest is the body.
  std::string_view text{reinterpret_cast<const char*>(data), size};
  std::vector<net::http::header> headers;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty())
      break;
    const auto colon = std::min(line.find(':'), line.size());
    headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
  }
  const auto found = find_signature(headers);
  // The vector that the corpus holds is signed: it alone may be valid, and only as it is.
  const auto result = verify(found, text, secrets, now, now);
  if (result.verdict == verdict::valid)
    require(result.form == signature_form::standard && found.webhook_id == "msg_test_1"
            && text == R"({"type":"ticket.created","data":{"id":42}})");
  require(verify(found, text, {}, now, now).verdict != verdict::valid);
  require(result.webhook_id.empty() || result.form == signature_form::standard);

  const auto signature = sign(secrets[0], now, text);
  signature_headers own;
  own.signature = signature;
  own.timestamp = "1700000000";
  own.timestamp_present = true;
  require(verify(own, text, secrets, std::nullopt, now).verdict == verdict::valid);
  require(verify(own, std::string{text} + "x", secrets, std::nullopt, now).verdict == verdict::wrong);
  own.timestamp_present = false;
  require(verify(own, text, secrets, now, now).verdict == verdict::wrong);
  return 0;
}
