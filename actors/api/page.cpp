#include "actors/api/page.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "config/base64.hpp"
#include "net/digest.hpp"

namespace troupe::actors::api {

namespace http = net::http;

namespace {

/// What a policy calls the one element of the page that is written inline between these tags.
std::string source_of(std::string_view page, std::string_view open, std::string_view close) {
  const auto from = page.find(open) + open.size();
  const auto digest = net::sha256({page.substr(from, page.find(close, from) - from)});
  return "'sha256-" + config::encode_base64(net::bytes_of(digest)) + '\'';
}

/// The server's own WebSockets, which `'self'` doesn't cover in every browser. Empty for a host that could be taken for
/// more of the policy.
std::string own_sockets(std::string_view host) {
  const bool is_plain = !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
  return is_plain ? " ws://" + std::string{host} + " wss://" + std::string{host} : std::string{};
}

} // namespace

http::handler serve_page(std::string_view html) {
  const auto sources = "default-src 'none'; script-src " + source_of(html, "<script>", "</script>") + "; style-src "
                       + source_of(html, "<style>", "</style>") + "; img-src data:; connect-src 'self'";
  return [html, sources](const http::request& r, http::reply answer) {
    http::response result;
    result.content_type = "text/html; charset=utf-8";
    result.headers.emplace_back("Content-Security-Policy",
                                sources + own_sockets(r.get("Host"))
                                    + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    result.body = html;
    answer(std::move(result));
  };
}

} // namespace troupe::actors::api
