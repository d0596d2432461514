// Accepts connections on one address, each as a socket; what runs over it is the caller's choice.
#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "base/result.h"
#include "net/dial.h"
#include "net/worker.h"

namespace net {

class Listener {
 public:
  using Accepted = std::function<void(Socket socket)>;

  /// `accepted` is called from the event loop for each connection until the listener is destroyed.
  Listener(Worker& worker, Accepted accepted);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// `host` is an IP address or "localhost"; port 0 lets the system choose. Accepted sockets have TCP_NODELAY.
  base::Result<void, std::error_code> listen(const std::string& host, std::uint16_t port);
  /// A socket in the file system, removed with the listener.
  base::Result<void, std::error_code> listen_unix(const std::string& path);
  /// "127.0.0.1:1883", "[::1]:1883", or the path.
  const std::string& address() const noexcept { return address_; }
  std::uint16_t port() const noexcept { return port_; }

 private:
  base::Result<void, std::error_code> listen_at(const asio::generic::stream_protocol::endpoint& endpoint);
  void wait_to_accept();
  void accept_ready();

  Worker& worker_;
  Accepted accepted_;
  asio::posix::stream_descriptor listening_;
  asio::steady_timer pause_;
  std::string address_;
  std::string unix_path_;
  std::uint16_t port_ = 0;
};

}  // namespace net
