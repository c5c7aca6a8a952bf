#include "net/websocket/client.hpp"

#include <deque>
#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <openssl/ssl.h>

#include "net/http/tls.hpp"
#include "net/io_threads.hpp"

namespace troupe::net::websocket {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = beast::websocket;
using boost::system::error_code;

class client::connection {
public:
  virtual ~connection() = default;
  virtual void start() = 0;
  virtual void send(std::string text) = 0;
  virtual void close() = 0;
  virtual void drop() = 0;
};

namespace {

using plain_stream = beast::tcp_stream;
using secure_stream = beast::ssl_stream<beast::tcp_stream>;

/// All of it runs on one network thread.
template <class Stream>
class connection final : public client::connection, public std::enable_shared_from_this<connection<Stream>> {
public:
  template <class... Arguments>
  connection(client_settings settings, client::listener told, Arguments&&... arguments)
      : settings_{std::move(settings)}, told_{std::move(told)}, stream_{std::forward<Arguments>(arguments)...} {}

  void start() override {
    asio::co_spawn(stream_.get_executor(), run(this->shared_from_this()), asio::detached);
  }

  void send(std::string text) override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this(), text = std::move(text)]() mutable {
      self->outgoing_.push_back(std::move(text));
      self->write_next();
    });
  }

  void close() override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      self->closing_ = true;
      self->write_next();
    });
  }

  void drop() override {
    told_ = {};
    beast::get_lowest_layer(stream_).close();
  }

private:
  /// @param self keeps this alive for as long as it runs
  static asio::awaitable<void> run(std::shared_ptr<connection> self) {
    ending why;
    try {
      co_await self->open(why);
      if (why.status == 0)
        co_await self->listen();
    } catch (const boost::system::system_error& fault) {
      why.reason = fault.code().message();
    }
    self->open_ = false;
    if (self->stream_.reason().code != ws::close_code::none) {
      why.code = self->stream_.reason().code;
      why.reason = self->stream_.reason().reason.c_str();
    }
    beast::get_lowest_layer(self->stream_).close();
    if (const auto told = std::exchange(self->told_, {}); told.ended)
      told.ended(std::move(why));
  }

  asio::awaitable<void> open(ending& why) {
    auto& wire = beast::get_lowest_layer(stream_);
    const auto& where = settings_.where;
    wire.expires_after(settings_.open_timeout);
    asio::ip::tcp::resolver names{stream_.get_executor()};
    const auto found = co_await names.async_resolve(where.host, std::to_string(where.port), asio::use_awaitable);
    if (!told_.ended) // dropped meanwhile
      throw boost::system::system_error{asio::error::operation_aborted};
    co_await wire.async_connect(found, asio::use_awaitable);
    wire.socket().set_option(asio::ip::tcp::no_delay{true});
    if constexpr (std::is_same_v<Stream, secure_stream>) {
      if (!http::expect_peer(*stream_.next_layer().native_handle(), where.host))
        throw boost::system::system_error{make_error_code(boost::system::errc::invalid_argument)};
      co_await stream_.next_layer().async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    }
    wire.expires_never(); // from here on the stream has limits of its own
    stream_.set_option(ws::stream_base::timeout{settings_.open_timeout, 2 * settings_.keep_alive, true});
    stream_.set_option(ws::stream_base::decorator([this](ws::request_type& request) {
      for (const auto& [name, value] : settings_.headers)
        request.set(name, value);
      if (!settings_.protocol.empty())
        request.set(beast::http::field::sec_websocket_protocol, settings_.protocol);
    }));
    stream_.read_message_max(settings_.message_limit);
    stream_.text(true);
    ws::response_type answer;
    error_code fault;
    co_await stream_.async_handshake(answer, where.authority(), where.base + settings_.target,
                                     asio::redirect_error(asio::use_awaitable, fault));
    if (fault == ws::error::upgrade_declined) {
      why.status = answer.result_int();
      why.reason = "the server answered " + std::to_string(why.status);
      why.body = answer.body();
      co_return;
    }
    if (fault)
      throw boost::system::system_error{fault};
    open_ = true;
    if (told_.opened)
      told_.opened();
    if (closing_ && outgoing_.empty()) { // before anything is listened to, which the write side counts on
      writing_ = true;
      co_await stream_.async_close(ws::close_code::normal, asio::use_awaitable);
    }
    write_next();
  }

  asio::awaitable<void> listen() {
    beast::flat_buffer buffer;
    for (;;) {
      co_await stream_.async_read(buffer, asio::use_awaitable);
      const auto bytes = buffer.cdata();
      if (told_.text)
        told_.text({static_cast<const char*>(bytes.data()), bytes.size()});
      buffer.consume(buffer.size());
    }
  }

  void write_next() {
    if (!open_ || writing_ || (outgoing_.empty() && !closing_))
      return;
    writing_ = true;
    if (outgoing_.empty()) // the reading side sees the server's answer
      return stream_.async_close(ws::close_code::normal, [self = this->shared_from_this()](const error_code&) {});
    sent_ = std::move(outgoing_.front());
    outgoing_.pop_front();
    stream_.async_write(asio::buffer(sent_), [self = this->shared_from_this()](const error_code& fault, std::size_t) {
      self->writing_ = false;
      if (!fault) // the reading side tells why
        self->write_next();
    });
  }

  client_settings settings_;
  client::listener told_;
  ws::stream<Stream, false> stream_;
  std::deque<std::string> outgoing_;
  std::string sent_;
  bool open_ = false;
  bool writing_ = false;
  bool closing_ = false;
};

std::shared_ptr<client::connection> make(io_threads& io, client_settings settings, client::listener told) {
  auto& context = io.context();
  if (!settings.where.secure)
    return std::make_shared<connection<plain_stream>>(std::move(settings), std::move(told), context);
  auto tls = http::make_client_tls(settings.ca_file, {});
  asio::ssl::context trusted{tls.release()};
  return std::make_shared<connection<secure_stream>>(std::move(settings), std::move(told), context, trusted);
}

} // namespace

client::client(io_threads& io, client_settings settings, listener told)
    : io_{io}, connection_{make(io, std::move(settings), std::move(told))} {
  connection_->start();
}

client::~client() {
  io_.run_on(0, [this] { connection_->drop(); });
}

void client::send(std::string text) {
  connection_->send(std::move(text));
}

void client::close() {
  connection_->close();
}

} // namespace troupe::net::websocket
