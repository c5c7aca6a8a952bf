#include "net/http/request_parser.hpp"

#include <algorithm>

#include <boost/beast/http/error.hpp>

#include "net/http/request_id.hpp"
#include "net/http/target.hpp"
#include "net/http/text.hpp"

namespace troupe::net::http {

namespace {

namespace beast_http = boost::beast::http;

std::string_view view(boost::beast::string_view text) noexcept {
  return {text.data(), text.size()};
}

/// RFC 3986 `host [":" port]`, without user information.
bool is_host(std::string_view value) noexcept {
  constexpr std::string_view others = "-._~!$&'()*+,;=%:[]";
  return !value.empty() && value.size() <= 255 && std::all_of(value.begin(), value.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != others.npos;
  });
}

bool is_number(std::string_view value) noexcept {
  return !value.empty() && value.size() <= 18
         && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

request_parser::request_parser(const limits& l, request& into) : limits_{l}, into_{into} {
  header_limit(static_cast<std::uint32_t>(l.header));
  body_limit(l.body);
  into.parameters.clear();
  into.body.clear();
  into.id.clear();
}

request_parser::step request_parser::put(std::string_view bytes, std::size_t& used) {
  used = 0;
  if (is_done())
    return step::complete; // a request without body: `head` was all of it
  bytes_ = bytes;
  for (;;) {
    bool was_head = !is_header_done();
    error_code ec;
    used += basic_parser::put({bytes.data() + used, bytes.size() - used}, ec);
    if (was_head) {
      header_used_ += used;
      bool complete = is_header_done();
      if ((complete && header_used_ > limits_.header)
          || (ec == beast_http::error::need_more && header_used_ + (bytes.size() - used) >= limits_.header))
        ec = beast_http::error::header_limit;
    }
    if (ec == beast_http::error::need_more)
      return step::more;
    if (ec)
      return explain(ec);
    if (!head_seen_) {
      head_seen_ = true;
      return step::head;
    }
    if (is_done())
      return step::complete;
    if (used == bytes.size())
      return step::more;
  }
}

void request_parser::refuse(unsigned status, std::string_view detail, error_code& ec) noexcept {
  status_ = status;
  detail_ = detail;
  ec = beast_http::error::bad_value;
}

void request_parser::on_request_impl(verb, text method, text target, int version, error_code& ec) {
  version_11_ = version == 11;
  if (target.size() > limits_.target)
    return refuse(414, "The request target is too long.", ec);
  if (method.size() > 32)
    return refuse(400, "The method is too long.", ec);
  into_.method.assign(method.data(), method.size());
  if (auto fault = decode_target(view(target), into_.path, into_.query); !fault.empty())
    refuse(400, fault, ec);
}

/// Beast joins a folded value: in a buffer of its own, or by skipping an empty first line.
bool request_parser::is_folded(text name, text value) const noexcept {
  auto* begin = name.data() + name.size() + 1;
  if (value.data() < begin || value.data() > bytes_.data() + bytes_.size())
    return true;
  return !std::all_of(begin, value.data(), is_blank);
}

void request_parser::on_field_impl(field name, text name_text, text value, error_code& ec) {
  if (++fields_ > limits_.fields)
    return refuse(431, "There are too many header fields.", ec);
  if (is_folded(name_text, value))
    return refuse(400, "A header field is folded over several lines.", ec);
  if (head_seen_)
    return; // a trailer: nobody asked for it, and merging it would let it pose as a header
  check_field(name, view(value), ec);
  if (ec)
    return;
  if (equal_ignoring_case(view(name_text), "x-request-id") && ++ids_ == 1 && is_request_id(view(value)))
    into_.id.assign(value.data(), value.size());
  // The strings of an earlier request are written over, which spares their allocation.
  if (fields_ <= into_.headers.size()) {
    into_.headers[fields_ - 1].first.assign(name_text.data(), name_text.size());
    into_.headers[fields_ - 1].second.assign(value.data(), value.size());
  } else {
    into_.headers.emplace_back(view(name_text), view(value));
  }
}

void request_parser::check_field(field name, std::string_view value, error_code& ec) {
  switch (name) {
  case field::host:
    if (++hosts_ > 1)
      refuse(400, "There is more than one Host.", ec);
    else if (!is_host(value))
      refuse(400, "The Host isn't well-formed.", ec);
    break;
  case field::content_length:
    if (++lengths_ > 1)
      refuse(400, "There is more than one Content-Length.", ec);
    else if (!is_number(value))
      refuse(400, "The Content-Length isn't a number.", ec);
    break;
  case field::transfer_encoding:
    if (has_coding_ || !equal_ignoring_case(value, "chunked") || !version_11_)
      refuse(400, "The only Transfer-Encoding known is one chunked, in HTTP/1.1.", ec);
    has_coding_ = true;
    break;
  case field::expect:
    if (!equal_ignoring_case(value, "100-continue"))
      refuse(417, "The only expectation known is 100-continue.", ec);
    expects_continue_ = version_11_;
    break;
  default:
    break;
  }
}

void request_parser::on_header_impl(error_code& ec) {
  into_.headers.resize(fields_);
  if (has_coding_ && lengths_ > 0)
    return refuse(400, "Content-Length and Transfer-Encoding exclude each other.", ec);
  if (version_11_ && hosts_ == 0)
    return refuse(400, "The Host is missing.", ec);
  if (ids_ > 1)
    into_.id.clear();
  if (into_.id.empty())
    make_request_id(into_.id);
}

std::size_t request_parser::on_body_impl(text body, error_code&) {
  if (keep_body_)
    into_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t request_parser::on_chunk_body_impl(std::uint64_t, text body, error_code&) {
  if (keep_body_)
    into_.body.append(body.data(), body.size());
  return body.size();
}

request_parser::step request_parser::explain(error_code ec) noexcept {
  using beast_http::error;
  if (status_ == 0) {
    status_ = 400;
    if (ec == error::body_limit) {
      status_ = 413;
      detail_ = "The body is too large.";
    } else if (ec == error::header_limit || ec == error::buffer_overflow) {
      bool in_request_line = header_used_ == 0 && bytes_.find('\n') == bytes_.npos;
      status_ = in_request_line ? 414 : 431;
      detail_ = in_request_line ? "The request line is too long." : "The header is too large.";
    } else if (ec == error::bad_version) {
      detail_ = "The protocol version must be HTTP/1.1 or HTTP/1.0.";
    } else if (ec == error::bad_method) {
      detail_ = "The request doesn't begin with a method.";
    } else if (ec == error::bad_target) {
      detail_ = "The request target isn't well-formed.";
    } else if (ec == error::bad_content_length || ec == error::multiple_content_length
               || ec == error::bad_transfer_encoding) {
      detail_ = "The length of the body isn't well-defined.";
    } else if (ec == error::bad_chunk || ec == error::bad_chunk_extension) {
      detail_ = "The chunked body isn't well-formed.";
    } else {
      detail_ = "The header isn't well-formed.";
    }
  }
  if (into_.id.empty())
    make_request_id(into_.id);
  return step::refused;
}

} // namespace troupe::net::http
