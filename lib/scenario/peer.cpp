#include "scenario/peer.h"

#include <algorithm>
#include <sys/socket.h>

#include "net/client_stack.h"
#include "scenario/stage.h"
#include "wire/decode.h"
#include "wire/encode.h"

namespace scenario {

using wire::PacketType;

namespace {

/// Whoever sends more than this unread is no broker that a script can make sense of.
constexpr std::size_t largest_inbox = 64 * 1024 * 1024;

}  // namespace

Peer::Peer(Stage& stage, std::string_view role, std::string client_identifier)
    : stage_(stage),
      role_(role),
      client_identifier_(std::move(client_identifier)),
      outbox_(stage.house().worker.pool()) {}

Peer::~Peer() {
  if (dial_) dial_->cancel();
  if (connection_) connection_->close();
}

// The way in.

void Peer::log_in(wire::Properties& connect) {
  const auto& scram = stage_.settings().network.scram;
  if (scram) scram_.emplace(*scram).announce(connect);
}

void Peer::dial(const wire::Connect& connect, std::shared_ptr<const transport::TlsContext> tls) {
  tls_ = tls != nullptr ? std::move(tls) : stage_.house().tls;
  wire::append(greeting_, wire::Packet(connect), stage_.version());
  dial_ = net::dial(stage_.house().worker, stage_.settings().network,
                    [this](base::Result<net::Socket, transport::Error> socket) { dialled(std::move(socket)); });
}

void Peer::dialled(base::Result<net::Socket, transport::Error> socket) {
  dial_.reset();
  if (!socket) return end(std::move(socket.error()));
  net::ConnectionHandler& self = *this;
  const auto& house = stage_.house();
  connection_ = std::make_shared<net::Connection>(
      house.worker, std::move(*socket), net::make_client_stack(house.settings.network, stage_.version(), tls_), outbox_,
      self);
  connection_->set_version(stage_.version());
  connection_->expect_connack();
  connection_->set_maximum_packet_size(largest_inbox);
  connection_->start();
}

void Peer::on_open() {
  open_ = true;
  if (!greeting_.empty()) send(greeting_.view());
  greeting_.release();
  stage_.wake();
}

// What goes out.

void Peer::send(const wire::Packet& packet) {
  base::Buffer bytes;
  wire::append(bytes, packet, stage_.version());
  send(bytes.view());
}

void Peer::send(base::Bytes bytes) {
  if (going_ || ended() || !open_) return;
  const auto now = session::Clock::now();
  if (last_sent_ != session::Time{}) longest_silence_ = std::max(longest_silence_, now - last_sent_);
  last_sent_ = now;
  stage_.transcript().add(now, role_, Transcript::Kind::sent, bytes);
  outbox_.append(bytes);
  connection_->flush();
}

void Peer::cut() {
  if (going_ || ended()) return;
  going_ = true;
  say("closes the network connection");
  ::shutdown(connection_->socket().native_handle(), SHUT_WR);
}

void Peer::reset() {
  if (going_ || ended()) return;
  going_ = true;
  say("resets the network connection");
  const linger at_once{1, 0};
  ::setsockopt(connection_->socket().native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  connection_->close();
  end(transport::Error{transport::Stage::read, transport::Kind::peer_closed, {}, "we reset the connection"});
}

void Peer::close_layers() {
  if (going_ || ended()) return;
  going_ = true;
  say("closes the connection in order, without DISCONNECT");
  connection_->close_in_order([this](const std::optional<transport::Error>&) {
    end(transport::Error{transport::Stage::read, transport::Kind::peer_closed, {}, "we closed the connection"});
  });
}

void Peer::disconnect(wire::ReasonCode reason_code) {
  if (going_ || ended()) return;
  if (!open_) return drop();
  if (last_sent_ != session::Time{}) send(wire::Disconnect{reason_code, {}});
  if (ended()) return;
  going_ = true;
  connection_->close_in_order([this](const std::optional<transport::Error>&) {
    end(transport::Error{transport::Stage::read, transport::Kind::peer_closed, {}, "we closed the connection"});
  });
}

void Peer::drop() {
  if (dial_) dial_->cancel();
  dial_.reset();
  if (connection_) connection_->close();
  going_ = true;
  end(transport::Error{transport::Stage::read, transport::Kind::peer_closed, {}, "we closed the connection"});
}

void Peer::say(std::string text) { stage_.transcript().note(session::Clock::now(), role_, std::move(text)); }

// What comes in.

void Peer::on_frame(const wire::Frame& frame) {
  const auto now = session::Clock::now();
  stage_.transcript().add(now, role_, Transcript::Kind::received, frame.packet);
  Received received{now, {frame.packet.begin(), frame.packet.end()}, {}};
  const wire::Frame own{received.bytes, frame.header_length};
  auto packet = wire::decode(own, {version_of(own), wire::Sender::server});
  if (!packet) {
    on_fault(packet.error());
    ending_->type = frame.type();
    return;
  }
  received.packet = *std::move(packet);
  acknowledge(received.packet);
  if (scram_ && !ended()) prove(received.packet);
  if (ended()) return;
  if (const auto* publish = std::get_if<wire::Publish>(&received.packet)) {
    // What the broker says of itself is not ours to clear.
    if (publish->retain && !publish->topic.starts_with("$SYS/")) stage_.remember_retained(publish->topic);
    if (publish->topic == stage_.marker_topic()) {
      ++markers_;
      return;
    }
    ++messages_;
  }
  if (const auto* connack = std::get_if<wire::Connack>(&received.packet)) take_in(*connack);
  inbox_bytes_ += received.bytes.size();
  inbox_.push_back(std::move(received));
  if (inbox_bytes_ <= largest_inbox) return;
  connection_->close();
  end(transport::Error{transport::Stage::read, transport::Kind::protocol, {}, "the broker sends more and more"});
}

/// The broker's steps of SCRAM are answered here; with a proof that is wrong the connection ends.
void Peer::prove(const wire::Packet& packet) {
  auth::Why wrong;
  if (const auto* step = std::get_if<wire::Auth>(&packet)) {
    if (const auto answer = scram_->answer(*step)) {
      return send(wire::Auth{wire::ReasonCode::continue_authentication, *answer});
    } else {
      wrong = answer.error();
    }
  } else if (const auto* connack = std::get_if<wire::Connack>(&packet)) {
    if (connack->reason_code != wire::ReasonCode::success) return;
    const auto proved = scram_->verify(connack->properties);
    if (proved) return;
    wrong = proved.error();
  } else {
    return;
  }
  connection_->close();
  end(transport::Error{transport::Stage::connack, transport::Kind::authentication, {}, std::move(wrong)});
}

/// A broker that does not know 5.0 refuses it in the words of 3.1.1.
wire::Version Peer::version_of(const wire::Frame& frame) const noexcept {
  constexpr std::size_t connack_of_3 = 4;
  const bool old = frame.type() == PacketType::connack && frame.packet.size() == connack_of_3;
  return old ? std::min(stage_.version(), wire::Version::v3_1_1) : stage_.version();
}

void Peer::take_in(const wire::Connack& connack) {
  answered_ = true;
  session_present_ = connack.session_present;
  if (const auto keep_alive = connack.properties.find(wire::PropertyId::server_keep_alive)) {
    server_keep_alive_ = static_cast<std::uint16_t>(keep_alive->number);
  }
}

/// A watcher owes the broker these, whatever its script waits for.
void Peer::acknowledge(const wire::Packet& packet) {
  if (const auto* publish = std::get_if<wire::Publish>(&packet); publish != nullptr && publish->qos > 0) {
    send(
        wire::Acknowledgement{publish->qos == 1 ? PacketType::puback : PacketType::pubrec, publish->packet_identifier});
  }
  const auto* acknowledgement = std::get_if<wire::Acknowledgement>(&packet);
  if (acknowledgement != nullptr && acknowledgement->type == PacketType::pubrel) {
    send(wire::Acknowledgement{PacketType::pubcomp, acknowledgement->packet_identifier});
  }
}

void Peer::on_fault(const wire::Fault& fault) {
  net::Ending ending;
  ending.kind = net::Ending::Kind::violation;
  ending.version = stage_.version();
  ending.fault = fault;
  connection_->close();
  end(std::move(ending));
}

std::optional<transport::TlsSession> Peer::tls_session() const {
  if (!connection_ || !open_) return {};
  for (const auto& layer : connection_->stack().layers()) {
    if (const auto* tls = dynamic_cast<const transport::TlsLayer*>(layer.get())) return tls->session();
  }
  return {};
}

void Peer::on_batch_end() { stage_.wake(); }

void Peer::on_closed(const transport::Error& error) { end(error); }

void Peer::end(transport::Error error) {
  net::Ending ending;
  ending.version = stage_.version();
  ending.error = std::move(error);
  if (open_ && !answered_ && ending.error.stage > transport::Stage::connack) {
    ending.error.stage = transport::Stage::connack;
  }
  end(std::move(ending));
}

void Peer::end(net::Ending ending) {
  if (ended()) return;
  if (!going_ && ending.kind == net::Ending::Kind::transport) say(ending.error.message);
  ending_ = std::move(ending);
  if (must_stay_ && !going_) stage_.peer_left(*this);
  stage_.wake();
}

bool Peer::has(PacketType type) const noexcept {
  return std::any_of(inbox_.begin(), inbox_.end(),
                     [type](const Received& received) { return received.type() == type; });
}

std::optional<Received> Peer::take(PacketType type) {
  const auto found =
      std::find_if(inbox_.begin(), inbox_.end(), [type](const Received& received) { return received.type() == type; });
  if (found == inbox_.end()) return {};
  std::optional<Received> taken(std::move(*found));
  inbox_bytes_ -= taken->bytes.size();
  inbox_.erase(found);
  if (type == PacketType::publish) --messages_;
  return taken;
}

}  // namespace scenario
