#pragma once

#include <memory>

#include "config/settings.hpp"
#include "net/http/client.hpp"
#include "net/llm/chat.hpp"

namespace troupe::net::llm {

/// The client of a provider's kind; null for one that needs none. Throws `std::invalid_argument` for a malformed
/// `base_url` or an unreadable `ca_file`.
std::unique_ptr<chat_client> make_client(const http::dialer& dial, const config::provider_settings& settings);

} // namespace troupe::net::llm
