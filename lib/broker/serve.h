// The hub on real sockets: listeners, connections with their layers, and timers, on one worker.
#pragma once

#include <asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/hub.h"
#include "net/connection.h"
#include "net/listener.h"
#include "net/settings.h"
#include "transport/tls_context.h"
#include "transport/ws_upgrade.h"

namespace broker {

struct ListenerOptions {
  net::Transport transport = net::Transport::tcp;
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;  ///< 0: any free one
};

struct ServeOptions {
  HubOptions hub;
  std::vector<ListenerOptions> listeners;
  std::shared_ptr<const transport::TlsContext> tls;  ///< for tls and wss
  std::string websocket_path;                        ///< empty: any
  bool proxy_protocol = false;                       ///< each connection begins with a PROXY header
  /// Sockets beside those of connected clients: the ones that have not sent CONNECT, or are closing.
  std::size_t sockets_besides = 256;
  /// Each packet that comes in, for a trace; none: no trace.
  std::function<void(std::string_view client_identifier, wire::Version version, const wire::Frame& frame)> trace;
};

class Serve {
 public:
  Serve(net::Worker& worker, ServeOptions options);
  ~Serve();
  Serve(const Serve&) = delete;
  Serve& operator=(const Serve&) = delete;

  /// An address that could not be had, and why.
  struct NotBound {
    ListenerOptions listener;
    std::error_code code;
  };
  base::Result<void, NotBound> listen();
  struct Bound {
    net::Transport transport;
    std::string address;  ///< "127.0.0.1:1883"
  };
  const std::vector<Bound>& bound() const noexcept { return bound_; }

  /// Accepts no more, tells the clients, and calls `done` when all connections are closed.
  void shut_down(std::function<void()> done);

  const Hub& hub() const noexcept { return hub_; }

 private:
  class Served;

  void accepted(net::Socket socket, net::Transport transport);
  transport::Stack make_stack(net::Transport transport, std::function<void(std::string)> client) const;
  /// The clock is read once a batch.
  Time now();
  void end_batch();
  void settle();
  void close_in_order(Served& served);
  void forget(Served& served);
  void schedule(Served& served);
  void wait();
  void handle_deadlines();

  net::Worker& worker_;
  ServeOptions options_;
  Hub hub_;
  std::shared_ptr<const transport::WsServerOptions> websocket_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::vector<Bound> bound_;
  std::unordered_map<Served*, std::unique_ptr<Served>> served_;
  std::set<std::pair<Time, Served*>> deadlines_;
  asio::steady_timer timer_;
  Time timer_due_ = Time::max();
  Time now_{};
  bool now_is_fresh_ = false;
  std::function<void()> done_;
};

}  // namespace broker
