#include "net/http/response_parser.hpp"

#include <algorithm>
#include <utility>

#include <boost/beast/http/error.hpp>

#include "net/http/text.hpp"

namespace troupe::net::http {

namespace {

namespace beast_http = boost::beast::http;

constexpr std::size_t max_fields = 256;

} // namespace

response_parser::response_parser(std::size_t max_body, bool head_only, call_response& into)
    : into_{into}, max_body_{max_body} {
  header_limit(static_cast<std::uint32_t>(header_bytes));
  body_limit(max_body);
  skip(head_only);
  into = {};
}

response_parser::step response_parser::put(std::string_view bytes, std::size_t& used) {
  if (head_seen_)
    return put_body(bytes, used);
  auto result = put_head(bytes, used);
  if (result != step::more || !head_seen_)
    return result;
  std::size_t of_body = 0;
  result = put_body(bytes.substr(used), of_body);
  used += of_body;
  return result;
}

response_parser::step response_parser::put_head(std::string_view bytes, std::size_t& used) {
  error_code ec;
  used = basic_parser::put({bytes.data(), bytes.size()}, ec);
  header_used_ += used;
  head_seen_ = is_header_done();
  if (head_seen_ ? header_used_ > header_bytes : header_used_ + bytes.size() - used >= header_bytes)
    return refused("the header of the response is larger than allowed");
  if (ec == beast_http::error::need_more)
    return step::more;
  if (ec == beast_http::error::body_limit)
    return refused("the response is larger than allowed");
  if (ec)
    return refused("the response isn't HTTP: " + ec.message());
  using framing = body_reader::framing;
  auto how = is_done() ? framing::none : chunked_ ? framing::chunked : need_eof() ? framing::to_end : framing::counted;
  body_.begin(how, content_length().value_or(0), max_body_);
  return step::more;
}

response_parser::step response_parser::put_body(std::string_view bytes, std::size_t& used) {
  switch (body_.put(bytes, used, &into_.body)) {
  case body_reader::step::more:
    return step::more;
  case body_reader::step::complete:
    return step::complete;
  case body_reader::step::too_large:
  case body_reader::step::too_wordy:
    return refused("the response is larger than allowed");
  case body_reader::step::malformed:
    return refused("the chunked body of the response isn't well-formed");
  }
  return step::refused;
}

response_parser::step response_parser::put_end() const {
  return head_seen_ && body_.ends_with_input() ? step::complete : step::more;
}

response_parser::step response_parser::refused(std::string_view detail) {
  if (detail_.empty())
    detail_ = detail;
  return step::refused;
}

void response_parser::on_response_impl(int code, text, int, error_code& ec) {
  into_.status = static_cast<unsigned>(code);
  if (code < 100 || code > 599 || code == 101) {
    detail_ = "the response has the status " + std::to_string(code) + ", which nobody asked for";
    ec = beast_http::error::bad_status;
  }
}

void response_parser::on_field_impl(field name, text name_text, text value, error_code& ec) {
  if (++fields_ > max_fields) {
    detail_ = "the response has too many header fields";
    ec = beast_http::error::header_limit;
    return;
  }
  if (name == field::transfer_encoding) {
    if (std::exchange(chunked_, true) || !equal_ignoring_case({value.data(), value.size()}, "chunked")) {
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

} // namespace troupe::net::http
