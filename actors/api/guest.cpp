#include "actors/api/guest.hpp"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "actors/api/auth.hpp"
#include "actors/api/issued_token.hpp"
#include "actors/api/rate_limiter.hpp"
#include "actors/api/responses.hpp"
#include "config/log.hpp"
#include "config/values.hpp"

namespace troupe::actors::api {

namespace http = net::http;

namespace {

constexpr auto guest_role = "guest";

/// A `Host` without its port.
std::string_view name_of(std::string_view host) {
  if (host.starts_with('['))
    return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_this_machine(std::string_view host) {
  // A name may begin like an address, too.
  const bool is_number = host.find_first_not_of("0123456789.") == host.npos;
  return host == "localhost" || host == "::1" || host == "[::1]" || (is_number && host.starts_with("127."));
}

/// Whether a page that came from here sent the request. A browser writes both headers and no page can forge them.
bool is_own_page(const http::request& r) {
  const auto host = r.get("Host");
  const auto origin = r.get("Origin");
  const auto site = r.get("Sec-Fetch-Site");
  if (host.empty() || (origin.empty() && site.empty()) || r.count("Origin") > 1 || r.count("Sec-Fetch-Site") > 1)
    return false;
  const auto scheme = origin.find("://");
  const bool same_host = origin.empty() || (scheme != origin.npos && origin.substr(scheme + 3) == host);
  return same_host && (site.empty() || site == "same-origin");
}

class guest_desk : public std::enable_shared_from_this<guest_desk> {
public:
  explicit guest_desk(guest_services services) : services_{std::move(services)} {
    const auto& tenant = services_.settings->auth.guest_tenant;
    if (tenant.empty())
      return;
    if (const auto fault = why_off(); !fault.empty())
      config::log::warn("guests_kept_out", fault, {{"tenant_id", tenant}});
    else
      config::log::info("guests_let_in", "pages of this server get tokens without any login", {{"tenant_id", tenant}});
  }

  void operator()(const http::request& r, const http::reply& answer) {
    if (const auto fault = why_off(); !fault.empty())
      return answer(http::problem(404, fault, r.id));
    // A page elsewhere could give its own name our address (DNS rebinding); our name it can't.
    if (!is_own_page(r) || (!services_.settings->auth.guest_remote && !is_this_machine(name_of(r.get("Host")))))
      return answer(http::problem(403, "Guest tokens are for pages of this server.", r.id));
    if (const auto wait = limiter_.take(r.remote_address, guests_per_minute, services_.time->monotonic()))
      return answer(retry_after(http::problem(429, "Too many guest tokens were asked for.", r.id), *wait));
    if (!services_.tenants->find(services_.settings->auth.guest_tenant))
      return answer(http::problem(404, "auth.guest_tenant names a tenant that isn't there.", r.id));
    services_.tokens->authenticate(bearer_token(r), [self = shared_from_this(), answer](const auth_outcome& outcome) {
      const auto* who = std::get_if<net::jwt::claims>(&outcome);
      const bool known = who && who->role == guest_role && who->tenant == self->services_.settings->auth.guest_tenant;
      self->admit(known ? who->sub : "guest-" + config::random_hex(16), answer);
    });
  }

private:
  void admit(const std::string& user, const http::reply& answer) const {
    const auto& tenant = services_.settings->auth.guest_tenant;
    const auto token =
        issue_token(services_.settings->jwt, {user, tenant, guest_role}, services_.time->now(), guest_ttl);
    answer(token_response({{"token", token},
                           {"expires_in", std::chrono::seconds{guest_ttl}.count()},
                           {"user", user},
                           {"tenant", tenant}}));
  }

  /// Empty while guests are let in.
  std::string why_off() const {
    const auto& all = *services_.settings;
    if (all.auth.guest_tenant.empty())
      return "Guest tokens are off (auth.guest_tenant).";
    if (all.jwt.secret.empty())
      return "Guest tokens need auth.jwt.secret: an issuer's tokens can't be made here.";
    if (!all.auth.guest_remote && !is_this_machine(all.server.bind))
      return "Guest tokens are off where others than this machine can ask (auth.guest_remote).";
    return {};
  }

  guest_services services_;
  rate_limiter limiter_;
};

} // namespace

net::http::handler guest_tokens(guest_services services) {
  return [desk = std::make_shared<guest_desk>(std::move(services))](const http::request& r, http::reply answer) {
    (*desk)(r, answer);
  };
}

} // namespace troupe::actors::api
