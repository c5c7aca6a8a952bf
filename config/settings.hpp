#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/secret.hpp"

namespace troupe::config {

using std::chrono::milliseconds;

struct tls_settings {
  std::filesystem::path certificate; ///< PEM chain; empty = plain HTTP
  std::filesystem::path key;         ///< PEM private key

  bool enabled() const {
    return !certificate.empty();
  }
};

/// `server.*`: the one listening socket for HTTP, WebSocket, SSE, webhooks and the console.
struct server_settings {
  std::string bind = "127.0.0.1";
  std::uint16_t port = 8080; ///< 0 = any free port, printed at start
  tls_settings tls;
  std::size_t body_limit = 1 << 20;    ///< bytes; above: 413
  std::size_t header_limit = 16 << 10; ///< bytes of request line and headers; above: 431
  milliseconds header_timeout{10'000}; ///< from the first byte of a request to the end of its headers; above: 408
  milliseconds body_timeout{30'000};   ///< from the end of the headers to the end of the body; above: 408
  milliseconds idle_timeout{75'000};   ///< between two requests of one connection
  std::size_t max_connections = 16'384;
  unsigned threads = 1;         ///< network threads
  config::secret metrics_token; ///< bearer token that /metrics wants; empty = none
  /// Origins of browsers' pages that may open sessions beside the server's own, such as `https://app.example`.
  std::vector<std::string> allowed_origins;
};

struct storage_settings {
  std::string url = "sqlite:troupe.db";
};

struct cache_settings {
  std::string url = "memory:";
};

enum class provider_kind : std::uint8_t { openai, anthropic, extractive };

/// `anthropic-version`: the newer one takes no sampling fields.
enum class messages_version : std::uint8_t { v2026_10_21, v2023_06_01 };

/// How long Anthropic keeps what is marked of a prompt.
enum class prompt_cache : std::uint8_t { none, five_minutes, one_hour };

/// One of `llm.providers[]`.
struct provider_settings {
  std::string name;
  provider_kind kind = provider_kind::openai;
  std::string base_url; ///< up to and including `/v1`; no trailing slash
  config::secret api_key;
  std::string model;
  double input_price = 0;              ///< dollars per million tokens
  double output_price = 0;             ///< dollars per million tokens
  std::size_t max_concurrency = 64;    ///< calls at a time
  std::size_t queue_limit = 10'000;    ///< calls that wait for their turn; above: refused
  milliseconds queue_timeout{600'000}; ///< that a call waits for its first turn
  unsigned requests_per_minute = 0;    ///< 0 = as many as the provider lets through
  std::uint64_t tokens_per_minute = 0; ///< likewise; prompt and longest reply together
  milliseconds timeout{30'000};        ///< one attempt, or less where the workflow leaves less
  milliseconds connect_timeout{10'000};
  milliseconds first_token_timeout{10'000}; ///< of a streamed reply: from the connection on
  milliseconds silence_timeout{10'000};     ///< of a streamed reply: between two tokens
  unsigned attempts = 3;                    ///< in all, the first included
  std::optional<double> temperature;
  unsigned max_tokens = 1'500;
  messages_version api_version = messages_version::v2026_10_21;           ///< of kind `anthropic`
  config::prompt_cache prompt_cache = config::prompt_cache::five_minutes; ///< likewise
  std::filesystem::path ca_file; ///< PEM of a further trusted authority; empty = the system's only
};

struct llm_settings {
  std::vector<provider_settings> providers; ///< without any key: one `extractive`
  std::size_t cache_size = 0;               ///< bytes of replies that are kept; 0 = none
  milliseconds cache_time{3'600'000};       ///< that a kept reply serves
  std::vector<std::string> chain;           ///< provider names in order of fallback; `extractive` always stands last
};

struct jwt_settings {
  config::secret secret;              ///< HS256; generated in embedded mode
  std::string jwks_url;               ///< key set for RS256, ES256 and EdDSA; empty = none
  std::filesystem::path jwks_ca_file; ///< PEM of a further trusted authority; empty = the system's only
  std::string issuer;                 ///< empty = not checked
  std::string audience;               ///< empty = not checked
};

/// `auth.*` apart from `auth.jwt`: tokens that troupe issues itself.
struct auth_settings {
  milliseconds token_ttl{std::chrono::hours{24}};
  milliseconds refresh_ttl{std::chrono::hours{24 * 30}}; ///< of a refresh token that isn't used
  std::string guest_tenant;  ///< tenant for whom browsers get tokens without any login; empty = off
  bool guest_remote = false; ///< also where others than this machine reach the server
};

struct limit_settings {
  unsigned messages_per_minute = 60; ///< per user; 0 = no limit
  unsigned requests_per_minute = 10; ///< per user; 0 = no limit
};

/// `search.*`: where articles come from.
struct search_settings {
  std::string articles_url;               ///< external HTTP knowledge base; empty = the local table
  config::secret articles_key;            ///< sent as bearer token; empty = none
  std::filesystem::path articles_ca_file; ///< PEM of a further trusted authority; empty = the system's only
  milliseconds articles_timeout{10'000};
  milliseconds articles_cache{3'600'000};
};

/// `jobs.*`: how many ticket jobs run at a time.
struct job_settings {
  std::size_t max_in_flight = 0;            ///< 0 = from the chain's concurrency
  std::size_t max_in_flight_per_tenant = 0; ///< 0 = no limit below `max_in_flight`
};

/// `conversations.*`: how long they stay in memory.
struct conversation_limits {
  milliseconds idle_time{600'000}; ///< after the last use, while there is room
  std::size_t in_memory = 20'000;  ///< from half as many on they leave sooner
};

enum class log_level : std::uint8_t { trace, debug, info, warn, error, off };
enum class log_format : std::uint8_t { automatic, json, text };

struct log_settings {
  log_level level = log_level::info;
  log_format format = log_format::automatic; ///< text on a terminal, JSON elsewhere
};

/// Everything that can be set. A default-constructed one serves.
struct settings {
  server_settings server;
  storage_settings storage;
  cache_settings cache;
  llm_settings llm;
  search_settings search;
  job_settings jobs;
  conversation_limits conversations;
  std::filesystem::path agents_dir;                  ///< empty = the shipped definitions
  std::optional<config::secret> master_key;          ///< 32 raw bytes
  std::optional<config::secret> previous_master_key; ///< still opens what the last one sealed
  jwt_settings jwt;
  auth_settings auth;
  limit_settings limits;
  log_settings log;
  config::secret admin_token; ///< `TROUPE_ADMIN_TOKEN`
};

} // namespace troupe::config
