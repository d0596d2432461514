#include "broker/serve.h"

#include "base/format.h"
#include "transport/proxy_header.h"
#include "transport/tls.h"
#include "transport/ws.h"

namespace broker {

namespace {

std::string address_of(const net::Socket& socket) {
  asio::error_code failed;
  const auto endpoint = socket.remote_endpoint(failed);
  if (failed) return "unknown";
  const auto* address = reinterpret_cast<const sockaddr*>(endpoint.data());
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    return base::format("{}:{}", text, ntohs(v4->sin_port));
  }
  if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    return base::format("[{}]:{}", text, ntohs(v6->sin6_port));
  }
  return "local";
}

}  // namespace

/// One network connection: what the hub knows of it, and what the network does.
class Serve::Served final : public Link, public net::ConnectionHandler {
 public:
  Served(Serve& serve, net::Transport transport, net::Socket socket)
      : Link(serve.hub_.server_options(), serve.worker_.pool(), serve.now()), serve_(serve), transport_(transport) {
    address = address_of(socket);
    auto stack = serve.make_stack(transport, [this](std::string client) { address = std::move(client); });
    connection =
        std::make_shared<net::Connection>(serve.worker_, std::move(socket), std::move(stack), server.outbox(), *this);
    connection->set_maximum_packet_size(server.maximum_packet_size());
  }

  std::shared_ptr<net::Connection> connection;
  Time scheduled = Time::max();  ///< where it stands among the deadlines; the real one may have moved on
  bool closing = false;

 private:
  void on_open() override {}
  void on_frame(const wire::Frame& frame) override {
    if (serve_.options_.trace && session != nullptr) {
      serve_.options_.trace(session->client_identifier, server.version(), frame);
    }
    serve_.hub_.handle_frame(serve_.now(), *this, frame);
    if (frame.type() == wire::PacketType::connect) {
      connection->set_version(server.version());
      serve_.schedule(*this);
    }
  }
  void on_fault(const wire::Fault& fault) override { serve_.hub_.handle_fault(serve_.now(), *this, fault); }
  void on_batch_end() override { serve_.end_batch(); }
  void on_writable() override {
    serve_.hub_.handle_writable(serve_.now(), *this);
    serve_.end_batch();
  }
  void on_closed(const transport::Error& error) override {
    if (session == nullptr && !ended && serve_.options_.hub.log) {
      serve_.options_.hub.log(base::format("connection from {} ended before CONNACK: {}", address, error.message));
    }
    Serve& serve = serve_;
    serve.hub_.handle_closed(serve.now(), *this, ending(error));
    serve.forget(*this);
    serve.end_batch();
  }
  Ending ending(const transport::Error& error) const {
    if (error.code == std::errc::connection_reset) return Ending::reset;
    if (connection->within_packet()) return Ending::half_packet;
    if (transport_ == net::Transport::tcp || connection->peer_said_goodbye()) return Ending::closed;
    return net::websocket(transport_) ? Ending::websocket_cut : Ending::tls_cut;
  }

  Serve& serve_;
  net::Transport transport_;
};

Serve::Serve(net::Worker& worker, ServeOptions options)
    : worker_(worker), options_(std::move(options)), hub_(options_.hub, session::Clock::now()), timer_(worker.io()) {
  auto websocket = std::make_shared<transport::WsServerOptions>();
  if (!options_.websocket_path.empty()) websocket->paths.push_back(options_.websocket_path);
  websocket_ = std::move(websocket);
  wait();
}

Serve::~Serve() {
  for (const auto& [each, served] : served_) served->connection->close();
}

base::Result<void, Serve::NotBound> Serve::listen() {
  for (const ListenerOptions& each : options_.listeners) {
    auto listener = std::make_unique<net::Listener>(
        worker_, [this, transport = each.transport](net::Socket socket) { accepted(std::move(socket), transport); });
    if (const auto listening = listener->listen(each.host, each.port); !listening) {
      return base::unexpected(NotBound{each, listening.error()});
    }
    bound_.push_back({each.transport, listener->address()});
    listeners_.push_back(std::move(listener));
  }
  return {};
}

void Serve::accepted(net::Socket socket, net::Transport transport) {
  if (served_.size() >= options_.hub.maximum_connections + options_.sockets_besides) return;  // closes it
  now_is_fresh_ = false;
  auto made = std::make_unique<Served>(*this, transport, std::move(socket));
  Served& served = *made;
  served_.emplace(&served, std::move(made));
  schedule(served);
  served.connection->start();
  end_batch();
}

transport::Stack Serve::make_stack(net::Transport transport, std::function<void(std::string)> client) const {
  std::vector<std::unique_ptr<transport::Layer>> layers;
  if (options_.proxy_protocol) layers.push_back(transport::make_proxy_header(std::move(client)));
  if (net::encrypted(transport)) layers.push_back(transport::make_tls_server(options_.tls));
  if (net::websocket(transport)) layers.push_back(transport::make_ws_server(websocket_));
  return transport::Stack(std::move(layers));
}

Time Serve::now() {
  if (!std::exchange(now_is_fresh_, true)) now_ = session::Clock::now();
  return now_;
}

void Serve::end_batch() {
  settle();
  wait();
  now_is_fresh_ = false;
}

/// Sends what the hub has put into outboxes, once for each connection, and closes those that have ended.
void Serve::settle() {
  while (Link* link = hub_.poll_touched()) {
    auto& served = static_cast<Served&>(*link);
    if (served.closing) continue;
    if (served.ended) {
      close_in_order(served);
      continue;
    }
    served.connection->flush();
    const bool more = served.session != nullptr && !served.session->queue.empty();
    if (more && !served.connection->stuck()) hub_.handle_writable(now(), served);
  }
}

void Serve::close_in_order(Served& served) {
  served.closing = true;
  if (served.connection->closed()) return;  // it has failed, and `on_closed` is on its way
  served.connection->close_in_order([this, &served](const auto&) {
    hub_.handle_closed(now(), served);
    forget(served);
    end_batch();
  });
}

void Serve::forget(Served& served) {
  deadlines_.erase({served.scheduled, &served});
  served_.erase(&served);
  if (served_.empty() && done_) std::exchange(done_, nullptr)();
}

void Serve::shut_down(std::function<void()> done) {
  listeners_.clear();
  done_ = std::move(done);
  if (served_.empty()) return std::exchange(done_, nullptr)();
  hub_.shut_down(now());
  settle();
  for (const auto& [each, served] : served_) {
    served->ended = true;
    if (!served->closing) close_in_order(*served);
  }
  end_batch();
}

// Time.

/// A deadline only moves later while packets come; so it is looked at again when the old one passes.
void Serve::schedule(Served& served) {
  deadlines_.erase({served.scheduled, &served});
  served.scheduled = served.server.deadline();
  if (served.scheduled != Time::max()) deadlines_.emplace(served.scheduled, &served);
}

void Serve::wait() {
  const Time first = deadlines_.empty() ? Time::max() : deadlines_.begin()->first;
  const Time due = std::min(hub_.deadline(), first);
  if (due == timer_due_) return;
  timer_due_ = due;
  if (due == Time::max()) {
    timer_.cancel();
    return;
  }
  timer_.expires_at(due);
  timer_.async_wait([this](asio::error_code cancelled) {
    if (!cancelled) handle_deadlines();
  });
}

void Serve::handle_deadlines() {
  timer_due_ = Time::max();
  now_is_fresh_ = false;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now()) {
    Served& served = *deadlines_.begin()->second;
    const bool due = served.server.deadline() <= now() && !served.ended;
    if (due) hub_.handle_link_timeout(now(), served);
    deadlines_.erase(deadlines_.begin());
    served.scheduled = Time::max();
    if (!served.ended) schedule(served);
  }
  hub_.handle_timeout(now());
  end_batch();
}

}  // namespace broker
