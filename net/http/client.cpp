#include "net/http/client.hpp"

#include <utility>

#include "net/http/client_pool.hpp"
#include "net/http/text.hpp"
#include "net/io_threads.hpp"

namespace troupe::net::http {

std::string_view call_response::get(std::string_view name) const noexcept {
  for (auto& [key, value] : headers)
    if (equal_ignoring_case(key, name))
      return value;
  return {};
}

dialer::dialer(io_threads& io)
    : connect_{[&io](const endpoint_settings& where) { return std::make_unique<client>(io, where); }} {}

client::client(io_threads& io, const endpoint_settings& settings)
    : io_{io}, thread_{io.next()}, pool_{std::make_shared<client_pool>(io.context(thread_), io.deadlines(thread_),
                                                                       io.names(), settings)} {}

client::~client() {
  io_.run_on(thread_, [this] { pool_->close(); });
}

void client::send(call what, std::function<void(call_result)> done) {
  pool_->submit(std::move(what), std::move(done));
}

} // namespace troupe::net::http
