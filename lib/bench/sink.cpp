#include "bench/sink.h"

#include <initializer_list>

#include "net/connection.h"
#include "transport/tls.h"
#include "transport/ws.h"

namespace bench {
namespace {

/// What may wait for one guest; the rest is dropped.
constexpr std::size_t most_waiting = 4 * 1024 * 1024;

}  // namespace

class Sink::Guest final : private net::ConnectionHandler {
 public:
  Guest(Sink& sink, net::Socket socket) : sink_(sink), outbox_(sink.worker_.pool()) {
    net::ConnectionHandler& self = *this;
    connection_ = std::make_shared<net::Connection>(sink.worker_, std::move(socket), sink.make_stack(), outbox_, self);
    connection_->set_version(sink.version_);
    connection_->start();
  }
  ~Guest() { connection_->close(); }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

 private:
  void on_open() override {}
  void on_fault(const wire::Fault&) override {}
  void on_batch_end() override {}
  void on_writable() override {}
  void on_closed(const transport::Error&) override {}

  void on_frame(const wire::Frame& frame) override {
    using wire::PacketType;
    const base::Bytes body = frame.body();
    const bool properties = sink_.version_ == wire::Version::v5_0;
    switch (frame.type()) {
      case PacketType::connect:
        return properties ? say({0x20, 3, 0, 0, 0}) : say({0x20, 2, 0, 0});
      case PacketType::subscribe:
        return subscribed(body, properties);
      case PacketType::publish:
        return published(frame, body);
      case PacketType::pubrec:
        return say({0x62, 2, body[0], body[1]});
      case PacketType::pubrel:
        return say({0x70, 2, body[0], body[1]});
      case PacketType::pingreq:
        return say({0xD0, 0});
      default:
        return;
    }
  }

  /// Clients that measure ask for one topic, without subscription properties.
  void subscribed(base::Bytes body, bool properties) {
    const std::size_t at = properties ? 3 : 2;
    sink_.routes_.emplace_back(text(body, at), this);
    const std::uint8_t qos = body.back() & 3;
    properties ? say({0x90, 4, body[0], body[1], 0, qos}) : say({0x90, 3, body[0], body[1], qos});
  }

  void published(const wire::Frame& frame, base::Bytes body) {
    const std::string_view topic = text(body, 0);
    const std::uint8_t qos = frame.flags() >> 1 & 3;
    const std::uint8_t* identifier = body.data() + 2 + topic.size();
    if (qos != 0) say({static_cast<std::uint8_t>(qos == 1 ? 0x40 : 0x50), 2, identifier[0], identifier[1]});
    Guest* to = sink_.find(topic);
    if (to == nullptr || to->outbox_.size() + frame.packet.size() > most_waiting) return;
    // One publisher has one subscriber: its packet identifiers can stay.
    to->outbox_.append(frame.packet);
    to->connection_->flush();
  }

  static std::string_view text(base::Bytes body, std::size_t at) {
    const std::size_t size = std::size_t{body[at]} << 8 | body[at + 1];
    return {reinterpret_cast<const char*>(body.data()) + at + 2, size};
  }

  void say(std::initializer_list<std::uint8_t> bytes) { outbox_.append({bytes.begin(), bytes.size()}); }

  Sink& sink_;
  base::Outbox outbox_;
  std::shared_ptr<net::Connection> connection_;
};

Sink::Sink(wire::Version version, net::Transport transport)
    : version_(version), transport_(transport), listener_(worker_, [this](net::Socket socket) {
        guests_.push_back(std::make_unique<Guest>(*this, std::move(socket)));
      }) {}

Sink::~Sink() {
  worker_.io().stop();
  if (thread_.joinable()) thread_.join();
  guests_.clear();
}

std::unique_ptr<Sink> Sink::start(wire::Version version, net::Transport transport) {
  std::unique_ptr<Sink> sink(new Sink(version, transport));
  if (net::encrypted(transport) && !sink->make_certificate()) return nullptr;
  if (!sink->listener_.listen("127.0.0.1", 0)) return nullptr;
  sink->thread_ = std::thread([io = &sink->worker_.io()] { io->run(); });
  return sink;
}

bool Sink::make_certificate() {
  const auto made = transport::make_self_signed({"127.0.0.1"});
  if (!made) return false;
  transport::TlsServerOptions options;
  options.cert_pem = made->cert_pem;
  options.key_pem = made->key_pem;
  auto context = transport::TlsContext::server(std::move(options));
  if (!context) return false;
  tls_ = *std::move(context);
  authority_ = made->ca_pem;
  return true;
}

transport::Stack Sink::make_stack() const {
  std::vector<std::unique_ptr<transport::Layer>> layers;
  if (tls_) layers.push_back(transport::make_tls_server(tls_));
  if (net::websocket(transport_)) {
    layers.push_back(transport::make_ws_server(std::make_shared<transport::WsServerOptions>()));
  }
  return transport::Stack(std::move(layers));
}

Sink::Guest* Sink::find(std::string_view topic) const noexcept {
  for (const auto& [filter, guest] : routes_) {
    if (filter == topic) return guest;
  }
  return nullptr;
}

}  // namespace bench
