#include "net/json/reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace troupe::net::json {

namespace {

constexpr std::size_t member_limit = 64;

type type_of(char c) noexcept {
  switch (c) {
  case '{':
    return type::object;
  case '[':
    return type::array;
  case '"':
    return type::string;
  case 't':
  case 'f':
    return type::boolean;
  case 'n':
    return type::null;
  default:
    return c == '-' || (c >= '0' && c <= '9') ? type::number : type::none;
  }
}

/// Tells most names apart without a look at their text. Equal names have equal fingerprints.
std::uint64_t fingerprint(std::string_view name) noexcept {
  std::uint64_t result = name.size();
  for (const auto c : name.substr(0, 16))
    result = result * 0x100000001b3ULL ^ static_cast<unsigned char>(c);
  return result;
}

} // namespace

std::string_view name_of(type what) noexcept {
  switch (what) {
  case type::object:
    return "object";
  case type::array:
    return "array";
  case type::string:
    return "string";
  case type::number:
    return "number";
  case type::boolean:
    return "boolean";
  case type::null:
    return "null";
  case type::none:
    break;
  }
  return "nothing";
}

std::string pointer_step(std::string_view text) {
  if (text.size() > 64) {
    std::size_t end = 64;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
      --end;
    text = text.substr(0, end);
  }
  std::string result = "/";
  for (const auto c : text) {
    if (c == '~')
      result += "~0";
    else if (c == '/')
      result += "~1";
    else
      result += c;
  }
  return result;
}

reader::reader(std::string_view text, strictness how, unsigned max_depth)
    : begin_{text.data()}, at_{text.data()}, end_{text.data() + text.size()}, how_{how}, max_depth_{std::min(
                                                                                             max_depth, depth_limit)} {
  // nop
}

std::string reader::pointer() const {
  std::string result;
  for (unsigned i = 0; i < depth_; ++i) {
    const auto& level = frames_[i];
    if (!level.inside)
      break;
    result += level.is_object ? pointer_step(level.name) : "/" + std::to_string(level.index);
  }
  return result;
}

bool reader::fail(std::string_view message) {
  if (!fault_) {
    fault_.emplace();
    fault_->pointer = pointer();
    fault_->offset = static_cast<std::size_t>(at_ - begin_);
    fault_->message = message;
    fault_->message += " (byte " + std::to_string(fault_->offset) + ")";
  }
  at_ = end_;
  return false;
}

bool reader::fail_expecting(std::string_view wanted) {
  std::string message = "isn't valid JSON: expected ";
  message += wanted;
  if (at_ == end_)
    message += ", found the end";
  return fail(message);
}

void reader::skip_space() noexcept {
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'))
    ++at_;
}

bool reader::at_value() {
  if (fault_)
    return false;
  skip_space();
  return at_ != end_ || fail_expecting("a value");
}

type reader::peek() {
  if (!at_value())
    return type::none;
  const auto result = type_of(*at_);
  if (result == type::none)
    fail_expecting("a value");
  return result;
}

bool reader::enter(type what) {
  const auto found = peek();
  if (found == type::none)
    return false;
  if (found != what)
    return fail("must be an " + std::string{name_of(what)} + ", found " + std::string{name_of(found)});
  if (depth_ == max_depth_)
    return fail("is nested deeper than " + std::to_string(max_depth_) + " levels");
  ++at_;
  auto& level = frames_[depth_++];
  level = {.is_object = what == type::object,
           .first = true,
           .inside = false,
           .index = 0,
           .keys_before = keys_.size(),
           .name = {}};
  return true;
}

bool reader::enter_object() {
  return enter(type::object);
}

bool reader::enter_array() {
  return enter(type::array);
}

bool reader::separated(char close) {
  if (fault_)
    return false;
  auto& level = frames_[depth_ - 1];
  level.inside = false;
  skip_space();
  if (at_ != end_ && *at_ == close) {
    ++at_;
    keys_.resize(level.keys_before);
    --depth_;
    return false;
  }
  if (!level.first) {
    if (at_ == end_ || *at_ != ',')
      return fail_expecting(close == '}' ? "',' or '}'" : "',' or ']'");
    ++at_;
    ++level.index;
    skip_space();
  }
  level.first = false;
  return true;
}

bool reader::remember(std::string_view name) {
  const auto before = frames_[depth_ - 1].keys_before;
  if (keys_.size() - before == member_limit)
    return fail("has more than " + std::to_string(member_limit) + " members");
  const auto print = fingerprint(name);
  for (auto i = before; i < keys_.size(); ++i)
    if (keys_[i].fingerprint == print && keys_[i].name == name)
      return fail("occurs twice in one object");
  keys_.push_back({print, name});
  return true;
}

bool reader::next_member(std::string_view& name) {
  if (!separated('}'))
    return false;
  if (at_ == end_ || *at_ != '"')
    return fail_expecting("a member's name in quotation marks");
  std::string decoded;
  std::size_t characters = 0;
  if (!scan_string(name, decoded, characters))
    return false;
  if (!decoded.empty()) {
    decoded_names_.push_back(std::make_unique<std::string>(std::move(decoded)));
    name = *decoded_names_.back();
  }
  skip_space();
  if (at_ == end_ || *at_ != ':')
    return fail_expecting("':' behind a member's name");
  ++at_;
  auto& level = frames_[depth_ - 1];
  level.name = name;
  level.inside = true;
  return how_ == strictness::lenient || remember(name);
}

bool reader::next_element() {
  if (!separated(']'))
    return false;
  frames_[depth_ - 1].inside = true;
  return true;
}

std::string_view reader::string(std::size_t* characters) {
  const auto found = peek();
  if (found == type::none)
    return {};
  if (found != type::string) {
    fail("must be a string, found " + std::string{name_of(found)});
    return {};
  }
  std::string_view result;
  std::size_t count = 0;
  decoded_.clear();
  if (!scan_string(result, decoded_, count))
    return {};
  if (characters)
    *characters = count;
  return result;
}

std::string_view reader::number() {
  const auto found = peek();
  if (found == type::none)
    return {};
  if (found != type::number) {
    fail("must be a number, found " + std::string{name_of(found)});
    return {};
  }
  const auto* start = at_;
  return scan_number() ? std::string_view{start, static_cast<std::size_t>(at_ - start)} : std::string_view{};
}

bool reader::boolean() {
  const auto found = peek();
  if (found == type::none)
    return false;
  if (found != type::boolean)
    return fail("must be true or false, found " + std::string{name_of(found)});
  const auto value = *at_ == 't';
  return scan_word(value ? "true" : "false") && value;
}

std::string_view reader::raw() {
  if (!at_value())
    return {};
  const auto* start = at_;
  skip();
  return failed() ? std::string_view{} : std::string_view{start, static_cast<std::size_t>(at_ - start)};
}

void reader::skip() {
  std::string_view name;
  switch (peek()) {
  case type::object:
    if (enter_object())
      while (next_member(name))
        skip();
    break;
  case type::array:
    if (enter_array())
      while (next_element())
        skip();
    break;
  case type::string:
    string();
    break;
  case type::number:
    scan_number();
    break;
  case type::boolean:
    boolean();
    break;
  case type::null:
    scan_word("null");
    break;
  case type::none:
    break;
  }
}

std::optional<std::string_view> reader::string_or_skip() {
  if (peek() == type::string) {
    const auto text = string();
    return failed() ? std::nullopt : std::optional{text};
  }
  skip();
  return std::nullopt;
}

std::optional<std::uint64_t> reader::unsigned_or_skip() {
  if (peek() != type::number) {
    skip();
    return std::nullopt;
  }
  const auto text = number();
  std::uint64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (failed() || error != std::errc{} || rest != text.data() + text.size() || value > most)
    return std::nullopt;
  return value;
}

bool reader::finish() {
  if (fault_)
    return false;
  skip_space();
  return at_ == end_ || fail("isn't valid JSON: something follows behind its end");
}

} // namespace troupe::net::json
