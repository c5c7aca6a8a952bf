#include "config/table.hpp"

#include "config/base64.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace troupe::config {

const std::vector<std::string_view> log_levels{"trace", "debug", "info", "warn", "error", "off"};
const std::vector<std::string_view> log_formats{"automatic", "json", "text"};
const std::vector<std::string_view> provider_kinds{"openai", "anthropic", "extractive"};
const std::vector<std::string_view> messages_versions{"2026-10-21", "2023-06-01"};
const std::vector<std::string_view> prompt_caches{"none", "5m", "1h"};

namespace {

using namespace std::chrono_literals;
using duration = value::duration;

constexpr std::uint64_t kib = 1 << 10;
constexpr std::uint64_t mib = 1 << 20;

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

bool is_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_address(std::string_view text) {
  std::array<unsigned char, 16> bytes{};
  const std::string copy{text};
  return inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1;
}

bool is_word(std::string_view text) {
  return text.size() <= 64 && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == text.npos;
}

const value::text any_line{"text of one line", is_line};
const value::text file_path{"the path of a file", is_line};
const value::text directory_path{"the path of a directory", is_line};
const value::text http_url{"a URL http://host or https://host, without user, query and fragment", is_http_url};

/// Where keys are fetched from: what comes over plain HTTP could be anybody's, unless it never leaves the machine.
bool is_key_url(std::string_view text) {
  const auto query = text.find('?');
  const auto place = text.substr(0, query);
  if (!is_http_url(place) || text.size() > 2048 || !is_printable(text) || text.find('#') != text.npos)
    return false;
  constexpr std::array<std::string_view, 3> here{"http://127.0.0.1", "http://localhost", "http://[::1]"};
  return place.starts_with("https://") || std::any_of(here.begin(), here.end(), [&](std::string_view host) {
           return place.starts_with(host)
                  && (place.size() == host.size() || place[host.size()] == ':' || place[host.size()] == '/');
         });
}

bool is_tenant_name(std::string_view text) {
  return text.size() <= 64 && is_line(text);
}

const value::text key_url{"a URL https://host, or http://localhost, without user and fragment", is_key_url};
const value::text tenant_name{"a tenant's id", is_tenant_name};

/// A secret that is sent in a header: what isn't visible ASCII would break or forge one.
value::text key_text(std::size_t least) {
  return {least > 1 ? "at least " + std::to_string(least) + " visible ASCII characters without blanks"
                    : "visible ASCII characters without blanks",
          [least](std::string_view text) { return text.size() >= least && text.size() <= 8192 && is_printable(text); }};
}

value::text secret_text(std::size_t least) {
  return {"at least " + std::to_string(least) + " bytes",
          [least](std::string_view text) { return text.size() >= least && text.size() <= 8192; }};
}

/// 32 bytes in base64, kept raw.
struct key_bytes {
  std::string rule() const {
    return "32 bytes in base64, such as `openssl rand -base64 32` prints";
  }
  bool parse(std::string_view text, std::optional<secret>& out) const {
    auto raw = decode_base64(text);
    if (!raw || raw->size() != 32)
      return false;
    out = secret{std::move(*raw)};
    return true;
  }
  std::string show(const std::optional<secret>&) const {
    return {};
  }
};

template <class Kind, class Access>
setting<settings> server(const char* key, Kind kind, Access access, const char* meaning) {
  return declare<settings>(
      std::string{"server."} + key, kind, [access](settings & s) -> auto& { return access(s.server); }, meaning);
}

std::vector<setting<settings>> server_part() {
  const value::text address{"an IPv4 or IPv6 address, such as 127.0.0.1, 0.0.0.0 or ::", is_address};
  using s = server_settings;
  return {
      server(
          "bind", address, [](s & v) -> auto& { return v.bind; }, "Address to listen on; `0.0.0.0` or `::` for all"),
      server(
          "port", value::integer{0, 65'535}, [](s & v) -> auto& { return v.port; },
          "Port for HTTP, webhooks and pages; 0 = any free one, told at start"),
      server(
          "tls.certificate", file_path, [](s & v) -> auto& { return v.tls.certificate; },
          "PEM certificate chain; turns on TLS 1.2+"),
      server(
          "tls.key", file_path, [](s & v) -> auto& { return v.tls.key; }, "PEM private key of the certificate"),
      server(
          "body_limit", value::size{kib, 64 * mib}, [](s & v) -> auto& { return v.body_limit; },
          "Largest request body; above: 413"),
      server(
          "header_limit", value::size{kib, mib}, [](s & v) -> auto& { return v.header_limit; },
          "Largest request line with headers; above: 431"),
      server(
          "header_timeout", duration{100ms, 10min}, [](s & v) -> auto& { return v.header_timeout; },
          "From a request's first byte to the end of its headers; above: 408"),
      server(
          "body_timeout", duration{100ms, 10min}, [](s & v) -> auto& { return v.body_timeout; },
          "From the end of the headers to the end of the body; above: 408"),
      server(
          "idle_timeout", duration{100ms, 24h}, [](s & v) -> auto& { return v.idle_timeout; },
          "Between two requests of one connection"),
      server(
          "max_connections", value::integer{1, 1'000'000}, [](s & v) -> auto& { return v.max_connections; },
          "Connections at a time; further ones wait to be accepted"),
      server(
          "threads", value::integer{1, 256}, [](s & v) -> auto& { return v.threads; }, "Network threads"),
      server(
          "metrics_token", key_text(8), [](s & v) -> auto& { return v.metrics_token; },
          "Bearer token that `/metrics` wants; none = open to all who reach the port"),
  };
}

std::vector<setting<settings>> main_part() {
  const value::text storage_url{"sqlite:PATH (PostgreSQL isn't in this version)", [](std::string_view t) {
                                  return t.starts_with("sqlite:") && t.size() > 7 && is_line(t);
                                }};
  const value::text cache_url{"memory: (Redis isn't in this version)",
                              [](std::string_view t) { return t == "memory:"; }};
  auto key = [](const char* name, auto access, const char* meaning) {
    auto out = declare<settings>(name, key_bytes{}, access, meaning);
    out.secret = true;
    return out;
  };
  using s = settings;
  return {
      declare<s>(
          "storage.url", storage_url, [](s & v) -> auto& { return v.storage.url; },
          "The database. An empty one is migrated by the first command that opens it")
          .with("DATABASE_URL"),
      declare<s>(
          "cache.url", cache_url, [](s & v) -> auto& { return v.cache.url; }, "Where caches are kept"),
      declare<s>(
          "agents_dir", directory_path, [](s & v) -> auto& { return v.agents_dir; },
          "Directory of agents (`*.yaml`, `docs/agents.md`); they and its `workflows/ticket_enhancement.yaml` replace "
          "shipped ones of the same name"),
      key(
          "secrets.master_key", [](s & v) -> auto& { return v.master_key; },
          "Encrypts tenants' secrets and journals. None: made beside the database, mode 0600")
          .with("TROUPE_MASTER_KEY"),
      key(
          "secrets.previous_master_key", [](s & v) -> auto& { return v.previous_master_key; },
          "The key before the present one: still opens what it sealed")
          .with("TROUPE_PREVIOUS_MASTER_KEY"),
      declare<s>(
          "auth.jwt.secret", secret_text(32), [](s & v) -> auto& { return v.jwt.secret; },
          "Signs users' tokens (HS256). None, and no key set either: made beside the database, mode 0600"),
      declare<s>(
          "auth.jwt.jwks_url", key_url, [](s & v) -> auto& { return v.jwt.jwks_url; },
          "Key set (JWKS) of the issuer of users' tokens (RS256, ES256, EdDSA); none = only HS256"),
      declare<s>(
          "auth.jwt.jwks_ca_file", file_path, [](s & v) -> auto& { return v.jwt.jwks_ca_file; },
          "PEM file of a further authority trusted for it; none = the system's only"),
      declare<s>(
          "auth.jwt.issuer", any_line, [](s & v) -> auto& { return v.jwt.issuer; },
          "What a token's `iss` must be; none = not checked"),
      declare<s>(
          "auth.jwt.audience", any_line, [](s & v) -> auto& { return v.jwt.audience; },
          "What a token's `aud` must hold; none = not checked"),
      declare<s>(
          "auth.token_ttl", duration{1min, 24h * 366}, [](s & v) -> auto& { return v.auth.token_ttl; },
          "How long a token is valid that was got for a refresh token"),
      declare<s>(
          "auth.refresh_ttl", duration{1min, 24h * 366}, [](s & v) -> auto& { return v.auth.refresh_ttl; },
          "How long a refresh token waits to be used; each use gives a new one"),
      declare<s>(
          "auth.guest_tenant", tenant_name, [](s & v) -> auto& { return v.auth.guest_tenant; },
          "Tenant for which pages of this server get tokens without any login (`docs/authentication.md`); none = off"),
      declare<s>(
          "auth.guest_remote", value::boolean{}, [](s & v) -> auto& { return v.auth.guest_remote; },
          "Give such tokens also where others than this machine can reach the server"),
      declare<s>(
          "admin.token", key_text(16), [](s & v) -> auto& { return v.admin_token; },
          "A first admin token for bootstrapping"),
      declare<s>(
          "limits.messages_per_minute", value::integer{0, 1'000'000},
          [](s & v) -> auto& { return v.limits.messages_per_minute; }, "Chat messages per user; 0 = no limit"),
      declare<s>(
          "limits.requests_per_minute", value::integer{0, 1'000'000},
          [](s & v) -> auto& { return v.limits.requests_per_minute; }, "API requests per user; 0 = no limit"),
      declare<s>(
          "llm.cache_size", value::size{0, 16'384 * mib}, [](s & v) -> auto& { return v.llm.cache_size; },
          "Memory for models' replies in conversations: the very same prompt of the same tenant is answered from "
          "there, "
          "for free; 0 = models are always asked"),
      declare<s>(
          "llm.cache_time", duration{1s, 24h * 7}, [](s & v) -> auto& { return v.llm.cache_time; },
          "How long such a reply serves"),
      declare<s>(
          "jobs.max_in_flight", value::integer{0, 100'000}, [](s & v) -> auto& { return v.jobs.max_in_flight; },
          "Ticket jobs at a time; 0 = as many as the chain's first provider keeps busy, with some to spare"),
      declare<s>(
          "jobs.max_in_flight_per_tenant", value::integer{0, 100'000},
          [](s & v) -> auto& { return v.jobs.max_in_flight_per_tenant; },
          "The same for one tenant; 0 = no limit of its own"),
      declare<s>(
          "conversations.idle_time", duration{0ms, 24h}, [](s & v) -> auto& { return v.conversations.idle_time; },
          "How long a conversation stays in memory after its last use, while there is room"),
      declare<s>(
          "conversations.in_memory", value::integer{1, 10'000'000},
          [](s & v) -> auto& { return v.conversations.in_memory; },
          "From half as many conversations in memory on they leave it sooner, and at once from this many on"),
      declare<s>(
          "search.articles_url", http_url, [](s & v) -> auto& { return v.search.articles_url; },
          "External HTTP knowledge base; none = the imported articles"),
      declare<s>(
          "search.articles_key", key_text(1), [](s & v) -> auto& { return v.search.articles_key; },
          "Bearer token for it"),
      declare<s>(
          "search.articles_ca_file", file_path, [](s & v) -> auto& { return v.search.articles_ca_file; },
          "PEM file of a further authority trusted for it; none = the system's only"),
      declare<s>(
          "search.articles_timeout", duration{100ms, 2min}, [](s & v) -> auto& { return v.search.articles_timeout; },
          "Limit of one call to it"),
      declare<s>(
          "search.articles_cache", duration{0s, 24h * 7}, [](s & v) -> auto& { return v.search.articles_cache; },
          "How long its answers are kept"),
      declare<s>(
          "log.level", value::choice{log_levels, {{"warning", "warn"}, {"critical", "error"}, {"fatal", "error"}}},
          [](s & v) -> auto& { return v.log.level; }, "The least important level that is written")
          .with("LOG_LEVEL"),
      declare<s>(
          "log.format", value::choice{log_formats}, [](s & v) -> auto& { return v.log.format; },
          "`automatic`: text on a terminal, JSON elsewhere"),
  };
}

} // namespace

const std::vector<setting<settings>>& settings_table() {
  static const auto table = [] {
    auto all = server_part();
    for (auto& s : main_part())
      all.push_back(std::move(s));
    return all;
  }();
  return table;
}

const std::vector<setting<provider_settings>>& provider_table() {
  using p = provider_settings;
  const value::text name{"a name of a-z, 0-9, - and _", is_word};
  static const std::vector<setting<p>> table{
      declare<p>(
          "name", name, [](p & v) -> auto& { return v.name; }, "What `llm.chain`, metrics and job records call it"),
      declare<p>(
          "kind", value::choice{provider_kinds}, [](p & v) -> auto& { return v.kind; },
          "`openai`: any OpenAI-compatible endpoint; `anthropic`: Anthropic's Messages; `extractive`: composes notes "
          "without a model"),
      declare<p>(
          "base_url", http_url, [](p & v) -> auto& { return v.base_url; },
          "Up to and including `/v1`; none = `https://api.openai.com/v1` or `https://api.anthropic.com/v1`"),
      declare<p>(
          "api_key", key_text(1), [](p & v) -> auto& { return v.api_key; },
          "Sent to `base_url` and nowhere else; needed at OpenAI's and Anthropic's own addresses"),
      declare<p>(
          "model", any_line, [](p & v) -> auto& { return v.model; }, "Model name as the endpoint knows it"),
      declare<p>(
          "price_per_million.input", value::number{0, 1e6}, [](p & v) -> auto& { return v.input_price; },
          "Dollars per million input tokens"),
      declare<p>(
          "price_per_million.output", value::number{0, 1e6}, [](p & v) -> auto& { return v.output_price; },
          "Dollars per million output tokens"),
      declare<p>(
          "max_concurrency", value::integer{1, 65'536}, [](p & v) -> auto& { return v.max_concurrency; },
          "Calls at a time"),
      declare<p>(
          "queue_limit", value::integer{1, 1'000'000}, [](p & v) -> auto& { return v.queue_limit; },
          "Calls that wait for their turn; further ones go to the next provider"),
      declare<p>(
          "queue_timeout", duration{100ms, 24h}, [](p & v) -> auto& { return v.queue_timeout; },
          "How long a call waits for its first turn before the next provider is tried"),
      declare<p>(
          "requests_per_minute", value::integer{0, 10'000'000}, [](p & v) -> auto& { return v.requests_per_minute; },
          "Calls that begin in any minute; 0 = as many as the provider's own limits let through"),
      declare<p>(
          "tokens_per_minute", value::integer{0, 100'000'000'000}, [](p & v) -> auto& { return v.tokens_per_minute; },
          "Tokens of those calls: estimated as the prompt's bytes / 4 and `max_tokens` until it is known; 0 = as "
          "above"),
      declare<p>(
          "timeout", duration{100ms, 1h}, [](p & v) -> auto& { return v.timeout; },
          "One attempt, answer included; less where the workflow's `synthesize.timeout` leaves less"),
      declare<p>(
          "connect_timeout", duration{10ms, 5min}, [](p & v) -> auto& { return v.connect_timeout; },
          "Until the connection stands, TLS included"),
      declare<p>(
          "first_token_timeout", duration{10ms, 10min}, [](p & v) -> auto& { return v.first_token_timeout; },
          "Of a streamed reply: from the connection to the first token, be it of a thought"),
      declare<p>(
          "silence_timeout", duration{10ms, 10min}, [](p & v) -> auto& { return v.silence_timeout; },
          "Of a streamed reply: from one token to the next"),
      declare<p>(
          "attempts", value::integer{1, 10}, [](p & v) -> auto& { return v.attempts; },
          "Calls in all before the next provider is tried"),
      declare<p>(
          "temperature", value::number{0, 2}, [](p & v) -> auto& { return v.temperature; },
          "Sampling temperature; none = the endpoint's own. Of kind `anthropic`: up to 1, and only sent with the "
          "`api_version` 2023-06-01"),
      declare<p>(
          "max_tokens", value::integer{1, 1'000'000}, [](p & v) -> auto& { return v.max_tokens; }, "Longest reply"),
      declare<p>(
          "api_version", value::choice{messages_versions}, [](p & v) -> auto& { return v.api_version; },
          "Of kind `anthropic`: the version of its API"),
      declare<p>(
          "prompt_cache", value::choice{prompt_caches}, [](p & v) -> auto& { return v.prompt_cache; },
          "Of kind `anthropic`: how long it is asked to keep what agents say in front of every conversation; kept text "
          "is cheaper to read and dearer to write"),
      declare<p>(
          "ca_file", file_path, [](p & v) -> auto& { return v.ca_file; },
          "PEM file of a further trusted authority; none = the system's only"),
  };
  return table;
}

const std::vector<reserved_key>& reserved_keys() {
  static const std::vector<reserved_key> keys{
      {"storage.migration_url", "an owner's login belongs to PostgreSQL, which isn't in this version"},
      {"cluster", "clustering isn't in this version"},
      {"telemetry", "telemetry export isn't in this version"},
  };
  return keys;
}

std::string variable_name(std::string_view key) {
  std::string out = "TROUPE_";
  for (const char c : key)
    out += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

} // namespace troupe::config
