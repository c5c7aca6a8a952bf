#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "net/http/body_reader.hpp"
#include "net/http/client.hpp"

namespace troupe::net::http {

/// Reads one response out of bytes, interim ones (1xx) included. Does no I/O.
class response_parser final : private boost::beast::http::basic_parser<false> {
public:
  enum class step : std::uint8_t {
    more,     ///< give more bytes, those that weren't used in front
    complete, ///< the response is complete
    refused,  ///< see `detail`
  };

  static constexpr std::size_t header_bytes = 64 << 10;

  /// @param head_only the request was HEAD: no body follows
  response_parser(std::size_t max_body, bool head_only, call_response& into);

  /// Takes bytes. `used` is how many of them aren't needed any more.
  step put(std::string_view bytes, std::size_t& used);

  /// The peer has ended its direction: `complete` when that is how the body ends, else `more`.
  step put_end() const;

  /// Of a complete response: whether the connection can carry another call.
  using basic_parser::keep_alive;

  /// Whether status and header fields are complete.
  bool has_head() const noexcept {
    return head_seen_;
  }

  /// Whether the message is an interim one, which another follows.
  bool is_interim() const noexcept {
    return into_.status < 200;
  }

  std::string_view detail() const noexcept {
    return detail_;
  }

private:
  using field = boost::beast::http::field;
  using verb = boost::beast::http::verb;
  using error_code = boost::beast::error_code;
  using text = boost::beast::string_view;

  void on_request_impl(verb, text, text, int, error_code&) override {}
  void on_response_impl(int code, text reason, int version, error_code& ec) override;
  void on_field_impl(field name, text name_text, text value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(text body, error_code&) override {
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, text body, error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  step put_head(std::string_view bytes, std::size_t& used);
  step put_body(std::string_view bytes, std::size_t& used);
  step refused(std::string_view detail);

  call_response& into_;
  body_reader body_;
  std::size_t max_body_;
  std::string detail_;
  std::size_t header_used_ = 0;
  std::size_t fields_ = 0;
  bool chunked_ = false;
  bool head_seen_ = false;
};

} // namespace troupe::net::http
