#include "net/listener.h"

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/format.h"

namespace net {
namespace {

/// Connections taken before others have their turn.
constexpr int accepts_in_a_row = 256;
/// Out of descriptors or memory: the queue waits this long for some to come back.
constexpr auto exhausted_pause = std::chrono::milliseconds(50);

std::error_code last_error() { return {errno, std::system_category()}; }

/// Errors of one connection that was gone before it was accepted (accept(2)).
bool concerns_the_peer(int error) {
  return error == ECONNABORTED || error == EINTR || error == EPROTO || error == ENETDOWN || error == ENETUNREACH ||
         error == EHOSTUNREACH || error == ETIMEDOUT;
}

}  // namespace

Listener::Listener(Worker& worker, Accepted accepted)
    : worker_(worker), accepted_(std::move(accepted)), listening_(worker.io()), pause_(worker.io()) {}

Listener::~Listener() {
  if (!unix_path_.empty()) ::unlink(unix_path_.c_str());
}

base::Result<void, std::error_code> Listener::listen(const std::string& host, std::uint16_t port) {
  asio::error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? std::string_view("127.0.0.1") : host, error);
  if (error) return base::unexpected(std::error_code(error));
  const asio::ip::tcp::endpoint endpoint(address, port);
  if (auto listening = listen_at(endpoint); !listening) return listening;
  asio::ip::tcp::endpoint bound;
  socklen_t size = static_cast<socklen_t>(bound.capacity());
  ::getsockname(listening_.native_handle(), bound.data(), &size);
  bound.resize(size);
  port_ = bound.port();
  address_ = address.is_v6() ? base::format("[{}]:{}", address.to_string(), port_)
                             : base::format("{}:{}", address.to_string(), port_);
  return {};
}

base::Result<void, std::error_code> Listener::listen_unix(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return base::unexpected(make_error_code(std::errc::filename_too_long));
  if (auto listening = listen_at(asio::local::stream_protocol::endpoint(path)); !listening) return listening;
  address_ = unix_path_ = path;
  return {};
}

base::Result<void, std::error_code> Listener::listen_at(const asio::generic::stream_protocol::endpoint& endpoint) {
  const int family = endpoint.protocol().family();
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return base::unexpected(last_error());
  listening_.assign(descriptor);
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  const bool bound = ::bind(descriptor, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 &&
                     ::listen(descriptor, SOMAXCONN) == 0;
  if (!bound) return base::unexpected(last_error());
  wait_to_accept();
  return {};
}

void Listener::wait_to_accept() {
  listening_.async_wait(asio::posix::stream_descriptor::wait_read, [this](asio::error_code cancelled) {
    if (!cancelled) accept_ready();
  });
}

void Listener::accept_ready() {
  for (int i = 0; i < accepts_in_a_row; ++i) {
    sockaddr_storage peer;
    socklen_t size = sizeof peer;
    const int descriptor =
        ::accept4(listening_.native_handle(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0 && concerns_the_peer(errno)) continue;
    if (descriptor < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (descriptor < 0) {
      pause_.expires_after(exhausted_pause);
      pause_.async_wait([this](asio::error_code cancelled) {
        if (!cancelled) accept_ready();
      });
      return;
    }
    const int on = 1;
    if (peer.ss_family != AF_UNIX) ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Socket socket(worker_.io());
    socket.assign(asio::generic::stream_protocol(peer.ss_family, 0), descriptor);
    accepted_(std::move(socket));
  }
  wait_to_accept();
}

}  // namespace net
