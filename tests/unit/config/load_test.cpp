#include "config/load.hpp"

#include "config/base64.hpp"
#include "folder.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using namespace std::chrono_literals;
using namespace troupe::config;

namespace {

struct fixture {
  troupe::testing::folder folder;

  loaded_settings load_text(std::string_view text, const environment& variables = {}) {
    return load(folder.file("troupe.yaml", text), variables);
  }

  std::vector<std::string> faults_of(std::string_view text, const environment& variables = {}) {
    const auto file = folder.file("troupe.yaml", text);
    try {
      load(file, variables);
      return {};
    } catch (const invalid_configuration& e) {
      auto out = e.faults();
      for (auto& f : out)
        if (f.starts_with(file.string()))
          f = f.substr(folder.path().string().size() + 1);
      return out;
    }
  }

  std::string fault_of(std::string_view text, const environment& variables = {}) {
    const auto faults = faults_of(text, variables);
    REQUIRE(faults.size() == 1);
    return faults.front();
  }
};

const std::string key_text = encode_base64(std::string(32, 'k'));

} // namespace

TEST_CASE("without a file and variables everything has its default") {
  const auto loaded = load({}, {});
  CHECK(loaded.warnings.empty());
  const auto& s = loaded.settings;
  CHECK(s.server.bind == "127.0.0.1");
  CHECK(s.server.port == 8080);
  CHECK(s.storage.url == "sqlite:troupe.db");
  CHECK(s.cache.url == "memory:");
  CHECK(s.llm.chain == std::vector<std::string>{"extractive"});
  CHECK_FALSE(s.master_key);
  CHECK(s.jwt.secret.empty());
  CHECK(s.limits.messages_per_minute == 60);
  CHECK(s.limits.requests_per_minute == 10);
}

TEST_CASE_METHOD(fixture, "an empty file serves") {
  CHECK(load_text("").settings.server.port == 8080);
  CHECK(load_text("server:\nlog: {}\nllm: {providers: [], chain: []}\n").settings.server.port == 8080);
}

TEST_CASE_METHOD(fixture, "each kind of value is read from the file") {
  const auto s = load_text("server:\n"
                           "  bind: \"::\"\n"
                           "  port: 0\n"
                           "  body_limit: 2MiB\n"
                           "  idle_timeout: 2m\n"
                           "  tls: {certificate: c.pem, key: k.pem}\n"
                           "storage: {url: sqlite:/var/lib/troupe.db}\n"
                           "secrets: {master_key: "
                           + key_text
                           + "}\n"
                             "auth: {jwt: {secret: 0123456789012345678901234567890123456789, issuer: us}}\n"
                             "limits: {messages_per_minute: 0, requests_per_minute: 0}\n"
                             "log: {level: WARN, format: json}\n")
                     .settings;
  CHECK(s.server.bind == "::");
  CHECK(s.server.port == 0);
  CHECK(s.server.body_limit == 2 << 20);
  CHECK(s.server.idle_timeout == 2min);
  CHECK(s.server.tls.enabled());
  CHECK(s.storage.url == "sqlite:/var/lib/troupe.db");
  REQUIRE(s.master_key);
  CHECK(s.master_key->reveal() == std::string(32, 'k'));
  CHECK(s.jwt.secret.reveal() == "0123456789012345678901234567890123456789");
  CHECK(s.jwt.issuer == "us");
  CHECK(s.limits.messages_per_minute == 0);
  CHECK(s.log.level == log_level::warn);
  CHECK(s.log.format == log_format::json);
}

TEST_CASE_METHOD(fixture, "origins of pages are a list, and each is looked at") {
  using names = std::vector<std::string>;
  CHECK(load_text("").settings.server.allowed_origins.empty());
  CHECK(load_text("server: {allowed_origins: [https://app.example, \"http://localhost:3000\"]}")
            .settings.server.allowed_origins
        == names{"https://app.example", "http://localhost:3000"});
  CHECK(load_text("", {{"TROUPE_SERVER_ALLOWED_ORIGINS", "https://a.example, capacitor://localhost"}})
            .settings.server.allowed_origins
        == names{"https://a.example", "capacitor://localhost"});
  for (const std::string wrong : {"app.example", "https://app.example/", "https://app.example/a", "https://*.example",
                                  "*", "https://App.example", "null", "https://u@app.example", "https://app.example:x"})
    CHECK(fault_of("server: {allowed_origins: [\"" + wrong + "\"]}")
          == "troupe.yaml:1: server.allowed_origins[0]: must be an origin such as https://app.example or "
             "http://localhost:3000, in lower case and without a path; found \""
                 + wrong + "\"");
}

TEST_CASE_METHOD(fixture, "a variable overrides the file") {
  const auto* text = "server: {port: 1}\nlog: {level: error}\n";
  CHECK(load_text(text, {{"TROUPE_SERVER_PORT", "2"}}).settings.server.port == 2);
  CHECK(load_text(text, {{"LOG_LEVEL", "debug"}}).settings.log.level == log_level::debug);
  CHECK(load_text(text, {{"LOG_LEVEL", "debug"}, {"TROUPE_LOG_LEVEL", "off"}}).settings.log.level == log_level::off);
  CHECK(load_text(text, {{"DATABASE_URL", "sqlite:x.db"}}).settings.storage.url == "sqlite:x.db");
  CHECK(load_text(text, {{"TROUPE_ADMIN_TOKEN", "0123456789abcdef"}}).settings.admin_token.reveal()
        == "0123456789abcdef");
  CHECK(load_text(text, {{"TROUPE_MASTER_KEY", key_text}}).settings.master_key->reveal() == std::string(32, 'k'));
}

TEST_CASE_METHOD(fixture, "levels have the names that other programs give them, too") {
  CHECK(load_text("", {{"LOG_LEVEL", "WARNING"}}).settings.log.level == log_level::warn);
  CHECK(load_text("", {{"LOG_LEVEL", "Critical"}}).settings.log.level == log_level::error);
}

TEST_CASE_METHOD(fixture, "an empty variable sets nothing") {
  CHECK(load_text("server: {port: 1}", {{"TROUPE_SERVER_PORT", ""}}).settings.server.port == 1);
  CHECK(load_text("server: {port: '${PORT:-}'}").settings.server.port == 8080);
}

TEST_CASE_METHOD(fixture, "variables are put into the file's values") {
  CHECK(load_text("server: {port: \"${PORT:-99}\"}").settings.server.port == 99);
  CHECK(load_text("server: {port: \"${PORT:-99}\"}", {{"PORT", "77"}}).settings.server.port == 77);
}

TEST_CASE_METHOD(fixture, "a secret is read from a file, without its line break") {
  const auto file = folder.file("jwt", "0123456789012345678901234567890123456789\r\n").string();
  CHECK(load_text("auth: {jwt: {secret_file: " + file + "}}").settings.jwt.secret.reveal().size() == 40);
  CHECK(load_text("", {{"TROUPE_AUTH_JWT_SECRET_FILE", file}}).settings.jwt.secret.reveal().size() == 40);
  const auto key = folder.file("key", key_text + "\n").string();
  CHECK(load_text("", {{"TROUPE_MASTER_KEY_FILE", key}}).settings.master_key);
}

TEST_CASE_METHOD(fixture, "a secret's file that is missing or empty is named") {
  CHECK(fault_of("auth:\n  jwt:\n    secret_file: /none/at/all\n")
        == "troupe.yaml:3: auth.jwt.secret_file: can't read /none/at/all: No such file or directory");
  const auto empty = folder.file("empty", "\n").string();
  CHECK(fault_of("", {{"TROUPE_ADMIN_TOKEN_FILE", empty}}) == "TROUPE_ADMIN_TOKEN_FILE: " + empty + " is empty");
}

TEST_CASE_METHOD(fixture, "a secret given twice is refused") {
  const auto file = folder.file("t", "0123456789abcdef").string();
  CHECK(fault_of("admin: {token: 0123456789abcdef, token_file: " + file + "}")
        == "troupe.yaml:1: admin.token: is set together with admin.token_file");
  CHECK(fault_of("", {{"TROUPE_ADMIN_TOKEN", "0123456789abcdef"}, {"TROUPE_ADMIN_TOKEN_FILE", file}})
        == "TROUPE_ADMIN_TOKEN: is set together with TROUPE_ADMIN_TOKEN_FILE");
}

TEST_CASE_METHOD(fixture, "a wrong value is named with key, rule, value and line") {
  CHECK(fault_of("server:\n  port: 65536\n")
        == "troupe.yaml:2: server.port: must be a whole number from 0 to 65535; found \"65536\"");
  CHECK(fault_of("server: {idle_timeout: 5}")
        == "troupe.yaml:1: server.idle_timeout: must be a duration from 100ms to 1d, such as 500ms, 30s or 5m; found "
           "\"5\"");
  CHECK(fault_of("server: {body_limit: 1MB}").find("a size from 1KiB to 64MiB") != std::string::npos);
  CHECK(fault_of("server: {bind: localhost}").find("an IPv4 or IPv6 address") != std::string::npos);
  CHECK(fault_of("log: {level: loud}").find("one of trace, debug, info, warn, error or off") != std::string::npos);
  CHECK(fault_of("", {{"TROUPE_SERVER_PORT", "x"}})
        == "TROUPE_SERVER_PORT: must be a whole number from 0 to 65535; found \"x\"");
}

TEST_CASE_METHOD(fixture, "a wrong secret isn't shown") {
  const auto fault = fault_of("admin: {token: hunter2}");
  CHECK(fault
        == "troupe.yaml:1: admin.token: must be at least 16 visible ASCII characters without blanks; found 7 bytes");
  CHECK(fault_of("secrets: {master_key: aHVudGVyMg==}").find("aHVud") == std::string::npos);
  CHECK(fault_of("", {{"DATABASE_URL", "postgresql://u:hunter2@h/db"}}).find("hunter2") == std::string::npos);
}

TEST_CASE_METHOD(fixture, "a secret that would forge a header is refused") {
  CHECK(faults_of("", {{"TROUPE_ADMIN_TOKEN", "0123456789abcdef\r\nX: y"}}).size() == 1);
  CHECK(faults_of("search: {articles_key: \"a b\"}").size() == 1);
}

TEST_CASE_METHOD(fixture, "an unknown key is refused with its line and the nearest known one") {
  CHECK(fault_of("server:\n  prt: 1\n") == "troupe.yaml:2: unknown key \"server.prt\"; did you mean \"server.port\"?");
  CHECK(fault_of("servr: {port: 1, bind: x}") == "troupe.yaml:1: unknown key \"servr\"; did you mean \"server\"?");
  CHECK(fault_of("zzzzzzz: 1") == "troupe.yaml:1: unknown key \"zzzzzzz\"");
}

TEST_CASE_METHOD(fixture, "values of the wrong shape are refused") {
  CHECK(fault_of("server: 3") == "troupe.yaml:1: server: is a section: its keys stand below it, indented");
  CHECK(fault_of("server: [1, 2]").find("is a section") != std::string::npos);
  CHECK(fault_of("server: {port: [1]}") == "troupe.yaml:1: server.port: must be a single value");
  CHECK(fault_of("server: {port: {a: 1}}") == "troupe.yaml:1: server.port: must be a single value");
  CHECK(fault_of("llm: {providers: {a: 1}}").find("must be a list") != std::string::npos);
  CHECK(faults_of("llm: {providers: [a]}").front().find("must be a section") != std::string::npos);
  CHECK(fault_of("llm: {chain: {a: 1}}").find("must be a list") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "all faults are told at once, one a line") {
  const auto file = folder.file("troupe.yaml", "server: {port: x, prt: 1}\nlog: {level: loud}\n");
  try {
    load(file, {{"TROUPE_STORAGE_URL", "mysql:x"}});
    FAIL("no fault");
  } catch (const invalid_configuration& e) {
    CHECK(e.faults().size() == 4);
    CHECK(std::ranges::count(std::string_view{e.what()}, '\n') == 3);
  }
}

TEST_CASE_METHOD(fixture, "certificate and key go together") {
  CHECK(fault_of("server: {tls: {certificate: a}}").find("server.tls.key: is missing") != std::string::npos);
  CHECK(fault_of("server: {tls: {key: a}}").find("server.tls.certificate: is missing") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "keys are fetched from https, or from this machine") {
  for (const auto* good : {"https://login.example.com", "https://login.example.com:8443/a/keys?p=b2c_1",
                           "http://localhost:8080/keys", "http://127.0.0.1/keys", "http://[::1]:9/keys"})
    CHECK(faults_of("auth: {jwt: {jwks_url: '" + std::string{good} + "'}}").empty());
  for (const auto* bad :
       {"http://login.example.com/keys", "http://localhost.example.com/keys", "http://127.0.0.1.example.com",
        "https://user:password@x/keys", "https://x/keys#1", "ftp://x", "https://", "/etc/keys.json"})
    CHECK(fault_of("auth: {jwt: {jwks_url: '" + std::string{bad} + "'}}")
              .find("must be a URL https://host, or http://localhost")
          != std::string::npos);
}

TEST_CASE("a key set without issuer or audience is warned of") {
  const auto warnings = [](environment more) {
    more["TROUPE_AUTH_JWT_JWKS_URL"] = "https://login.example.com/keys";
    return load({}, more).warnings;
  };
  REQUIRE(warnings({}).size() == 1);
  CHECK(warnings({}).front().starts_with("auth.jwt.audience isn't set"));
  CHECK(warnings({{"TROUPE_AUTH_JWT_AUDIENCE", "troupe"}}).front().starts_with("auth.jwt.issuer isn't set"));
  CHECK(warnings({{"TROUPE_AUTH_JWT_AUDIENCE", "troupe"}, {"TROUPE_AUTH_JWT_ISSUER", "https://login.example.com"}})
            .empty());
}

TEST_CASE_METHOD(fixture, "what a later version brings is refused where it is asked for") {
  CHECK(fault_of("cluster: {enabled: true}") == "troupe.yaml:1: cluster.enabled: clustering isn't in this version");
  CHECK(fault_of("telemetry: {otlp: {endpoint: http://x}}").find("isn't in this version") != std::string::npos);
  CHECK(fault_of("storage: {migration_url: postgresql://x}").find("isn't in this version") != std::string::npos);
  CHECK(fault_of("cache: {url: redis://x}").find("Redis isn't in this version") != std::string::npos);
  CHECK(fault_of("storage: {url: postgresql://x}").find("PostgreSQL isn't in this version") != std::string::npos);
  CHECK(fault_of("", {{"DATABASE_URL", "postgresql://x"}}).find("PostgreSQL isn't in this version")
        != std::string::npos);
}

TEST_CASE_METHOD(fixture, "what a later version brings may stand there empty") {
  CHECK(faults_of("cluster:\ntelemetry: {otlp: {endpoint: }, sentry_dsn: \"${DSN:-}\"}\n"
                  "storage: {migration_url: }\ncache: {url: 'memory:'}\n")
            .empty());
}

TEST_CASE("variables for a later version are named and don't keep this one from starting") {
  const auto loaded = load({}, {{"REDIS_URL", "redis://x"}, {"LOGFIRE_TOKEN", "t"}});
  REQUIRE(loaded.warnings.size() == 2);
  CHECK(loaded.warnings[0].starts_with("REDIS_URL has no effect"));
  CHECK(loaded.warnings[1].starts_with("LOGFIRE_TOKEN has no effect"));
  CHECK(load({}, {{"REDIS_URL", ""}}).warnings.empty());
}

TEST_CASE("a misspelt variable is named, a foreign one isn't") {
  const auto loaded = load({}, {{"TROUPE_SERVER_PROT", "1"},
                                {"TROUPE_LOGLEVEL", "x"},
                                {"TROUPE_BIN", "x"},
                                {"TROUPE_BENCH_HOME", "x"},
                                {"TROUPE_CONFIG", "x"},
                                {"PATH", "x"}});
  CHECK(loaded.warnings
        == std::vector<std::string>{
            "environment variable TROUPE_LOGLEVEL sets nothing; did you mean \"TROUPE_LOG_LEVEL\"?",
            "environment variable TROUPE_SERVER_PROT sets nothing; did you mean \"TROUPE_SERVER_PORT\"?"});
}

TEST_CASE("a file that isn't there is a fault") {
  CHECK_THROWS_AS(load("/none/troupe.yaml", {}), invalid_configuration);
}

TEST_CASE("the database's file is found in the url") {
  CHECK(database_path("sqlite:a/b.db") == "a/b.db");
  CHECK(database_path("postgresql://x").empty());
}

TEST_CASE("the process's variables are read") {
  CHECK(process_environment().contains("PATH"));
}
