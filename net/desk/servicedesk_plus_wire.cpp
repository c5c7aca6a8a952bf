#include "net/desk/servicedesk_plus_wire.hpp"

#include "net/desk/html_text.hpp"
#include "net/desk/servicedesk_plus_address.hpp"
#include "net/desk/servicedesk_plus_reply.hpp"
#include "net/json/writer.hpp"
#include "net/retry_after.hpp"

namespace troupe::net::desk {

namespace {

using std::chrono::milliseconds;

/// No documented desk says how long its limit lasts; it was seen to be 60 to 90 s.
constexpr milliseconds usual_pause{60'000};
constexpr milliseconds shortest_pause{1'000};

desk_failure failure_of(const http::call_failure& failure, call_effect effect) {
  const auto sent = failure.fault == http::call_fault::unknown_outcome
                    || failure.fault == http::call_fault::bad_response || failure.fault == http::call_fault::cancelled;
  const auto open = sent && effect == call_effect::writes;
  return {open ? desk_fault::unknown_outcome : desk_fault::unavailable, failure.detail, std::nullopt};
}

desk_fault fault_of(unsigned status, unsigned code, call_effect effect) noexcept {
  const auto in_doubt = effect == call_effect::writes ? desk_fault::unknown_outcome : desk_fault::unavailable;
  if (status == 429 || code == code_rate_limit)
    return desk_fault::rate_limited;
  if (status == 401 || status == 403 || code == 401 || code == code_invalid_key || code == code_forbidden)
    return desk_fault::unauthorized;
  if (code == code_internal_error || status >= 500)
    return in_doubt;
  if (status == 404 || code == code_not_found)
    return desk_fault::not_found;
  if (status == 408)
    return desk_fault::unavailable;
  // 2xx whose body nobody understands says only that somebody was there.
  return status < 300 && code == 0 ? in_doubt : desk_fault::refused;
}

std::string describe(const http::call_response& response, unsigned code) {
  auto result = "the desk answered HTTP " + std::to_string(response.status);
  if (code != 0) {
    result += ", code " + std::to_string(code);
    if (const auto meaning = meaning_of(code); !meaning.empty())
      result += " (" + std::string{meaning} + ")";
  } else if (response.status >= 300 && response.status < 400) {
    result += ", a redirect: check the desk's address";
  } else if (response.body.find_first_not_of(" \t\r\n") != response.body.npos
             && response.body[response.body.find_first_not_of(" \t\r\n")] == '<') {
    result += " with a web page: check the desk's address";
  } else if (response.status < 300) {
    result += " with something else than the API's JSON";
  }
  return result;
}

desk_failure failure_of(const http::call_response& response, unsigned code, call_effect effect, moment now) {
  desk_failure result;
  result.fault = fault_of(response.status, code, effect);
  result.detail = describe(response, code);
  if (result.fault == desk_fault::rate_limited)
    result.retry_after = std::max(retry_after(response.headers, now).value_or(usual_pause), shortest_pause);
  else if (result.fault == desk_fault::unavailable)
    result.retry_after = retry_after(response.headers, now);
  return result;
}

/// The response of a call that succeeded, with what it says; else the failure.
std::variant<reply_summary, desk_failure> succeed(const http::call_result& result, std::string_view marker,
                                                  call_effect effect, moment now) {
  if (const auto* failure = std::get_if<http::call_failure>(&result))
    return failure_of(*failure, effect);
  const auto& response = std::get<http::call_response>(result);
  auto summary = read_reply(response.body, marker);
  const auto good = (response.status == 200 || response.status == 201) && summary && is_success(summary->code);
  if (!good)
    return failure_of(response, summary && !is_success(summary->code) ? summary->code : 0, effect, now);
  return std::move(*summary);
}

} // namespace

std::string note_form(std::string_view html, bool cloud, bool show_to_requester) {
  std::string json = cloud ? R"({"request_note":{"description":)" : R"({"note":{"description":)";
  json.reserve(html.size() + html.size() / 16 + 96);
  json::append_string(json, html);
  json += show_to_requester ? R"(,"show_to_requester":true}})" : R"(,"show_to_requester":false}})";
  return "input_data=" + form_encoded(json);
}

std::string page_query(std::size_t start, std::size_t rows) {
  return "?input_data="
         + form_encoded(R"({"list_info":{"row_count":)" + std::to_string(rows) + R"(,"start_index":)"
                        + std::to_string(start) + "}}");
}

std::variant<note_written, desk_failure> read_written(const http::call_result& result, moment now) {
  auto read = succeed(result, {}, call_effect::writes, now);
  if (auto* failure = std::get_if<desk_failure>(&read))
    return std::move(*failure);
  return note_written{std::move(std::get<reply_summary>(read).note_id)};
}

std::variant<note_page, desk_failure> read_notes(const http::call_result& result, std::string_view marker, moment now) {
  auto read = succeed(result, marker, call_effect::reads, now);
  if (auto* failure = std::get_if<desk_failure>(&read))
    return std::move(*failure);
  auto& summary = std::get<reply_summary>(read);
  if (!summary.lists_notes)
    return desk_failure{desk_fault::unavailable, "the desk's answer lists no notes", std::nullopt};
  return std::move(summary.page);
}

std::optional<desk_failure> read_check(const http::call_result& result, moment now) {
  auto read = succeed(result, {}, call_effect::reads, now);
  if (auto* failure = std::get_if<desk_failure>(&read))
    return std::move(*failure);
  return std::nullopt;
}

bool refuses_key(const http::call_result& result) {
  const auto* response = std::get_if<http::call_response>(&result);
  if (!response || response->status < 200 || response->status == 403)
    return false;
  if (response->status == 401)
    return true;
  const auto summary = read_reply(response->body, {});
  return summary && (summary->code == 401 || summary->code == code_invalid_key);
}

bool refuses_query(const http::call_result& result) {
  const auto* response = std::get_if<http::call_response>(&result);
  return response && response->status == 400 && !refuses_key(result);
}

} // namespace troupe::net::desk
