#include "net/dial.h"

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <fcntl.h>
#include <list>
#include <vector>

#include "net/local_address.h"

namespace net {
namespace {

using transport::Error;
using transport::Kind;
using transport::Stage;
using Endpoint = asio::generic::stream_protocol::endpoint;
using Tcp = asio::ip::tcp;

/// How long one address has before the next one is tried beside it (RFC 8305 section 5).
constexpr auto attempt_delay = std::chrono::milliseconds(250);

/// Addresses of both families in turn, the resolver's first choice first (RFC 8305 section 4).
std::vector<Endpoint> interleave(const std::vector<Tcp::endpoint>& resolved) {
  std::vector<Endpoint> ordered;
  std::vector<Tcp::endpoint> first, second;
  for (const auto& endpoint : resolved) {
    const bool same_family = endpoint.protocol() == resolved.front().protocol();
    (same_family ? first : second).push_back(endpoint);
  }
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) ordered.emplace_back(first[i]);
    if (i < second.size()) ordered.emplace_back(second[i]);
  }
  return ordered;
}

/// What needs no resolver: literals, and localhost, which RFC 6761 fixes to the loopback addresses.
std::vector<Tcp::endpoint> known_addresses(const std::string& host, std::uint16_t port) {
  asio::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (!error) return {{address, port}};
  if (host == "localhost") return {{asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}};
  return {};
}

class SocketDial final : public Dial {
 public:
  SocketDial(Worker& worker, std::string bind_address, bool no_delay, Done done)
      : io_(worker.io()),
        resolver_(io_),
        next_attempt_(io_),
        bind_address_(std::move(bind_address)),
        no_delay_(no_delay),
        done_(std::move(done)) {}

  void start(const std::string& host, std::uint16_t port) {
    auto known = known_addresses(host, port);
    if (!known.empty()) return start_at(interleave(known));
    const auto resolved = [self = shared()](asio::error_code error, const Tcp::resolver::results_type& results) {
      if (error) return self->fail({Stage::resolve, Kind::not_resolved, error, error.message()});
      std::vector<Tcp::endpoint> endpoints;
      for (const auto& entry : results) endpoints.push_back(entry.endpoint());
      self->start_at(interleave(endpoints));
    };
    resolver_.async_resolve(host, std::to_string(port), Tcp::resolver::numeric_service, resolved);
  }

  void start_at(std::vector<Endpoint> endpoints) {
    stage_ = Stage::connect;
    endpoints_ = std::move(endpoints);
    attempt();
  }

  void cancel() override {
    done_ = nullptr;
    stop();
  }
  Stage stage() const noexcept override { return stage_; }

 private:
  using Attempt = std::list<Socket>::iterator;

  std::shared_ptr<SocketDial> shared() { return std::static_pointer_cast<SocketDial>(shared_from_this()); }

  void stop() {
    resolver_.cancel();
    next_attempt_.cancel();
    for (auto& socket : attempts_) {
      asio::error_code ignored;
      socket.close(ignored);
    }
  }

  void attempt() {
    if (!done_ || next_ == endpoints_.size()) return;
    const Endpoint endpoint = endpoints_[next_++];
    const Attempt socket = attempts_.emplace(attempts_.end(), io_);
    asio::error_code error;
    socket->open(endpoint.protocol(), error);
    // Programs that commands start must not keep the connection open.
    if (!error) ::fcntl(socket->native_handle(), F_SETFD, FD_CLOEXEC);
    if (!error && !bind_address_.empty()) error = bind_to(*socket, bind_address_, endpoint.protocol().family());
    if (error) {
      asio::post(io_, [self = shared(), socket, error] { self->attempted(socket, error); });
    } else {
      socket->async_connect(endpoint,
                            [self = shared(), socket](asio::error_code result) { self->attempted(socket, result); });
    }
    if (next_ == endpoints_.size()) return;
    next_attempt_.expires_after(attempt_delay);
    next_attempt_.async_wait([self = shared()](asio::error_code cancelled) {
      if (!cancelled) self->attempt();
    });
  }

  void attempted(Attempt socket, asio::error_code error) {
    if (!done_) return;
    if (!error) return succeed(socket);
    if (!first_error_) first_error_ = error;
    attempts_.erase(socket);
    if (next_ < endpoints_.size()) {
      next_attempt_.cancel();
      attempt();
    } else if (attempts_.empty()) {
      fail({Stage::connect, Kind::system, first_error_, first_error_.message()});
    }
  }

  void succeed(Attempt socket) {
    Socket connected = std::move(*socket);
    attempts_.erase(socket);
    asio::error_code ignored;
    if (no_delay_ && connected.local_endpoint(ignored).protocol().family() != AF_UNIX) {
      connected.set_option(Tcp::no_delay(true), ignored);
    }
    stop();
    std::exchange(done_, nullptr)(std::move(connected));
  }

  void fail(Error error) {
    if (!done_) return;
    // Asio has a category of its own for what the system says; the rest of us speak the standard one.
    if (error.code.category() == asio::system_category()) error.code = {error.code.value(), std::system_category()};
    stop();
    std::exchange(done_, nullptr)(base::unexpected<Error>(std::move(error)));
  }

  asio::io_context& io_;
  Tcp::resolver resolver_;
  asio::steady_timer next_attempt_;
  std::string bind_address_;
  bool no_delay_;
  Done done_;
  Stage stage_ = Stage::resolve;
  std::vector<Endpoint> endpoints_;
  std::size_t next_ = 0;
  std::list<Socket> attempts_;
  asio::error_code first_error_;
};

}  // namespace

std::shared_ptr<Dial> dial(Worker& worker, const ConnectSettings& settings, Dial::Done done) {
  auto made = std::make_shared<SocketDial>(worker, settings.bind_address, settings.no_delay, std::move(done));
  if (!settings.unix_path.empty()) {
    made->start_at({asio::local::stream_protocol::endpoint(settings.unix_path)});
  } else if (settings.proxy) {
    made->start(settings.proxy->host, settings.proxy->port);
  } else {
    made->start(settings.host, settings.port);
  }
  return made;
}

}  // namespace net
