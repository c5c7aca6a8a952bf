#include "actors/cli/webhook_sender.hpp"

#include "actors/cli/command.hpp"
#include "actors/cli/process.hpp"
#include "config/values.hpp"
#include "net/io_threads.hpp"
#include "net/webhook/signature.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <future>
#include <sstream>
#include <system_error>
#include <thread>

namespace troupe::actors::cli {

namespace {

using namespace std::chrono_literals;
using json = nlohmann::ordered_json;

constexpr int attempts = 6;
constexpr std::chrono::seconds longest_pause{65};

std::string reason(const nlohmann::json::exception& e) {
  const std::string_view what = e.what(); // "[json.exception…] text"
  const auto end = what.find("] ");
  return std::string{end == std::string_view::npos ? what : what.substr(end + 2)};
}

void add_object(std::vector<json>& out, json value, const std::string& place) {
  if (!value.is_object())
    throw failure{place + ": must be a JSON object, such as {\"ticket_id\":\"1\",\"description\":\"…\"}"};
  out.push_back(std::move(value));
}

std::vector<json> parse_lines(const std::string& text, const std::string& name) {
  std::vector<json> out;
  std::istringstream in{text};
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    const auto place = name + ":" + std::to_string(number);
    try {
      add_object(out, json::parse(line), place);
    } catch (const nlohmann::json::exception& e) {
      throw failure{place + ": not JSON: " + reason(e)};
    }
  }
  return out;
}

/// Why the server said no: the problem's detail and each of its errors.
std::string explained(const net::http::call_response& answer) {
  const auto problem = json::parse(answer.body, nullptr, false);
  std::string out = "HTTP " + std::to_string(answer.status);
  if (!problem.is_object())
    return out;
  if (const auto at = problem.find("detail"); at != problem.end() && at->is_string())
    out += ": " + at->get<std::string>();
  if (const auto errors = problem.find("errors"); errors != problem.end() && errors->is_array())
    for (const auto& e : *errors)
      if (e.is_object())
        out += "; " + e.value("pointer", "") + " " + e.value("message", "");
  return out;
}

std::chrono::seconds pause_of(const net::http::call_response& answer, int attempt) {
  const auto asked = config::parse_integer(answer.get("Retry-After"));
  const auto pause = asked ? std::chrono::seconds{*asked} : std::chrono::seconds{1 << attempt};
  return std::clamp(pause, std::chrono::seconds{1}, longest_pause);
}

} // namespace

std::vector<json> read_tickets(const std::filesystem::path& file) {
  const auto unreadable = [&](int code) {
    return failure{"can't read " + file.string() + ": " + std::generic_category().message(code)};
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    throw unreadable(EISDIR);
  std::ifstream in{file, std::ios::binary};
  if (!in)
    throw unreadable(errno);
  std::ostringstream all;
  all << in.rdbuf(); // fails for an empty file too, which holds no tickets
  if (in.bad())
    throw unreadable(EIO);
  const auto text = std::move(all).str();
  const auto whole = json::parse(text, nullptr, false);
  std::vector<json> out;
  if (whole.is_array()) {
    for (std::size_t i = 0; i < whole.size(); ++i)
      add_object(out, whole[i], file.string() + "[" + std::to_string(i) + "]");
  } else if (whole.is_object()) {
    out.push_back(whole);
  } else {
    out = parse_lines(text, file.string());
  }
  if (out.empty())
    throw failure{file.string() + " holds no tickets"};
  return out;
}

std::string server_url(const config::server_settings& server) {
  if (server.port == 0)
    throw wrong_usage{"server.port is 0, so the server's port isn't known: give its address by --url"};
  return url_of(server, server.port);
}

webhook_sender::webhook_sender(net::io_threads& io, const net::http::endpoint_settings& server, std::string tenant,
                               config::secret key, std::function<void(const std::string&)> on_wait)
    : client_{io, server}, tenant_{std::move(tenant)}, key_{std::move(key)}, on_wait_{std::move(on_wait)} {}

net::http::call_result webhook_sender::post(const std::string& body) {
  const auto at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  net::http::call call;
  call.method = "POST";
  call.target = "/webhook/servicedesk";
  call.headers = {{"Content-Type", "application/json"},
                  {"X-ServiceDesk-Timestamp", std::to_string(at.time_since_epoch().count())},
                  {"X-ServiceDesk-Signature", net::webhook::sign(key_, at, body)}};
  call.body = body;
  std::promise<net::http::call_result> answer;
  client_.send(std::move(call), [&](net::http::call_result result) { answer.set_value(std::move(result)); });
  return answer.get_future().get();
}

delivery_outcome webhook_sender::deliver(const json& ticket) {
  auto value = ticket;
  if (value.contains("tenant_id") && value["tenant_id"] != tenant_)
    return {0, {}, "the ticket names the tenant " + value["tenant_id"].dump() + ", not " + tenant_};
  value["tenant_id"] = tenant_;
  std::string body;
  try {
    body = value.dump();
  } catch (const nlohmann::json::exception& e) {
    return {0, {}, reason(e)};
  }
  delivery_outcome out;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    std::chrono::seconds pause{1 << attempt};
    const auto result = post(body);
    if (const auto* answer = std::get_if<net::http::call_response>(&result)) {
      out = {answer->status, {}, {}};
      if (answer->status == 202) {
        const auto accepted = json::parse(answer->body, nullptr, false);
        out.job_id = accepted.is_object() ? accepted.value("job_id", "") : "";
        return out;
      }
      out.detail = explained(*answer);
      if (answer->status != 429 && answer->status != 503)
        return out;
      pause = pause_of(*answer, attempt);
    } else {
      out = {0, {}, std::get<net::http::call_failure>(result).detail};
      if (std::get<net::http::call_failure>(result).fault == net::http::call_fault::unreachable)
        return out;
    }
    if (attempt + 1 < attempts) {
      on_wait_(out.detail + "; next attempt in " + std::to_string(pause.count()) + " s");
      std::this_thread::sleep_for(pause);
    }
  }
  return out;
}

} // namespace troupe::actors::cli
