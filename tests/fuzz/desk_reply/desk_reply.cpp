// Whatever a desk answers, nobody is told of a success that isn't one, and the key's refusal is the same everywhere.

#include <cstdint>

#include "net/desk/html_text.hpp"
#include "net/desk/servicedesk_plus_address.hpp"
#include "net/desk/servicedesk_plus_wire.hpp"
#include "net/desk/zoho_reply.hpp"
#include "tests/fuzz/require.hpp"

using namespace std::chrono_literals;
using namespace troupe::net;
using namespace troupe::net::desk;
using troupe::fuzzing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr unsigned statuses[] = {200, 201, 200, 400, 401, 404, 429, 500};
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  http::call_response response;
  response.status = size > 0 ? statuses[data[0] % 8] : 200;
  response.body = text.substr(size > 0 ? 1 : 0);
  const http::call_result result = response;
  const moment now{1'700'000'000s};
  const auto says_success =
      response.body.find("2000") != std::string::npos || response.body.find("200") != std::string::npos;

  const auto written = read_written(result, now);
  if (const auto* failure = std::get_if<desk_failure>(&written))
    require(!failure->detail.empty() && (failure->fault != desk_fault::rate_limited || failure->retry_after >= 1s));
  else
    require(response.status <= 201 && says_success && std::get<note_written>(written).note_id.size() <= 64);
  const auto notes = read_notes(result, "ref: 1", now);
  if (const auto* page = std::get_if<note_page>(&notes))
    require(response.status <= 201 && says_success && (!page->found || page->rows > 0));
  require(!read_check(result, now) || !std::holds_alternative<note_page>(notes));
  if (refuses_key(result))
    require(std::holds_alternative<desk_failure>(written));
  const auto token = read_token(result, now);
  if (const auto* good = std::get_if<access_token>(&token))
    require(response.status == 200 && !good->value.empty() && good->lifetime >= 1s);

  require(visible_text(response.body).size() <= 4 * response.body.size());
  require(visible_text(escape_html("ref: 1")) == "ref: 1");
  if (const auto segment = path_segment(text.substr(0, 40)))
    require(segment->find_first_of("/?#;\\ ") == segment->npos && *segment != "." && *segment != "..");
  return 0;
}
