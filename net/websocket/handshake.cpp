#include "net/websocket/handshake.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

#include <openssl/evp.h>

#include "config/base64.hpp"
#include "net/http/text.hpp"

namespace troupe::net::websocket {

namespace {

using http::equal_ignoring_case;

/// The entries of all fields of a name, in order.
std::vector<std::string_view> list_of(const http::request& r, std::string_view name) {
  std::vector<std::string_view> result;
  for (auto& [key, value] : r.headers) {
    if (!equal_ignoring_case(key, name))
      continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto comma = rest.find(',');
      if (const auto entry = http::trim(rest.substr(0, comma)); !entry.empty())
        result.push_back(entry);
      rest = comma == rest.npos ? std::string_view{} : rest.substr(comma + 1);
    }
  }
  return result;
}

bool names(const http::request& r, std::string_view field, std::string_view token) {
  const auto entries = list_of(r, field);
  return std::any_of(entries.begin(), entries.end(), [&](auto entry) { return equal_ignoring_case(entry, token); });
}

http::response upgrade_required(const http::request& r) {
  auto result = http::problem(426, "This is for WebSocket connections, version 13.", r.id);
  result.headers.emplace_back("Upgrade", "websocket");
  result.headers.emplace_back("Sec-WebSocket-Version", "13");
  return result;
}

/// A sentence about what is wrong with the offered subprotocols; empty when they are in order.
/// @param chosen empty when none was offered
std::string_view choose_protocol(const http::request& r, const settings& s, std::string& chosen) {
  const auto offered = list_of(r, "Sec-WebSocket-Protocol");
  for (auto i = offered.begin(); i != offered.end(); ++i)
    if (!http::is_token(*i) || std::find(offered.begin(), i, *i) != i)
      return "Sec-WebSocket-Protocol must list different tokens.";
  if (offered.empty())
    return {};
  for (auto& known : s.protocols)
    if (std::find(offered.begin(), offered.end(), known) != offered.end()) {
      chosen = known;
      return {};
    }
  return "None of the subprotocols in Sec-WebSocket-Protocol is known here.";
}

/// Host and port of an origin or an authority, in lower case, without the port that the scheme has anyway.
std::string authority_of(std::string_view text, std::string_view scheme) {
  const std::string_view usual = scheme == "https" ? ":443" : ":80";
  if (text.ends_with(usual))
    text.remove_suffix(usual.size());
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), http::to_lower);
  return result;
}

struct origin_parts {
  std::string scheme;
  std::string authority;

  bool operator==(const origin_parts&) const = default;
};

std::optional<origin_parts> split_origin(std::string_view origin) {
  const auto mark = origin.find("://");
  if (mark == origin.npos)
    return std::nullopt;
  std::string scheme{origin.substr(0, mark)};
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), http::to_lower);
  auto authority = authority_of(origin.substr(mark + 3), scheme);
  if (authority.empty() || authority.find('/') != authority.npos)
    return std::nullopt;
  return origin_parts{std::move(scheme), std::move(authority)};
}

} // namespace

bool is_origin_allowed(std::string_view origin, std::string_view host, const settings& s) {
  const auto from = split_origin(origin);
  if (!from)
    return false;
  const bool is_web = from->scheme == "http" || from->scheme == "https";
  if (is_web && from->authority == authority_of(host, from->scheme))
    return true;
  return std::any_of(s.origins.begin(), s.origins.end(), [&](auto& allowed) { return split_origin(allowed) == from; });
}

std::string accept_key(std::string_view key) {
  const auto text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr) != 1)
    throw std::runtime_error{"SHA-1 can't be computed"};
  return config::encode_base64({reinterpret_cast<const char*>(digest), size});
}

http::response answer_handshake(const http::request& r, const settings& s) {
  const auto refuse = [&](unsigned status, std::string_view sentence) { return http::problem(status, sentence, r.id); };
  if (r.method != "GET" || !names(r, "Upgrade", "websocket") || !names(r, "Connection", "Upgrade")
      || r.get("Sec-WebSocket-Version") != "13" || r.count("Sec-WebSocket-Version") != 1)
    return upgrade_required(r);
  if (!r.body.empty())
    return refuse(400, "A request for a WebSocket connection has no body.");
  const auto key = r.get("Sec-WebSocket-Key");
  if (const auto bytes = config::decode_base64(key); r.count("Sec-WebSocket-Key") != 1 || !bytes || bytes->size() != 16)
    return refuse(400, "Sec-WebSocket-Key must be 16 bytes in base64.");
  if (r.count("Origin") > 0 && (r.count("Origin") > 1 || !is_origin_allowed(r.get("Origin"), r.get("Host"), s)))
    return refuse(403, "Pages of this origin may not connect.");
  std::string protocol;
  if (const auto fault = choose_protocol(r, s, protocol); !fault.empty())
    return refuse(400, fault);
  http::response result{101, {}, {{"Upgrade", "websocket"}, {"Sec-WebSocket-Accept", accept_key(key)}}, {}, {}};
  if (!protocol.empty())
    result.headers.emplace_back("Sec-WebSocket-Protocol", std::move(protocol));
  return result;
}

} // namespace troupe::net::websocket
