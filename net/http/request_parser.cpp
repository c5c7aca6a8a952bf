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

/// Beast waits for the end of the head before it looks at lines; who sends bare line feeds would wait as well.
bool has_bare_line_feed(std::string_view text) noexcept {
  for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1))
    if (at == 0 || text[at - 1] != '\r')
      return true;
  return false;
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
  return head_seen_ ? put_body(bytes, used) : put_head(bytes, used);
}

request_parser::step request_parser::put_head(std::string_view bytes, std::size_t& used) {
  error_code ec;
  bytes_ = bytes;
  used = basic_parser::put({bytes.data(), bytes.size()}, ec);
  header_used_ += used;
  head_seen_ = is_header_done();
  bool too_long = head_seen_ ? header_used_ > limits_.header : header_used_ + bytes.size() - used >= limits_.header;
  if (too_long && (!ec || ec == beast_http::error::need_more))
    ec = beast_http::error::header_limit;
  if (ec == beast_http::error::need_more)
    return has_bare_line_feed(bytes.substr(used)) ? refused(400, "A line of the header ends without CR.") : step::more;
  if (ec)
    return explain(ec);
  using framing = body_reader::framing;
  has_body_ = !is_done();
  body_.begin(has_coding_ ? framing::chunked
              : has_body_ ? framing::counted
                          : framing::none,
              content_length().value_or(0), limits_.body);
  return step::head;
}

request_parser::step request_parser::put_body(std::string_view bytes, std::size_t& used) {
  switch (body_.put(bytes, used, keep_body_ ? &into_.body : nullptr)) {
  case body_reader::step::more:
    return step::more;
  case body_reader::step::complete:
    return step::complete;
  case body_reader::step::too_large:
    return refused(413, "The body is too large.");
  case body_reader::step::too_wordy:
    return refused(431, "The extensions or the trailer of the chunked body are too large.");
  case body_reader::step::malformed:
    return refused(400, "The chunked body isn't well-formed.");
  }
  return step::refused;
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
    else if (!is_authority(value))
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

request_parser::step request_parser::refused(unsigned status, std::string_view detail) {
  if (status_ == 0) {
    status_ = status;
    detail_ = detail;
  }
  if (into_.id.empty())
    make_request_id(into_.id);
  return step::refused;
}

request_parser::step request_parser::explain(error_code ec) {
  using beast_http::error;
  if (ec == error::body_limit)
    return refused(413, "The body is too large.");
  if (ec == error::header_limit || ec == error::buffer_overflow) {
    bool in_request_line = header_used_ == 0 && bytes_.substr(0, limits_.header).find('\n') == bytes_.npos;
    return in_request_line ? refused(414, "The request line is too long.") : refused(431, "The header is too large.");
  }
  if (ec == error::bad_version)
    return refused(400, "The protocol version must be HTTP/1.1 or HTTP/1.0.");
  if (ec == error::bad_method)
    return refused(400, "The request doesn't begin with a method.");
  if (ec == error::bad_target)
    return refused(400, "The request target isn't well-formed.");
  if (ec == error::bad_content_length || ec == error::multiple_content_length || ec == error::bad_transfer_encoding)
    return refused(400, "The length of the body isn't well-defined.");
  return refused(400, "The header isn't well-formed.");
}

} // namespace troupe::net::http
