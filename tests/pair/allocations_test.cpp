// The steady state of both machines allocates nothing: allocations are counted while messages flow.
#include "allocations.h"
#include "catch.h"
#include "session/client.h"
#include "session/lint.h"
#include "session/server.h"
#include "wire/decode.h"
#include "wire/encode.h"

namespace {

using session::Client;
using session::Server;
using session::Time;

/// Both machines with nothing in between; the server sends each message back.
struct Echo {
  base::Pool pool;
  session::ServerOptions server_options{.limits = {.topic_alias_maximum = 10}};
  session::SessionState session;
  Time now{std::chrono::hours(1)};
  Client client;
  Server server{server_options, pool, now};
  std::uint64_t returned = 0;

  explicit Echo(session::ClientOptions options, bool aliases) : client(std::move(options), pool) {
    client.set_use_topic_alias(aliases);
    client.connect(now);
    exchange();
    REQUIRE(client.state() == Client::State::connected);
  }

  template <class Machine>
  void move(base::Outbox& from, Machine& to) {
    base::Bytes views[4];
    while (from.gather(views) != 0) {
      base::Bytes bytes = views[0];
      while (!bytes.empty()) {
        const wire::Split split = wire::split(bytes, client.options().version);
        if (split.kind != wire::Split::Kind::frame) FAIL("not a frame");
        to.handle_frame(now, split.frame);
        bytes = bytes.subspan(split.frame.packet.size());
        handle(to);
      }
      from.consume(views[0].size());
    }
  }

  void handle(Server& machine) {
    while (const auto* event = machine.poll_event()) {
      if (const auto* message = std::get_if<session::Message>(event)) {
        if (!machine.deliver(message->publish)) FAIL("not delivered");
      }
      if (std::holds_alternative<session::ConnectRequested>(*event)) machine.accept(session, false);
    }
  }
  void handle(Client& machine) {
    while (const auto* event = machine.poll_event()) returned += std::holds_alternative<session::Message>(*event);
  }

  void exchange() {
    while (!client.outbox().empty() || !server.outbox().empty()) {
      move(client.outbox(), server);
      move(server.outbox(), client);
    }
  }

  void publish(std::uint8_t qos, int count) {
    for (int i = 0; i < count; ++i) {
      if (!client.publish({"sensors/kitchen/temperature", base::as_bytes("21.5"), {}, 0, qos})) FAIL("refused");
    }
    exchange();
  }

  void publish_alike() {
    static constexpr std::string_view texts[] = {"21.5", "21.6", "21.7"};
    const base::Bytes payloads[] = {base::as_bytes(texts[0]), base::as_bytes(texts[1]), base::as_bytes(texts[2])};
    if (client.publish({.topic = "sensors/attic", .payload = {}}, payloads) != 3) FAIL("refused");
    exchange();
  }
};

}  // namespace

TEST_CASE("messages flow without allocation") {
  session::ClientOptions options;
  options.version = GENERATE(wire::Version::v3_1_1, wire::Version::v5_0);
  const bool aliases = GENERATE(false, true);
  options.client_identifier.push_back('c');
  options.unsaid_receive_maximum = 50;
  options.properties.add(wire::PropertyId::topic_alias_maximum, 10);
  Echo echo(std::move(options), aliases);
  const auto run = [&] {
    for (int round = 0; round < 100; ++round) {
      echo.publish(0, 50);
      echo.publish(1, 50);
      echo.publish(2, 50);
      echo.publish_alike();
    }
  };
  run();
  const std::uint64_t returned = echo.returned;
  REQUIRE(returned == 15'300);
  const std::size_t before = allocations();
  run();
  const std::size_t after = allocations();
  CHECK(after - before == 0);
  CHECK(echo.returned == 2 * returned);
}

TEST_CASE("lint follows a connection without allocating") {
  session::Lint lint(true, wire::Version::v5_0);
  session::Findings findings;
  const auto hand = [&](wire::Sender sender, const wire::Packet& packet) {
    std::array<std::uint8_t, 256> bytes;
    const std::size_t size = wire::encoded_size(packet, wire::Version::v5_0);
    wire::encode(packet, wire::Version::v5_0, bytes.data());
    const wire::Split split = wire::split(base::Bytes(bytes).first(size), wire::Version::v5_0);
    const auto decoded = wire::decode(split.frame, {wire::Version::v5_0, sender});
    lint.handle(sender, session::Lint::no_time, *decoded, split.frame, findings);
  };
  wire::Properties alias;
  alias.add(wire::PropertyId::topic_alias, 1);
  wire::Properties limits;
  limits.add(wire::PropertyId::topic_alias_maximum, 1);
  wire::Subscriptions subscriptions;
  subscriptions.add({.topic_filter = "sensors/+/temperature", .qos = 2});
  const std::uint8_t granted[] = {2};
  hand(wire::Sender::client, wire::Connect{.version = wire::Version::v5_0, .client_identifier = "c"});
  hand(wire::Sender::server, wire::Connack{.properties = limits.view()});
  hand(wire::Sender::client, wire::Subscribe{1, subscriptions.view(), {}});
  hand(wire::Sender::server, wire::Suback{1, granted, {}});
  const auto round = [&](std::uint16_t identifier) {
    wire::Publish publish{.topic = "sensors/attic/temperature", .payload = base::as_bytes("21.5")};
    publish.properties = alias.view();
    publish.packet_identifier = identifier;
    publish.qos = 1;
    hand(wire::Sender::client, publish);
    hand(wire::Sender::server,
         wire::Acknowledgement{.type = wire::PacketType::puback, .packet_identifier = identifier});
    publish.properties = {};
    publish.qos = 2;
    hand(wire::Sender::server, publish);
    for (const auto type : {wire::PacketType::pubrec, wire::PacketType::pubrel, wire::PacketType::pubcomp}) {
      const bool releases = type == wire::PacketType::pubrel;
      hand(releases ? wire::Sender::server : wire::Sender::client,
           wire::Acknowledgement{.type = type, .packet_identifier = identifier});
    }
  };
  for (std::uint16_t i = 1; i <= 100; ++i) round(i);
  const std::size_t before = allocations();
  for (std::uint16_t i = 101; i <= 10'000; ++i) round(i);
  CHECK(allocations() - before == 0);
  CHECK(findings.empty());
}
