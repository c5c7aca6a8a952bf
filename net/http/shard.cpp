#include "net/http/shard.hpp"

#include <unistd.h>

#include "net/http/connection.hpp"
#include "net/http/response_writer.hpp"

namespace troupe::net::http {

namespace {

constexpr std::size_t max_spare = 128;
constexpr std::size_t space_size = 64 << 10;

/// The family of a socket is needed to adopt it.
boost::asio::ip::tcp family_of(std::string_view remote_address) {
  return remote_address.find(':') == remote_address.npos ? boost::asio::ip::tcp::v4() : boost::asio::ip::tcp::v6();
}

} // namespace

shard::shard(server_parts& p, boost::asio::io_context& c, deadline_wheel& d)
    : parts{p}, context{c}, deadlines{d}, mail{std::make_shared<channel_inbox>(c)}, inbox_{std::make_shared<inbox>(
                                                                                        c,
                                                                                        [this] { answer_waiting(); })} {
}

shard::~shard() {
  close();
  for (auto* x : spare_)
    x->release();
}

void shard::adopt(int socket, std::string remote_address) {
  boost::system::error_code ec;
  tcp_socket adopted{context};
  adopted.assign(family_of(remote_address), socket, ec);
  if (ec)
    ::close(socket);
  tls_session session;
  if (!ec && parts.tls)
    session = make_server_session(*parts.tls, socket);
  if (ec || is_draining() || (parts.tls && !session)) {
    parts.open.fetch_sub(1);
    return;
  }
  auto added =
      std::make_shared<connection>(*this, transport{std::move(adopted), std::move(session)}, std::move(remote_address));
  added->index = members_.size();
  members_.push_back(added);
  parts.probe.connection_opened();
  added->start();
}

void shard::remove(member& gone) {
  auto keep = members_[gone.index]; // the caller is running in it
  members_[gone.index] = std::move(members_.back());
  members_[gone.index]->index = gone.index;
  members_.pop_back();
  parts.open.fetch_sub(1);
  parts.probe.connection_closed();
  if (members_.empty() && drained_)
    boost::asio::post(context, std::exchange(drained_, [] {}));
}

void shard::replace(member& gone, std::shared_ptr<member> by) {
  by->index = gone.index;
  members_[gone.index] = std::move(by);
}

void shard::adopt(transport wire, std::string remote_address, std::string_view early, member& before) {
  auto added = std::make_shared<connection>(*this, std::move(wire), std::move(remote_address));
  replace(before, added);
  added->go_on(early);
}

void shard::drain(std::function<void()> done) {
  drained_ = std::move(done);
  auto all = members_;
  for (auto& c : all)
    c->drain();
  if (members_.empty())
    std::exchange(drained_, [] {})();
}

void shard::close() {
  inbox_->close();
  mail->close();
  auto all = members_;
  for (auto& c : all)
    c->close();
}

exchange& shard::take_exchange() {
  if (spare_.empty())
    return *new exchange{inbox_};
  auto* x = spare_.back();
  spare_.pop_back();
  return *x;
}

void shard::give_back(exchange& x) {
  x.of = nullptr;
  if (x.is_sole() && spare_.size() < max_spare) {
    x.clear();
    spare_.push_back(&x);
  } else {
    x.release();
  }
}

std::string_view shard::date() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != date_second_) {
    date_second_ = now.tv_sec;
    date_ = http_date();
  }
  return date_;
}

std::span<char> shard::read_space() {
  if (!space_)
    space_ = std::make_unique_for_overwrite<char[]>(space_size);
  return {space_.get(), space_size};
}

void shard::answer_waiting() {
  inbox_->take([](exchange& x) {
    auto* of = x.of;
    x.release(); // an open connection holds it too
    if (of)
      of->answered(x);
  });
}

} // namespace troupe::net::http
