#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/client.hpp"
#include "net/key_set.hpp"

namespace troupe::net::jwt {

struct key_cache_settings {
  std::string url;     ///< where the set is fetched from
  std::string ca_file; ///< PEM of a further trusted authority; empty = the system's only
  std::chrono::milliseconds timeout{5'000};
  std::size_t max_size = 256 << 10;                  ///< bytes of the document
  std::chrono::seconds freshness{15 * 60};           ///< of a set whose `Cache-Control` names no `max-age`
  std::chrono::seconds least_freshness{5 * 60};      ///< whatever `Cache-Control` says
  std::chrono::seconds most_freshness{24 * 60 * 60}; ///< as above
  std::chrono::seconds hard_limit{48 * 60 * 60};     ///< age at which a set isn't used any more
  std::chrono::seconds pause{10};                    ///< at least, from one fetch to the next
  std::size_t waiting = 1'000;                       ///< tokens that may wait for a fetch
};

/// An issuer's key set as it was fetched last. A set that can't be fetched anew stays in use up to the hard limit.
/// Any thread.
class key_cache : public std::enable_shared_from_this<key_cache> {
public:
  using keys_ptr = std::shared_ptr<const key_set>;
  /// Gets the set as it is now; null = there is none.
  using taker = std::function<void(keys_ptr)>;
  /// Any monotonic reading.
  using watch = std::function<std::chrono::nanoseconds()>;
  /// Hears how each fetch went: `new` keys, the `same` as before, or `failed`. On a network thread.
  using tally = std::function<void(std::string_view outcome)>;

  /// How things stand, for health.
  struct standing {
    std::size_t keys = 0; ///< 0 = none that may be used
    std::chrono::seconds age{0};
    std::string fault; ///< of the last fetch; empty = it went well
  };

  /// Throws `std::invalid_argument` for a malformed url or PEM. Nothing is fetched yet.
  static std::shared_ptr<key_cache> make(const http::dialer& dial, key_cache_settings settings, watch now,
                                         tally count = {});

  /// As `close`.
  ~key_cache();

  key_cache(const key_cache&) = delete;
  key_cache& operator=(const key_cache&) = delete;

  /// The set; null when there is none, or only one beyond the hard limit.
  keys_ptr keys() const;

  /// Fetches when the set isn't fresh any more and the last fetch is `pause` ago. Call at start and every now and then.
  void refresh_if_due();

  /// For a token that no known key fits: `done` gets the set once it was fetched anew, on a network thread. False, and
  /// `done` isn't called, when it was fetched a moment ago or too many wait: then the set is as new as it gets.
  bool renew(taker done);

  standing status() const;

  /// Breaks off what is under way: those that wait get what there is. Nothing is fetched any more. Not to be called by
  /// one of them.
  void close();

private:
  key_cache(const http::dialer& dial, key_cache_settings settings, watch now, tally count);

  bool may_begin(std::chrono::nanoseconds now) const;
  void fetch(std::unique_lock<std::mutex>& lock);
  void finish(const http::call_result& result);
  keys_ptr usable(std::chrono::nanoseconds now) const;
  bool keep(keys_ptr fetched, std::chrono::seconds freshness, const std::string& document);

  const key_cache_settings settings_;
  const watch now_;
  const tally count_;
  std::string target_;

  mutable std::mutex mutex_;
  std::shared_ptr<http::caller> caller_; ///< null once it is closed
  keys_ptr keys_;
  std::string document_; ///< what `keys_` was read from
  std::chrono::nanoseconds fetched_at_{0};
  std::chrono::nanoseconds fresh_until_{0};
  std::chrono::nanoseconds begun_at_{0}; ///< the last fetch
  bool begun_ = false;                   ///< ever
  bool fetching_ = false;
  std::string fault_;
  std::vector<taker> waiting_;
};

} // namespace troupe::net::jwt
