#include "net/http/stream.hpp"

#include <algorithm>
#include <utility>

#include "net/http/stream_connection.hpp"

namespace troupe::net::http {

namespace {

class streaming final : public takeover {
public:
  streaming(const stream_settings& s, std::unique_ptr<stream_listener> l)
      : parts_{std::make_shared<stream_parts>(s)}, ears_{std::move(l)} {}

  std::shared_ptr<channel> begin(heritage&& left) override {
    return std::make_shared<stream_connection>(std::move(left), std::move(parts_), std::move(ears_));
  }

private:
  std::shared_ptr<const stream_parts> parts_;
  std::unique_ptr<stream_listener> ears_;
};

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  std::copy_if(value.begin(), value.end(), std::back_inserter(out),
               [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
  out += '\n';
}

} // namespace

bool stream::send(shared_bytes bytes) const {
  const auto to = to_.lock();
  return to && to->send(std::move(bytes));
}

void stream::end() const {
  if (const auto to = to_.lock())
    to->ask(channel::letter::kind::end);
}

std::size_t stream::queued() const noexcept {
  const auto to = to_.lock();
  return to && to->is_open() ? to->queued() : 0;
}

bool stream::is_open() const noexcept {
  const auto to = to_.lock();
  return to && to->is_open();
}

response make_stream(const stream_settings& s, std::unique_ptr<stream_listener> l) {
  response result;
  result.content_type = s.content_type;
  result.then = std::make_shared<streaming>(s, std::move(l));
  return result;
}

shared_bytes make_event(std::string_view data, std::string_view id, std::string_view name) {
  std::string text;
  text.reserve(data.size() + id.size() + name.size() + 32);
  if (!id.empty())
    append_line(text, "id: ", id);
  if (!name.empty())
    append_line(text, "event: ", name);
  for (;;) {
    const auto end = data.find_first_of("\r\n");
    text += "data: ";
    text += data.substr(0, end);
    text += '\n';
    if (end == data.npos)
      break;
    data.remove_prefix(end + (data.substr(end, 2) == "\r\n" ? 2 : 1));
  }
  text += '\n';
  return shared_bytes{text};
}

} // namespace troupe::net::http
