#include "net/webhook/signature.hpp"

#include <array>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "config/base64.hpp"
#include "net/digest.hpp"
#include "net/http/text.hpp"

namespace troupe::net::webhook {

namespace {

constexpr std::size_t secret_slots = 2;
constexpr std::size_t candidate_limit = 8;
constexpr std::size_t header_value_limit = 2048;
constexpr std::size_t webhook_id_limit = 256;

/// The signatures that a header offers.
struct candidates {
  std::array<digest256, candidate_limit> digests;
  std::size_t count = 0;
};

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  const auto lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool decode_hex(std::string_view text, digest256& out) noexcept {
  if (text.size() != 2 * out.size())
    return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto high = hex_value(text[2 * i]);
    const auto low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

bool decode_base64(std::string_view text, digest256& out) {
  if (text.size() != 44)
    return false;
  const auto bytes = config::decode_base64(text);
  if (!bytes || bytes->size() != out.size())
    return false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

/// Calls `f` with each non-empty item of a list. False when there are more than `candidate_limit`.
template <class F>
bool each_item(std::string_view list, std::string_view separators, F f) {
  std::size_t count = 0;
  while (!list.empty()) {
    auto end = list.size();
    for (const char separator : separators) // `find_first_of` takes a call a character
      end = std::min(end, list.substr(0, end).find(separator));
    const auto item = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    if (item.empty())
      continue;
    if (++count > candidate_limit)
      return false;
    f(item);
  }
  return true;
}

/// `sha256=<hex>`, one or several with commas or spaces between.
candidates read_servicedesk(std::string_view value) {
  candidates result;
  const auto bounded = each_item(value, ", ", [&](std::string_view item) {
    constexpr std::string_view prefix = "sha256=";
    if (item.starts_with(prefix) && decode_hex(item.substr(prefix.size()), result.digests[result.count]))
      ++result.count;
  });
  return bounded ? result : candidates{};
}

/// `v1,<base64>`, one or several with spaces between; other versions are skipped.
candidates read_standard(std::string_view value) {
  candidates result;
  const auto bounded = each_item(value, " ", [&](std::string_view item) {
    constexpr std::string_view prefix = "v1,";
    if (item.starts_with(prefix) && decode_base64(item.substr(prefix.size()), result.digests[result.count]))
      ++result.count;
  });
  return bounded ? result : candidates{};
}

/// Unix seconds, digits only. Twelve of them reach to the year 33658, and no sum below overflows.
std::optional<unix_seconds> read_timestamp(std::string_view text) {
  std::int64_t seconds = 0;
  if (text.empty() || text.size() > 12 || text.find_first_not_of("0123456789") != text.npos)
    return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return unix_seconds{std::chrono::seconds{seconds}};
}

bool well_formed_id(std::string_view id) noexcept {
  if (id.empty() || id.size() > webhook_id_limit)
    return false;
  for (const auto c : id)
    if (c <= ' ' || c > '~')
      return false;
  return true;
}

bool offered(const candidates& offers, const digest256& computed) noexcept {
  bool found = false;
  for (std::size_t i = 0; i < offers.count; ++i)
    found |= same_digest(offers.digests[i], computed);
  return found;
}

/// Whether one of the secrets makes one of the signatures. All slots are always tried: those without a usable secret
/// with a decoy, those behind one that matched all the same.
template <class KeyOf>
bool matches(const candidates& offers, std::span<const config::secret> secrets,
             std::initializer_list<std::string_view> content, KeyOf key_of, unsigned& hmacs) {
  static const std::string decoy = "whsec_dGhlcmUgaXMgbm8gc2VjcmV0IGhlcmU=";
  bool found = false;
  for (std::size_t slot = 0; slot < secret_slots; ++slot) {
    const bool there = slot < secrets.size();
    const auto key = key_of(there ? secrets[slot].reveal() : decoy);
    const auto usable = key && !key->empty();
    const auto computed = hmac_sha256(usable ? std::string_view{*key} : std::string_view{decoy}, content);
    ++hmacs;
    const bool matched = offered(offers, computed);
    found |= matched && there && usable;
  }
  return found;
}

std::optional<std::string_view> text_key(const std::string& secret) {
  return secret;
}

std::optional<std::string> standard_key(const std::string& secret) {
  constexpr std::string_view prefix = "whsec_";
  return secret.starts_with(prefix) ? config::decode_base64(std::string_view{secret}.substr(prefix.size())) : secret;
}

verdict judge(std::optional<unix_seconds> at, unix_seconds now, std::chrono::seconds window) noexcept {
  if (!at)
    return verdict::untimed;
  if (*at < now - window)
    return verdict::stale;
  return *at > now + window ? verdict::early : verdict::valid;
}

verification verify_servicedesk(const signature_headers& headers, std::string_view body,
                                std::span<const config::secret> secrets, std::optional<unix_seconds> body_timestamp,
                                unix_seconds now, std::chrono::seconds window) {
  verification result;
  const auto offers = read_servicedesk(headers.signature);
  const auto timed = headers.timestamp_present;
  const auto at = timed ? read_timestamp(headers.timestamp) : body_timestamp;
  result.form = timed ? signature_form::timestamp_and_body : signature_form::body;
  if (offers.count == 0 || (timed && !at)) {
    result.verdict = verdict::malformed;
    return result;
  }
  const auto good = timed ? matches(offers, secrets, {headers.timestamp, ".", body}, text_key, result.hmacs)
                          : matches(offers, secrets, {body}, text_key, result.hmacs);
  result.verdict = good ? judge(at, now, window) : verdict::wrong;
  if (result.verdict == verdict::valid)
    result.signed_at = *at;
  return result;
}

verification verify_standard(const signature_headers& headers, std::string_view body,
                             std::span<const config::secret> secrets, unix_seconds now, std::chrono::seconds window) {
  verification result;
  result.form = signature_form::standard;
  const auto offers = read_standard(headers.webhook_signature);
  const auto at = read_timestamp(headers.webhook_timestamp);
  if (offers.count == 0 || !at || !well_formed_id(headers.webhook_id)) {
    result.verdict = verdict::malformed;
    return result;
  }
  const auto good = matches(offers, secrets, {headers.webhook_id, ".", headers.webhook_timestamp, ".", body},
                            standard_key, result.hmacs);
  result.verdict = good ? judge(at, now, window) : verdict::wrong;
  if (result.verdict == verdict::valid) {
    result.signed_at = *at;
    result.webhook_id = headers.webhook_id;
  }
  return result;
}

} // namespace

std::string_view name_of(verdict v) noexcept {
  switch (v) {
  case verdict::valid:
    return "valid";
  case verdict::missing:
    return "missing";
  case verdict::malformed:
    return "malformed";
  case verdict::wrong:
    return "wrong";
  case verdict::untimed:
    return "untimed";
  case verdict::stale:
    return "stale";
  case verdict::early:
    return "early";
  }
  return "unknown";
}

signature_headers find_signature(const std::vector<http::header>& headers) {
  struct slot {
    std::string_view name;
    std::string_view value{};
    bool present = false;
  };
  std::array<slot, 8> slots{{{"x-servicedesk-signature"},
                             {"x-servicedesk-timestamp"},
                             {"svix-id"},
                             {"svix-timestamp"},
                             {"svix-signature"},
                             {"webhook-id"},
                             {"webhook-timestamp"},
                             {"webhook-signature"}}};
  signature_headers result;
  for (const auto& [name, value] : headers)
    for (auto& wanted : slots)
      if (http::equal_ignoring_case(name, wanted.name)) {
        result.repeated |= wanted.present;
        wanted.present = true;
        wanted.value = value;
      }
  const auto base = slots[2].present || slots[3].present || slots[4].present ? 2U : 5U;
  result.signature = slots[0].value;
  result.timestamp = slots[1].value;
  result.timestamp_present = slots[1].present;
  result.webhook_id = slots[base].value;
  result.webhook_timestamp = slots[base + 1].value;
  result.webhook_signature = slots[base + 2].value;
  return result;
}

verification verify(const signature_headers& headers, std::string_view body, std::span<const config::secret> secrets,
                    std::optional<unix_seconds> body_timestamp, unix_seconds now, std::chrono::seconds window) {
  verification result;
  if (headers.repeated || headers.signature.size() > header_value_limit
      || headers.webhook_signature.size() > header_value_limit) {
    result.verdict = verdict::malformed;
    return result;
  }
  if (!headers.signature.empty())
    return verify_servicedesk(headers, body, secrets, body_timestamp, now, window);
  if (!headers.webhook_signature.empty())
    return verify_standard(headers, body, secrets, now, window);
  return result;
}

std::string sign(const config::secret& key, unix_seconds at, std::string_view body) {
  static constexpr char digits[] = "0123456789abcdef";
  const auto timestamp = std::to_string(at.time_since_epoch().count());
  std::string result = "sha256=";
  for (const auto byte : hmac_sha256(key.reveal(), {timestamp, ".", body})) {
    result += digits[byte >> 4];
    result += digits[byte & 15];
  }
  return result;
}

} // namespace troupe::net::webhook
