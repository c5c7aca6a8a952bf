#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/search/found.hpp"
#include "config/settings.hpp"
#include "net/http/client.hpp"

namespace troupe::actors {
class clock;
}

namespace troupe::actors::search {

/// What the external knowledge base needs besides `config::search_settings`.
struct knowledge_base_settings {
  config::search_settings source;
  std::size_t cached_queries = 4'096; ///< answers kept, over all tenants; the longest unused go first
  unsigned breaker_failures = 5;      ///< in a row, after which nothing is asked for `breaker_pause`
  std::chrono::milliseconds breaker_pause{30'000};
  std::chrono::milliseconds stale_limit{7 * 24 * 3'600'000LL}; ///< older answers aren't served even when it is down
};

/// Articles from an HTTP knowledge base: `GET {url}?q=…&limit=N`. Answers are remembered per tenant for the configured
/// time and, past it, served while the source is down (status `cached`). Any thread may call.
class knowledge_base {
public:
  /// Throws `std::invalid_argument` when the url isn't `http://` or `https://` or is malformed, and for an
  /// unreadable `articles_ca_file`.
  knowledge_base(const net::http::dialer& dial, knowledge_base_settings settings, const clock& time);
  /// What is under way is answered, as failed, before this returns. Not to be called from a `done`.
  ~knowledge_base();

  knowledge_base(const knowledge_base&) = delete;
  knowledge_base& operator=(const knowledge_base&) = delete;

  /// Calls `done` exactly once: at once on the caller's thread when the answer is remembered or the breaker is open,
  /// else on a network thread within the time limit.
  void find(const request& what, std::function<void(articles_found)> done);

private:
  struct memory;
  std::shared_ptr<memory> memory_;
  std::unique_ptr<net::http::caller> endpoint_; ///< ends first: it breaks off what is under way
};

} // namespace troupe::actors::search
