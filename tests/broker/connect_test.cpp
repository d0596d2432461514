// CONNECT to the end of a connection: who comes in, takeover, sessions and how long they last.
#include "catch.h"
#include "world.h"

using namespace test;
using wire::PacketType;
using wire::ReasonCode;

namespace {

Lines connect(World& world, const wire::Connect& connect) { return Peer(world, connect).take(); }

}  // namespace

TEST_CASE("each version is answered in its own words") {
  World world;
  CHECK(connect(world, {.version = Version::v3_1, .client_identifier = "a"}) == Lines{"CONNACK 00"});
  CHECK(connect(world, {.version = Version::v3_1_1, .client_identifier = "a"}) == Lines{"CONNACK 00"});
  CHECK(connect(world, {.version = Version::v5_0, .client_identifier = "a"}) == Lines{"CONNACK 00"});
  CHECK(world.hub.sessions() == 0);
}

TEST_CASE("a client without an identifier gets one, except where 3.1.1 forbids it") {
  World world;
  CHECK(connect(world, {.version = Version::v5_0}) == Lines{"CONNACK 00 {assigned_client_identifier=auto-1}"});
  CHECK(connect(world, {.version = Version::v3_1_1}) == Lines{"CONNACK 00"});
  CHECK(connect(world, {.version = Version::v3_1_1, .clean_start = false}) == Lines{"CONNACK 02", "closed"});
  CHECK(connect(world, {.version = Version::v3_1}) == Lines{"CONNACK 02", "closed"});
}

TEST_CASE("what is not granted is announced, and refused in the code of each version") {
  auto options = World::quiet();
  options.server.limits.maximum_qos = 1;
  options.server.limits.retain_available = false;
  options.server.limits.maximum_packet_size = 1000;
  options.authenticate = [](const wire::Connect& asked) {
    if (!asked.username) return ReasonCode::not_authorized;
    return *asked.username == "me" ? ReasonCode::success : ReasonCode::bad_user_name_or_password;
  };
  World world(std::move(options));
  const wire::Will exactly_once{.topic = "w", .payload = {}, .qos = 2};
  const wire::Will retained{.topic = "w", .payload = {}, .retain = true};
  const struct {
    Version version;
    std::optional<std::string_view> username;
    std::optional<wire::Will> will;
    Lines answer;
  } rows[] = {
      {Version::v5_0, "me", {}, {"CONNACK 00 {maximum_qos=1,retain_available=0,maximum_packet_size=1000}"}},
      {Version::v5_0, "you", {}, {"CONNACK 86", "closed"}},
      {Version::v5_0, {}, {}, {"CONNACK 87", "closed"}},
      {Version::v3_1_1, "you", {}, {"CONNACK 04", "closed"}},
      {Version::v3_1_1, {}, {}, {"CONNACK 05", "closed"}},
      {Version::v5_0, "me", exactly_once, {"CONNACK 9b", "closed"}},
      {Version::v5_0, "me", retained, {"CONNACK 9a", "closed"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.answer);
    Lines answer =
        connect(world, {.version = row.version, .client_identifier = "a", .will = row.will, .username = row.username});
    CHECK(answer == row.answer);
  }
}

TEST_CASE("enhanced authentication is refused") {
  World world;
  wire::Properties properties;
  properties.add(wire::PropertyId::authentication_method, std::string_view("SCRAM"));
  CHECK(connect(world, {.version = Version::v5_0, .client_identifier = "a", .properties = properties.view()}) ==
        Lines{"CONNACK 8c", "closed"});
}

TEST_CASE("connections and kept sessions are bounded") {
  auto options = World::quiet();
  options.maximum_connections = 2;
  options.maximum_sessions = 1;
  World world(std::move(options));
  {
    Peer one(world, "one"), two(world, "two");
    CHECK(connect(world, {.version = Version::v5_0, .client_identifier = "three"}) == Lines{"CONNACK 89", "closed"});
    CHECK(connect(world, {.version = Version::v3_1, .client_identifier = "three"}) == Lines{"CONNACK 03", "closed"});
    Peer again(world, "two");  // takes over, and is no third one
    CHECK(again.greeting == Lines{"CONNACK 00"});
  }
  { Peer kept(world, "kept", Version::v5_0, 100); }
  CHECK(world.hub.sessions() == 1);
  CHECK(Peer(world, "more", Version::v5_0, 100).greeting == Lines{"CONNACK 88", "closed"});
  CHECK(Peer(world, "kept", Version::v5_0, 100).greeting == Lines{"CONNACK 00 present"});
  CHECK(Peer(world, "short").greeting == Lines{"CONNACK 00"});
}

TEST_CASE("a session is resumed until it expires") {
  World world;
  { Peer client(world, "a", Version::v5_0, 10); }
  world.pass(9s);
  CHECK(Peer(world, "a", Version::v5_0, 10).greeting == Lines{"CONNACK 00 present"});
  world.pass(11s);
  CHECK(world.hub.sessions() == 0);
  CHECK(Peer(world, "a", Version::v5_0, 10).greeting == Lines{"CONNACK 00"});
  CHECK(connect(world, {.version = Version::v5_0, .clean_start = true, .client_identifier = "a"}) ==
        Lines{"CONNACK 00"});
  CHECK(world.hub.sessions() == 0);

  // 3.1.1 keeps a session that is not clean for ever, and says so; 3.1 has no word for it.
  const wire::Connect old{.version = Version::v3_1_1, .clean_start = false, .client_identifier = "o"};
  CHECK(connect(world, old) == Lines{"CONNACK 00"});
  world.pass(24h * 365);
  CHECK(connect(world, old) == Lines{"CONNACK 00 present"});
  CHECK(connect(world, {.version = Version::v3_1, .clean_start = false, .client_identifier = "o"}) ==
        Lines{"CONNACK 00"});
  CHECK(world.hub.sessions() == 1);
}

TEST_CASE("the longest session is what the operator allows, and the client is told") {
  auto options = World::quiet();
  options.maximum_session_expiry = 60;
  World world(std::move(options));
  CHECK(Peer(world, "a", Version::v5_0, 100).greeting == Lines{"CONNACK 00 {session_expiry_interval=60}"});
  world.pass(61s);
  CHECK(world.hub.sessions() == 0);
}

TEST_CASE("DISCONNECT can change how long a session lasts, but not bring one to life") {
  World world;
  wire::Properties properties;
  properties.add(wire::PropertyId::session_expiry_interval, 5U);
  const wire::Disconnect later{ReasonCode::success, properties.view()};
  Peer client(world, "a", Version::v5_0, 1000);
  client.send(later);
  CHECK(client.take() == Lines{"closed"});
  world.pass(4s);
  CHECK(world.hub.sessions() == 1);
  world.pass(1s);
  CHECK(world.hub.sessions() == 0);
  Peer short_lived(world, "b");
  short_lived.send(later);
  CHECK(short_lived.take() == Lines{"DISCONNECT 82", "closed"});
}

TEST_CASE("a session is taken over by its identifier's next connection") {
  World world;
  Peer first(world, "a", Version::v5_0, 10);
  first.subscribed("t");
  Peer second(world, "a", Version::v5_0, 10);
  CHECK(second.greeting == Lines{"CONNACK 00 present"});
  CHECK(first.take() == Lines{"DISCONNECT 8e", "closed"});
  second.publish("t", "x");
  CHECK(second.take() == Lines{"PUBLISH t \"x\""});
  CHECK(world.hub.connections() == 1);
  Peer old(world, "a", Version::v3_1_1);
  CHECK(second.take() == Lines{"DISCONNECT 8e", "closed"});
  Peer older(world, "a", Version::v3_1_1);
  CHECK(old.take() == Lines{"closed"});
}

TEST_CASE("silence, a second CONNECT, and packets before CONNECT end a connection") {
  World world;
  const wire::Connect connect{.version = Version::v5_0, .keep_alive = 10, .client_identifier = "a"};
  Peer client(world, connect);
  client.take();
  world.pass(14s);
  client.send(wire::Pingreq{});
  CHECK(client.take() == Lines{"PINGRESP"});
  world.pass(15s);
  CHECK(client.take() == Lines{"DISCONNECT 8d", "closed"});

  Peer twice(world, connect);
  twice.send(connect);
  CHECK(twice.take() == Lines{"CONNACK 00", "DISCONNECT 82", "closed"});

  Peer early(world);
  early.send(wire::Pingreq{});
  CHECK(early.take() == Lines{"closed"});

  Peer mute(world);
  world.pass(world.hub.server_options().connect_timeout);
  CHECK(mute.take() == Lines{"closed"});
}

TEST_CASE("shutting down tells clients of 5.0 and publishes no wills") {
  World world;
  const wire::Will will{.topic = "w", .payload = base::as_bytes("gone")};
  Peer new_client(world, {.version = Version::v5_0, .client_identifier = "n", .will = will});
  Peer old_client(world, "o", Version::v3_1_1);
  old_client.subscribed("w");
  new_client.take();
  world.hub.shut_down(world.now);
  CHECK(new_client.take() == Lines{"DISCONNECT 8b", "closed"});
  CHECK(old_client.take() == Lines{"closed"});
}

TEST_CASE("the log names clients with their control characters escaped") {
  std::vector<std::string> lines;
  auto options = World::quiet();
  options.log = [&](std::string_view line) { lines.emplace_back(line); };
  World world(std::move(options));
  {
    Peer client(world, {.version = Version::v3_1_1, .keep_alive = 7, .client_identifier = "x\xC2\x9By"});
    client.send(wire::Disconnect{});
    client.take();
  }
  CHECK(lines == Lines{"client \"x\\xc2\\x9by\" (memory) connected, MQTT 3.1.1, keep alive 7 s",
                       "client \"x\\xc2\\x9by\" (memory) disconnected"});
}

TEST_CASE("a client that takes no packet as large as CONNACK is not let in, and leaves nothing behind") {
  World world;
  wire::Properties properties;
  properties.add(wire::PropertyId::maximum_packet_size, 4);
  const wire::Connect connect{.version = Version::v5_0, .client_identifier = "c", .properties = properties.view()};
  CHECK(Peer(world, connect).take() == Lines{"closed"});
  CHECK(world.hub.connections() == 0);
  CHECK(world.hub.sessions() == 0);
}
