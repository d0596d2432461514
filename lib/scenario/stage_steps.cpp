// The steps that scripts are made of: connecting, expecting, and waiting in vain.
#include <algorithm>

#include "base/format.h"
#include "scenario/stage.h"
#include "wire/topic.h"

namespace scenario {

using session::Clock;
using session::Duration;
using session::Time;
using wire::PacketType;
using wire::PropertyId;

namespace {

/// A message of our own that does not come by then shows a broker that does not work at all.
constexpr auto marker_patience = std::chrono::seconds(30);

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

// Connections.

Connect Stage::connect_packet(const Part& part) {
  Connect connect;
  connect.packet = {.version = version_,
                    .clean_start = part.clean_start,
                    .keep_alive = part.keep_alive,
                    .client_identifier = part.client_identifier};
  wire::Connect& packet = connect.packet;
  if (settings().username && !part.anonymous) packet.username = *settings().username;
  if (settings().password && !part.anonymous && (v5() || packet.username))
    packet.password = base::as_bytes(*settings().password);
  if (part.will) {
    packet.will = wire::Will{.topic = part.will->topic,
                             .payload = base::as_bytes(part.will->payload),
                             .qos = part.will->qos,
                             .retain = part.will->retain,
                             .properties = part.will->properties.view()};
  }
  if (!v5()) return connect;
  if (part.session_expiry != 0) connect.properties.add(PropertyId::session_expiry_interval, part.session_expiry);
  if (!part.authentication_method.empty()) {
    connect.properties.add(PropertyId::authentication_method, part.authentication_method);
  }
  connect.properties.append(part.properties);
  packet.properties = connect.properties.view();
  return connect;
}

Peer& Stage::begin(const Part& part) {
  const std::string client_identifier =
      part.client_identifier.empty() && !part.nameless ? new_client_identifier() : part.client_identifier;
  // Mosquitto keeps a session without expiry for as long as its will has a delay.
  if (!part.nameless && (part.session_expiry != 0 || !part.clean_start)) sessions_.insert(client_identifier);
  if (part.will && part.will->retain) remember_retained(part.will->topic);
  Peer& peer = peers_.emplace_back(*this, part.role, client_identifier);
  Connect connect = connect_packet(part);
  connect.packet.client_identifier = client_identifier;
  if (v5() && !part.anonymous && part.authentication_method.empty()) {
    peer.log_in(connect.properties);
    connect.packet.properties = connect.properties.view();
  }
  peer.dial(connect.packet, part.tls);
  return peer;
}

Task<Peer*> Stage::request(const Part& part) {
  Peer* peer = &begin(part);
  const auto settled = [peer] { return peer->open() || peer->ended(); };
  if (!co_await until(answer_deadline(), settled)) co_await late("no connection to the broker came about in time");
  if (!peer->open()) {
    co_await fail(base::format("no connection to the broker came about: {}", describe(peer->ending(), version_)));
  }
  co_return peer;
}

Task<Peer*> Stage::connect(const Part& part) {
  Peer* peer = co_await request(part);
  const Received answer = co_await packet(*peer, PacketType::connack);
  const auto& connack = std::get<wire::Connack>(answer.packet);
  if (connack.reason_code != wire::ReasonCode::success) {
    co_await fail(base::format("the {} is refused: {}", peer->role(), refusal(connack, version_)));
  }
  co_return peer;
}

std::string refusal(const wire::Connack& connack, wire::Version version) {
  const auto words = wire::describe(connack.reason_code, PacketType::connack, version);
  return base::format("CONNACK with 0x{:02X}{}{}", static_cast<unsigned>(connack.reason_code), words.empty() ? "" : " ",
                      words);
}

session::OwnedWill Stage::will() const {
  session::OwnedWill will;
  will.topic = will_topic();
  will.payload = "gone";
  will.qos = std::min<std::uint8_t>(1, capabilities_.maximum_qos);
  return will;
}

Task<Peer*> Stage::doomed() {
  Part part{.role = "doomed", .will = will()};
  co_return co_await connect(part);
}

Task<> Stage::subscribe(Peer& peer, wire::Subscription subscription) {
  wire::Subscriptions subscriptions;
  subscriptions.add(subscription);
  const std::string markers = marker_topic();
  const wire::Subscription for_markers{.topic_filter = markers, .qos = 1};
  if (!wire::matches(subscription.topic_filter, markers)) subscriptions.add(for_markers);
  peer.send(wire::Subscribe{1, subscriptions.view(), {}});
  const Received answer = co_await packet(peer, PacketType::suback);
  for (const std::uint8_t code : std::get<wire::Suback>(answer.packet).reason_codes) {
    if (code >= 0x80) co_await fail(base::format("the subscription is denied: SUBACK with 0x{:02x}", code));
  }
  granted_qos_ = std::get<wire::Suback>(answer.packet).reason_codes[0];
}

Task<Peer*> Stage::subscriber(const Part& part, wire::Subscription subscription) {
  Peer* peer = co_await connect(part);
  const std::string filter = will_topic() + "/#";
  if (subscription.topic_filter.empty()) subscription.topic_filter = filter;
  co_await subscribe(*peer, subscription);
  peer->must_stay();
  co_return peer;
}

Task<Peer*> Stage::watcher(wire::Subscription options) {
  Part part{.role = "watcher"};
  co_return co_await subscriber(part, options);
}

// What comes.

Task<Received> Stage::packet(Peer& peer, PacketType type) {
  const Time start = Clock::now();
  const auto came = [&peer, type] { return peer.has(type) || peer.ended(); };
  if (!co_await until(answer_deadline(), came)) {
    if (!co_await until(Clock::now() + house_.lag.since(start), came)) {
      co_await late(
          base::format("no {} for the {} in {:.1f} s", wire::name(type), peer.role(), seconds(Clock::now() - start)));
    }
  }
  if (!peer.has(type)) {
    co_await fail(
        base::format("no {} for the {}: {}", wire::name(type), peer.role(), describe(peer.ending(), version_)));
  }
  co_return std::move(*peer.take(type));
}

Task<Received> Stage::message(Peer& watcher) {
  const Time start = Clock::now();
  const auto came = [&watcher] { return watcher.messages() != 0; };
  co_await until(start + settings().timeout, came);
  if (!came()) {
    // A busy broker gets the time that it needs for what came later.
    co_await until(Clock::now() + house_.lag.since(start), came);
    co_await marker(watcher);
  }
  if (!came()) {
    co_await fail(base::format("no message within {:.1f} s", seconds(Clock::now() - start)));
  }
  co_return std::move(*watcher.take(PacketType::publish));
}

Task<Received> Stage::message_between(Peer& watcher, Time earliest, Time latest) {
  const Time start = Clock::now();
  const auto came = [&watcher] { return watcher.messages() != 0; };
  const Time bound = latest + settings().timeout + settings().tolerance;
  co_await until(bound, came);
  if (!came()) {
    co_await until(Clock::now() + house_.lag.since(start), came);
    co_await marker(watcher);
  }
  if (!came()) {
    co_await late(base::format("no message within {:.1f} s", seconds(Clock::now() - start)));
  }
  Received received = std::move(*watcher.take(PacketType::publish));
  if (received.at < earliest) {
    co_await fail(base::format("the message came {:.1f} s too early", seconds(earliest - received.at)));
  }
  if (received.at > bound + house_.lag.since(start)) {
    co_await late(base::format("the message came {:.1f} s too late", seconds(received.at - latest)));
  }
  co_return received;
}

Task<> Stage::silence(Peer& watcher, Time end) {
  const auto came = [&watcher] { return watcher.messages() != 0; };
  if (!co_await until(end, came)) co_await marker(watcher);
  if (came()) co_await fail("a message came that should not");
}

Task<> Stage::silence(Peer& watcher) { co_await silence(watcher, Clock::now() + settings().tolerance); }

Task<> Stage::marker(Peer& watcher) {
  const std::uint32_t before = watcher.markers();
  const std::string topic = marker_topic();
  const wire::Publish publish{.topic = topic, .payload = base::as_bytes("marker")};
  watcher.send(publish);
  const auto came = [&watcher, before] { return watcher.markers() != before; };
  if (!co_await until(Clock::now() + marker_patience, came)) {
    co_await late("the broker delivers no ordinary message either");
  }
}

Task<> Stage::closed(Peer& peer) {
  const Time start = Clock::now();
  const auto gone = [&peer] { return peer.ended(); };
  if (co_await until(start + settings().timeout, gone)) co_return;
  if (!co_await until(Clock::now() + house_.lag.since(start), gone)) {
    co_await late(base::format("the broker does not end the connection of the {}", peer.role()));
  }
}

Task<> Stage::sleep_until(Time time) {
  const auto never = [] { return false; };
  co_await until(time, never);
}

net::Ending Stage::take_obstacle() {
  if (obstacle_.kind == net::Ending::Kind::transport && obstacle_.error.message.empty()) {
    obstacle_.error = {transport::Stage::connack, transport::Kind::protocol, {}, verdict().reason};
  }
  return std::move(obstacle_);
}

}  // namespace scenario
