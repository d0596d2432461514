// A hub under simulated time, and clients that speak to it in packets through memory.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "base/block.h"
#include "base/buffer.h"
#include "base/format.h"
#include "broker/hub.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/frame.h"

namespace test {

using Lines = std::vector<std::string>;
using wire::Version;
using namespace std::chrono_literals;

inline std::string describe(wire::PropertiesView properties) {
  std::string text;
  for (const wire::Property& property : properties) {
    const wire::PropertyRow& row = *wire::find_property(property.id);
    text += text.empty() ? "" : ",";
    text += row.name;
    text += '=';
    if (property.id == wire::PropertyId::user_property) text += base::format("{}:", base::as_text(property.name));
    const bool is_text = row.type >= wire::PropertyType::utf8_string;
    text += is_text ? std::string(property.text()) : std::to_string(property.number);
  }
  return text.empty() ? "" : " {" + text + "}";
}

inline std::string describe(const wire::Publish& publish) {
  std::string text = base::format("PUBLISH {} \"{}\"", publish.topic, base::as_text(publish.payload));
  if (publish.qos != 0) text += base::format(" q{} #{}", publish.qos, publish.packet_identifier);
  if (publish.dup) text += " dup";
  if (publish.retain) text += " retain";
  return text + describe(publish.properties);
}

inline std::string describe(const wire::Frame& frame, Version version) {
  const auto packet = wire::decode(frame, {version, wire::Sender::server});
  if (!packet) return base::format("undecodable {}", wire::name(frame.type()));
  const std::string name(wire::name(frame.type()));
  const auto codes = [](base::Bytes bytes) {
    std::string text;
    for (const std::uint8_t code : bytes) text += base::format(" {:02x}", code);
    return text;
  };
  if (const auto* publish = std::get_if<wire::Publish>(&*packet)) return describe(*publish);
  if (const auto* connack = std::get_if<wire::Connack>(&*packet)) {
    return base::format("CONNACK {:02x}{}{}", static_cast<int>(connack->reason_code),
                        connack->session_present ? " present" : "", describe(connack->properties));
  }
  if (const auto* ack = std::get_if<wire::Acknowledgement>(&*packet)) {
    return base::format("{} #{} {:02x}", name, ack->packet_identifier, static_cast<int>(ack->reason_code));
  }
  if (const auto* suback = std::get_if<wire::Suback>(&*packet)) {
    return base::format("SUBACK #{}{}", suback->packet_identifier, codes(suback->reason_codes));
  }
  if (const auto* unsuback = std::get_if<wire::Unsuback>(&*packet)) {
    return base::format("UNSUBACK #{}{}", unsuback->packet_identifier, codes(unsuback->reason_codes));
  }
  if (const auto* disconnect = std::get_if<wire::Disconnect>(&*packet)) {
    return base::format("DISCONNECT {:02x}", static_cast<int>(disconnect->reason_code));
  }
  return name;
}

class Peer;

/// The hub with its driver: time is what the test says.
struct World {
  explicit World(broker::HubOptions options = quiet()) : hub(std::move(options), broker::Time(1h)) {}

  /// No `$SYS`, so that a test sees only what it caused; an alias is used by none but those who ask for it.
  static broker::HubOptions quiet() {
    broker::HubOptions options;
    options.sys_interval = {};
    return options;
  }

  /// Moves time on, stopping at each deadline on the way.
  void pass(session::Duration duration);
  void settle() {
    while (hub.poll_touched() != nullptr) {
    }
  }

  base::Pool pool;
  broker::Time now{1h};
  std::vector<Peer*> peers;
  broker::Hub hub;
};

/// One network connection of a client.
class Peer {
 public:
  explicit Peer(World& world) : world_(world), link(world.hub.server_options(), world.pool, world.now) {
    link.address = "memory";
    world.peers.push_back(this);
  }
  /// Connects; what comes back is left for `take`.
  Peer(World& world, wire::Connect connect) : Peer(world) { send(connect); }
  /// Connects a client of an identifier; CONNACK is taken.
  Peer(World& world, std::string_view client_identifier, Version version = Version::v5_0, std::uint32_t expiry = 0)
      : Peer(world) {
    wire::Properties properties;
    if (expiry != 0) properties.add(wire::PropertyId::session_expiry_interval, expiry);
    wire::Connect connect;
    connect.version = version;
    connect.client_identifier = client_identifier;
    connect.clean_start = expiry == 0;
    connect.properties = properties.view();
    send(connect);
    greeting = take();
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    lose();
    std::erase(world_.peers, this);
  }

  void send(const wire::Packet& packet) {
    if (const auto* connect = std::get_if<wire::Connect>(&packet)) version_ = connect->version;
    base::Buffer bytes;
    wire::append(bytes, packet, version_);
    send_bytes(bytes.view());
  }
  void send_bytes(base::Bytes bytes) {
    unsent_.append(bytes);
    while (!unsent_.empty() && !link.ended) {
      const auto front = wire::split(unsent_.view(), version_, link.server.maximum_packet_size());
      if (front.kind == wire::Split::Kind::incomplete) break;
      if (front.kind == wire::Split::Kind::fault) {
        world_.hub.handle_fault(world_.now, link, front.fault);
      } else {
        world_.hub.handle_frame(world_.now, link, front.frame);
        if (link.server.state() != session::Server::State::idle) version_ = link.server.version();
        unsent_.consume(front.frame.packet.size());
      }
      world_.settle();
    }
  }

  void publish(std::string_view topic, std::string_view payload, std::uint8_t qos = 0, std::uint16_t identifier = 0,
               bool retain = false, wire::PropertiesView properties = {}) {
    wire::Publish publish;
    publish.topic = topic;
    publish.payload = base::as_bytes(payload);
    publish.qos = qos;
    publish.packet_identifier = identifier;
    publish.retain = retain;
    publish.properties = properties;
    send(publish);
  }
  void subscribe(const wire::Subscription& subscription, std::uint32_t identifier = 0) {
    wire::Subscriptions subscriptions;
    subscriptions.add(subscription);
    wire::Properties properties;
    if (identifier != 0) properties.add(wire::PropertyId::subscription_identifier, identifier);
    send(wire::Subscribe{1, subscriptions.view(), properties.view()});
  }
  /// Subscribes and takes the SUBACK.
  void subscribed(std::string_view topic_filter, std::uint8_t qos = 0) {
    subscribe({topic_filter, qos});
    take();
  }
  void acknowledge(wire::PacketType type, std::uint16_t identifier) { send(wire::Acknowledgement{type, identifier}); }
  void disconnect(wire::ReasonCode reason_code = wire::ReasonCode::normal_disconnection) {
    send(wire::Disconnect{reason_code});
    lose();
  }

  /// What has come, a line a packet, and "closed" once at the end.
  Lines take() {
    Lines lines;
    collect();
    for (;;) {
      const auto front = wire::split(received_.view(), version_);
      if (front.kind != wire::Split::Kind::frame) break;
      lines.push_back(describe(front.frame, version_));
      received_.consume(front.frame.packet.size());
    }
    if (link.ended && open_) {
      lines.push_back("closed");
      lose();
    }
    return lines;
  }
  /// The bytes that have come.
  base::Buffer& take_bytes() {
    collect();
    return received_;
  }
  /// The network connection breaks.
  void lose() {
    if (!std::exchange(open_, false)) return;
    world_.hub.handle_closed(world_.now, link);
    world_.settle();
  }
  bool open() const { return open_; }

 private:
  World& world_;
  Version version_ = Version::v3_1_1;
  base::Buffer unsent_;
  base::Buffer received_;
  bool open_ = true;

 public:
  broker::Link link;
  Lines greeting;

 private:
  void collect() {
    base::Outbox& outbox = link.server.outbox();
    while (!outbox.empty()) {
      base::Bytes piece;
      outbox.gather({&piece, 1});
      received_.append(piece);
      outbox.consume(piece.size());
      if (!outbox.empty() || !open_ || link.ended) continue;
      world_.hub.handle_writable(world_.now, link);
      world_.settle();
    }
  }
};

inline void World::pass(session::Duration duration) {
  const broker::Time end = now + duration;
  for (;;) {
    broker::Time next = hub.deadline();
    for (const Peer* peer : peers) next = std::min(next, peer->open() ? peer->link.server.deadline() : next);
    if (next > end) break;
    now = std::max(now, next);
    for (Peer* peer : peers) {
      if (peer->open() && peer->link.server.deadline() <= now) hub.handle_link_timeout(now, peer->link);
    }
    hub.handle_timeout(now);
    settle();
  }
  now = end;
}

}  // namespace test
