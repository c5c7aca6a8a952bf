#include "net/desk/zoho_reply.hpp"

#include <algorithm>

#include "net/json/reader.hpp"
#include "net/retry_after.hpp"

namespace troupe::net::desk {

namespace {

constexpr std::chrono::seconds usual_lifetime{3'600};
constexpr std::chrono::milliseconds usual_pause{60'000};
constexpr std::size_t longest_token = 4'096;

struct answer {
  access_token token{{}, usual_lifetime};
  std::string error;
};

std::optional<answer> read(std::string_view body) {
  answer result;
  json::reader in{body, json::strictness::lenient};
  std::string_view name;
  if (in.enter_object())
    while (in.next_member(name)) {
      if (name == "access_token")
        result.token.value = config::secret{std::string{in.string_or_skip().value_or("")}};
      else if (name == "expires_in")
        result.token.lifetime =
            std::chrono::seconds{std::clamp<std::uint64_t>(in.unsigned_or_skip().value_or(3'600), 1, 86'400)};
      else if (name == "error")
        result.error = in.string_or_skip().value_or("");
      else
        in.skip();
    }
  return in.finish() ? std::optional{std::move(result)} : std::nullopt;
}

/// Whether a token can stand in a header.
bool usable(const config::secret& token) noexcept {
  const auto& text = token.reveal();
  return !text.empty() && text.size() <= longest_token
         && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

/// Names such as `invalid_client`; anything longer isn't one.
std::string name_of(const std::string& error) {
  const auto plain = error.size() <= 40 && std::all_of(error.begin(), error.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ' ';
                     });
  return plain ? error : std::string{"an error"};
}

} // namespace

std::variant<access_token, desk_failure> read_token(const http::call_result& result,
                                                    std::chrono::system_clock::time_point now) {
  if (const auto* failure = std::get_if<http::call_failure>(&result))
    return desk_failure{desk_fault::unavailable, "accounts server: " + failure->detail, std::nullopt};
  const auto& response = std::get<http::call_response>(result);
  auto found = read(response.body);
  const auto what = "the accounts server answered HTTP " + std::to_string(response.status);
  if (response.status == 200 && found && usable(found->token.value))
    return std::move(found->token);
  if (response.status == 429 || (found && found->error == "Access Denied"))
    return desk_failure{desk_fault::rate_limited, what + ": too many tokens were asked for",
                        retry_after(response.headers, now).value_or(usual_pause)};
  if (found && !found->error.empty())
    return desk_failure{desk_fault::unauthorized, what + ": " + name_of(found->error), std::nullopt};
  if (response.status == 400 || response.status == 401 || response.status == 403)
    return desk_failure{desk_fault::unauthorized, what, std::nullopt};
  return desk_failure{desk_fault::unavailable, what + " without a token", std::nullopt};
}

} // namespace troupe::net::desk
