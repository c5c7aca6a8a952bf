#include "net/http/response_parser.hpp"

#include <algorithm>

#include <boost/beast/http/error.hpp>

#include "net/http/text.hpp"

namespace troupe::net::http {

namespace {

namespace beast_http = boost::beast::http;

constexpr std::size_t max_fields = 256;

} // namespace

response_parser::response_parser(std::size_t max_body, bool head_only, call_response& into) : into_{into} {
  header_limit(static_cast<std::uint32_t>(header_bytes));
  body_limit(max_body);
  skip(head_only);
  into = {};
}

response_parser::step response_parser::put(std::string_view bytes, std::size_t& used) {
  used = 0;
  while (!is_done()) {
    bool was_head = !is_header_done();
    error_code ec;
    used += basic_parser::put({bytes.data() + used, bytes.size() - used}, ec);
    if (was_head) {
      header_used_ += used;
      head_seen_ = is_header_done();
    }
    // What isn't used belongs to the head, to the head of a chunk or to a trailer.
    bool too_long = bytes.size() - used >= header_bytes || (!head_seen_ && header_used_ >= header_bytes);
    if (ec == beast_http::error::need_more && !too_long)
      return step::more;
    if (ec || (too_long && !head_seen_)) {
      if (detail_.empty())
        detail_ = ec == beast_http::error::body_limit ? "the response is larger than allowed"
                  : ec == beast_http::error::need_more || ec == beast_http::error::header_limit
                      ? "the header of the response is larger than allowed"
                      : "the response isn't HTTP: " + ec.message();
      return step::refused;
    }
    if (used == bytes.size() && !is_done())
      return step::more;
  }
  return step::complete;
}

response_parser::step response_parser::put_end() {
  if (!is_header_done() || !need_eof())
    return step::more;
  error_code ec;
  put_eof(ec);
  return ec ? step::more : step::complete;
}

void response_parser::on_response_impl(int code, text, int, error_code& ec) {
  into_.status = static_cast<unsigned>(code);
  if (code < 100 || code > 599 || code == 101) {
    detail_ = "the response has the status " + std::to_string(code) + ", which nobody asked for";
    ec = beast_http::error::bad_status;
  }
}

void response_parser::on_field_impl(field name, text name_text, text value, error_code& ec) {
  if (head_seen_)
    return; // a trailer
  if (++fields_ > max_fields) {
    detail_ = "the response has too many header fields";
    ec = beast_http::error::header_limit;
    return;
  }
  if (name == field::transfer_encoding) {
    ++codings_;
    if (codings_ > 1 || !equal_ignoring_case({value.data(), value.size()}, "chunked")) {
      detail_ = "the response has a transfer coding that isn't known";
      ec = beast_http::error::bad_transfer_encoding;
      return;
    }
  }
  into_.headers.emplace_back(std::string_view{name_text.data(), name_text.size()},
                             std::string_view{value.data(), value.size()});
}

void response_parser::on_header_impl(error_code&) {
  if (auto length = content_length(); length && !is_done())
    into_.body.reserve(std::min<std::size_t>(*length, 64 << 10)); // what was only announced costs little
}

std::size_t response_parser::on_body_impl(text body, error_code&) {
  into_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t response_parser::on_chunk_body_impl(std::uint64_t, text body, error_code&) {
  into_.body.append(body.data(), body.size());
  return body.size();
}

} // namespace troupe::net::http
