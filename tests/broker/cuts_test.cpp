// Clients of lib/session against the hub, over connections that break at any byte; and bytes that are no MQTT.
#include <random>

#include "catch.h"
#include "session/client.h"
#include "world.h"

using namespace test;

namespace {

/// A client with its network connection: bytes go in random portions, and the connection may break between any two.
class Roamer {
 public:
  Roamer(World& world, std::mt19937& random, std::string client_identifier, Version version)
      : world_(world), random_(random), client_(options(std::move(client_identifier), version), world.pool) {}

  session::Client& client() { return client_; }
  bool connected() const { return client_.state() == session::Client::State::connected; }

  void step() {
    if (peer_ == nullptr) {
      peer_ = std::make_unique<Peer>(world_);
      to_client_.clear();
      client_.connect(world_.now);
    }
    pass_up();
    pass_down();
    if (below(40) == 0) cut();
  }
  void cut() {
    if (peer_ == nullptr) return;
    peer_.reset();
    client_.outbox().clear();
    client_.handle_closed(world_.now);
  }

  std::vector<std::string> received;
  std::size_t published = 0;  ///< to the end

 private:
  static session::ClientOptions options(std::string client_identifier, Version version) {
    session::ClientOptions options;
    options.version = version;
    options.client_identifier = std::move(client_identifier);
    options.clean_start = false;
    options.keep_alive = 0;
    if (version == Version::v5_0) {
      options.properties.add(wire::PropertyId::session_expiry_interval, 1000U);
      options.properties.add(wire::PropertyId::receive_maximum, 5U);
    }
    return options;
  }

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }

  void pass_up() {
    base::Bytes piece;
    while (client_.outbox().gather({&piece, 1}) != 0) {
      const std::size_t count = std::min(piece.size(), 1 + below(200));
      peer_->send_bytes(piece.first(count));
      client_.outbox().consume(count);
      if (below(60) == 0) return;
    }
  }
  void pass_down() {
    base::Buffer& from_broker = peer_->take_bytes();
    const std::size_t count = std::min(from_broker.size(), 1 + below(400));
    to_client_.append(from_broker.view().first(count));
    from_broker.consume(count);
    for (;;) {
      const auto front = wire::split(to_client_.view(), client_.options().version);
      if (front.kind != wire::Split::Kind::frame) break;
      client_.handle_frame(world_.now, front.frame);
      while (const session::Event* event = client_.poll_event()) {
        if (const auto* message = std::get_if<session::Message>(event)) {
          received.emplace_back(base::as_text(message->publish.payload));
        }
        const auto* done = std::get_if<session::Published>(event);
        if (done != nullptr && !done->lost) ++published;
        REQUIRE(std::get_if<session::Violation>(event) == nullptr);
        REQUIRE(std::get_if<session::Disconnected>(event) == nullptr);
      }
      to_client_.consume(front.frame.packet.size());
    }
  }

  World& world_;
  std::mt19937& random_;
  session::Client client_;
  std::unique_ptr<Peer> peer_;
  base::Buffer to_client_;
};

}  // namespace

TEST_CASE("through any cuts QoS 1 arrives at least once and QoS 2 exactly once, in order") {
  std::mt19937 random(11);
  for (const Version version : {Version::v3_1, Version::v3_1_1, Version::v5_0}) {
    for (const std::uint8_t qos : {std::uint8_t{1}, std::uint8_t{2}}) {
      CAPTURE(static_cast<int>(version), qos);
      World world;
      Roamer publisher(world, random, "p", version), subscriber(world, random, "s", version);
      {
        Peer first(world, {.version = version,
                           .clean_start = false,
                           .client_identifier = "s",
                           .properties = subscriber.client().options().properties.view()});
        first.subscribed("t", qos);
      }
      constexpr std::size_t count = 500;
      std::size_t sent = 0;
      for (int steps = 0; publisher.published < count || subscriber.received.size() < count; ++steps) {
        REQUIRE(steps < 200'000);
        const std::string payload = std::to_string(sent);
        wire::Publish publish{.topic = "t", .payload = base::as_bytes(payload), .qos = qos};
        if (sent < count && publisher.connected() && publisher.client().publish(publish)) ++sent;
        publisher.step();
        subscriber.step();
      }
      for (int i = 0; i < 200; ++i) subscriber.step();
      std::vector<std::string> firsts;
      for (const std::string& payload : subscriber.received) {
        if (firsts.empty() || std::stoul(payload) >= firsts.size()) firsts.push_back(payload);
      }
      REQUIRE(firsts.size() == count);
      for (std::size_t i = 0; i < count; ++i) REQUIRE(firsts[i] == std::to_string(i));
      if (qos == 2) CHECK(subscriber.received.size() == count);
      CHECK(world.hub.counters().dropped == 0);
    }
  }
}

TEST_CASE("mutated packets end a connection at worst") {
  std::mt19937 random(5);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  World world;
  Peer witness(world, "witness");
  wire::Subscriptions subscriptions;
  subscriptions.add({"a/+/#", 2});
  subscriptions.add({"$share/g/a/b", 1});
  wire::TopicFilters filters;
  filters.add("a/+/#");
  wire::Properties properties;
  properties.add(wire::PropertyId::topic_alias, 1U);
  const wire::Publish publish{
      .topic = "a/b", .payload = base::as_bytes("x"), .packet_identifier = 1, .qos = 2, .retain = true};
  const wire::Packet packets[] = {
      wire::Subscribe{1, subscriptions.view()},
      wire::Unsubscribe{2, filters.view()},
      publish,
      wire::Acknowledgement{wire::PacketType::pubrel, 1},
      wire::Acknowledgement{wire::PacketType::puback, 1},
      wire::Pingreq{},
      wire::Auth{wire::ReasonCode::re_authenticate},
  };
  for (int round = 0; round < 5000; ++round) {
    base::Buffer bytes;
    const auto version = static_cast<Version>(3 + below(3));
    wire::append(
        bytes,
        wire::Packet(wire::Connect{.version = version, .client_identifier = "fuzz", .will = wire::Will{"w", {}}}),
        version);
    const std::size_t intact = below(4) == 0 ? 0 : bytes.size();
    for (std::size_t i = below(6); i != 0; --i) wire::append(bytes, packets[below(std::size(packets))], version);
    std::vector<std::uint8_t> mutated(bytes.view().begin(), bytes.view().end());
    for (std::size_t i = below(4); i != 0 && mutated.size() > intact; --i) {
      mutated[intact + below(mutated.size() - intact)] = static_cast<std::uint8_t>(below(256));
    }
    Peer peer(world);
    peer.send_bytes(mutated);
    peer.take_bytes().clear();
  }
  witness.send(wire::Pingreq{});
  const Lines lines = witness.take();
  CHECK(std::count(lines.begin(), lines.end(), "PINGRESP") == 1);
  CHECK(world.hub.connections() == 1);
  CHECK(world.hub.sessions() < 50);
}
