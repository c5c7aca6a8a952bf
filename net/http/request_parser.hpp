#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "net/http/body_reader.hpp"
#include "net/http/message.hpp"

namespace troupe::net::http {

/// Reads one request out of bytes: Beast's grammar of the head, and on top of it everything that could let two programs
/// see different requests in the same bytes is refused. Does no I/O.
class request_parser final : private boost::beast::http::basic_parser<true> {
public:
  struct limits {
    std::size_t header = 16 << 10; ///< bytes of request line and fields
    std::size_t target = 8 << 10;  ///< bytes of the target
    std::size_t fields = 100;
    std::size_t body = 1 << 20; ///< bytes
  };

  enum class step : std::uint8_t {
    more,     ///< give more bytes, those that weren't used in front
    head,     ///< the head is complete; `into` has everything but the body
    complete, ///< the request is complete
    refused,  ///< see `status` and `detail`; nothing more can be read
  };

  /// @param into is filled in, its strings reused; must outlive the parser
  request_parser(const limits& l, request& into);

  /// Takes bytes. `used` is how many of them aren't needed any more. Stops at `head`, goes on when called again.
  step put(std::string_view bytes, std::size_t& used);

  /// Drops the bytes of the body from now on instead of keeping them.
  void discard_body() noexcept {
    keep_body_ = false;
  }

  /// Once the head is complete: whether a body follows, and whether the connection stays afterwards.
  bool has_body() const noexcept {
    return has_body_;
  }
  using basic_parser::keep_alive;

  /// Of a refused request: the status and a sentence.
  unsigned status() const noexcept {
    return status_;
  }
  std::string_view detail() const noexcept {
    return detail_;
  }

  /// Whether `Expect: 100-continue` was there.
  bool expects_continue() const noexcept {
    return expects_continue_;
  }

  /// Whether the request is HTTP/1.1, not 1.0.
  bool is_version_11() const noexcept {
    return version_11_;
  }

private:
  using field = boost::beast::http::field;
  using verb = boost::beast::http::verb;
  using error_code = boost::beast::error_code;
  using text = boost::beast::string_view;

  void on_request_impl(verb, text method, text target, int version, error_code& ec) override;
  void on_response_impl(int, text, int, error_code&) override {}
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

  void refuse(unsigned status, std::string_view detail, error_code& ec) noexcept;
  bool is_folded(text name, text value) const noexcept;
  void check_field(field name, std::string_view value, error_code& ec);
  step put_head(std::string_view bytes, std::size_t& used);
  step put_body(std::string_view bytes, std::size_t& used);
  step refused(unsigned status, std::string_view detail);
  step explain(error_code ec);

  limits limits_;
  request& into_;
  body_reader body_;
  std::string_view bytes_; ///< being parsed
  std::size_t header_used_ = 0;
  std::size_t fields_ = 0;
  std::string_view detail_;
  unsigned status_ = 0;
  std::uint8_t hosts_ = 0;
  std::uint8_t lengths_ = 0;
  std::uint8_t ids_ = 0;
  bool version_11_ = false;
  bool has_coding_ = false;
  bool expects_continue_ = false;
  bool head_seen_ = false;
  bool has_body_ = false;
  bool keep_body_ = true;
};

} // namespace troupe::net::http
