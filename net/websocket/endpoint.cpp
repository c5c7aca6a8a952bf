#include "net/websocket/endpoint.hpp"

#include <utility>

#include "net/websocket/connection.hpp"
#include "net/websocket/handshake.hpp"

namespace troupe::net::websocket {

namespace {

class upgrade final : public http::takeover {
public:
  upgrade(std::shared_ptr<endpoint_parts> parts, std::unique_ptr<listener> l, bool admitted)
      : parts_{std::move(parts)}, ears_{std::move(l)}, admitted_{admitted} {}

  std::shared_ptr<http::channel> begin(heritage&& left) override {
    return std::make_shared<connection>(std::move(left), std::move(parts_), std::move(ears_), admitted_);
  }

private:
  std::shared_ptr<endpoint_parts> parts_;
  std::unique_ptr<listener> ears_;
  bool admitted_;
};

} // namespace

endpoint::endpoint(settings s, config::metrics& metrics)
    : parts_{std::make_shared<endpoint_parts>(std::move(s), metrics)} {}

http::response endpoint::accept(const http::request& r, std::unique_ptr<listener> l, bool admitted) const {
  auto result = answer_handshake(r, parts_->rules);
  if (result.status == 101)
    result.then = std::make_shared<upgrade>(parts_, std::move(l), admitted);
  else
    parts_->count.refused();
  return result;
}

} // namespace troupe::net::websocket
