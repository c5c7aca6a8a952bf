#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/http/message.hpp"
#include "net/http/reply.hpp"

namespace troupe::net::http {

/// Handles a request. Runs on a network thread and must not block; may keep `reply` and call it later. The request
/// stays valid until `reply` was called. What it throws becomes a 500.
using handler = std::function<void(const request&, reply)>;

/// Whether handlers of a route hear of clients that go before they are answered.
enum class leaving : std::uint8_t {
  ignored, ///< what was begun goes on
  told,    ///< by `request::gone`. A client that ends its direction of the connection counts as gone
};

/// One pattern with the methods it answers.
struct route_entry {
  struct operation {
    std::string method;
    handler handle;
    std::string content_type; ///< lower case, without parameters; empty = anything
    leaving when_gone = leaving::ignored;
  };

  std::string pattern;
  std::vector<std::string> segments; ///< of the pattern; `{name}` is kept as written
  std::vector<operation> operations;
  std::string allow;      ///< value of the `Allow` header
  std::size_t number = 0; ///< in order of the first `add` of the pattern, from 0

  /// Null when the pattern doesn't know the method.
  const operation* find(std::string_view method) const noexcept;
};

/// Maps method and path to handlers. `{name}` in a pattern matches one non-empty segment; a literal segment wins over
/// a parameter. Filled before the server starts, read by many threads afterwards.
class router {
public:
  /// @param content_type what a body must be, such as `application/json` (415 otherwise); empty = anything
  /// Throws `std::invalid_argument` for a pattern without leading `/` and for a method of a pattern added twice.
  void add(std::string_view method, std::string_view pattern, handler h, std::string_view content_type = {},
           leaving when_gone = leaving::ignored);

  /// What is to be done with a request's head.
  struct match {
    const route_entry* path = nullptr;             ///< null: unknown path
    const route_entry::operation* found = nullptr; ///< null: to be refused with `refusal`
    unsigned refusal = 0;                          ///< 404, 405 or 415
  };

  /// Looks up method, path and content type; fills in `r.parameters` when found. HEAD is answered by GET.
  match find(request& r) const;

  /// The answer to a request that `find` refused.
  static response refuse(const match& m, const request& r);

  /// Finds and handles. Unknown path: 404; wrong method: 405 with `Allow`; wrong media type: 415.
  void route(request& r, const reply& done) const;

  /// The routes by number.
  const std::vector<std::unique_ptr<route_entry>>& routes() const noexcept {
    return routes_;
  }

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  const route_entry* find_path(std::string_view path, request& r) const;

  std::vector<std::unique_ptr<route_entry>> routes_;
  std::unordered_map<std::string, route_entry*, text_hash, std::equal_to<>> literal_;
  std::vector<std::vector<const route_entry*>> by_segments_; ///< with parameters; by number of segments
};

} // namespace troupe::net::http
