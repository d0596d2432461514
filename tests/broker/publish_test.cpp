// From publishers to subscribers: quality of service, properties, aliases, windows, reason codes and allocations.
#include "allocations.h"
#include "catch.h"
#include "world.h"

using namespace test;
using wire::PacketType;
using wire::PropertyId;

TEST_CASE("a message goes to its subscribers at the lower of the two qualities of service") {
  World world;
  Peer publisher(world, "p");
  Peer subscriber(world, "s", Version::v3_1_1);
  for (std::uint8_t granted = 0; granted < 3; ++granted) {
    subscriber.subscribed("t", granted);
    for (std::uint8_t sent = 0; sent < 3; ++sent) {
      CAPTURE(granted, sent);
      publisher.publish("t", "x", sent, sent == 0 ? 0 : 7);
      const Lines acknowledged[] = {{}, {"PUBACK #7 00"}, {"PUBREC #7 00"}};
      CHECK(publisher.take() == acknowledged[sent]);
      publisher.acknowledge(PacketType::pubrel, 7);
      publisher.take();
      const std::uint8_t qos = std::min(granted, sent);
      const Lines got = subscriber.take();
      REQUIRE(got.size() == 1);
      CHECK(got[0].substr(0, 16) == std::string(qos == 0   ? "PUBLISH t \"x\""
                                                : qos == 1 ? "PUBLISH t \"x\" q1"
                                                           : "PUBLISH t \"x\" q2"));
      if (qos == 0) continue;
      const auto identifier = static_cast<std::uint16_t>(std::stoi(got[0].substr(got[0].find('#') + 1)));
      subscriber.acknowledge(qos == 1 ? PacketType::puback : PacketType::pubrec, identifier);
      CHECK(subscriber.take() == (qos == 1 ? Lines{} : Lines{base::format("PUBREL #{} 00", identifier)}));
      if (qos == 2) subscriber.acknowledge(PacketType::pubcomp, identifier);
    }
  }
  CHECK(world.hub.counters().received == 9);
  CHECK(world.hub.counters().sent == 9);
}

TEST_CASE("a QoS 2 message that is sent again is routed once, also across connections") {
  World world;
  Peer subscriber(world, "s");
  subscriber.subscribed("t");
  {
    Peer publisher(world, "p", Version::v5_0, 100);
    publisher.publish("t", "x", 2, 1);
    publisher.publish("t", "x", 2, 1);
    CHECK(publisher.take() == Lines{"PUBREC #1 00", "PUBREC #1 00"});
  }
  Peer publisher(world, "p", Version::v5_0, 100);
  publisher.publish("t", "x", 2, 1);
  publisher.acknowledge(PacketType::pubrel, 1);
  publisher.publish("t", "y", 2, 1);
  CHECK(publisher.take() == Lines{"PUBREC #1 00", "PUBCOMP #1 00", "PUBREC #1 00"});
  CHECK(subscriber.take() == Lines{"PUBLISH t \"x\"", "PUBLISH t \"y\""});
}

TEST_CASE("reason codes tell a publisher of 5.0 what became of its message") {
  auto options = World::quiet();
  options.retained.messages = 1;
  World world(std::move(options));
  Peer publisher(world, "p");
  publisher.publish("nobody/listens", "x", 1, 1);
  publisher.publish("nobody/listens", "x", 2, 2);
  publisher.publish("$SYS/broker/version", "mine", 1, 3);
  publisher.publish("$SYS/broker/version", "mine", 2, 4);
  publisher.publish("kept", "x", 1, 5, true);
  publisher.publish("too/many", "x", 1, 6, true);
  publisher.publish("kept", "", 1, 7, true);
  publisher.publish("too/many", "x", 1, 8, true);
  publisher.acknowledge(PacketType::pubrel, 4);  // refused: nothing is in flight
  CHECK(publisher.take() == Lines{"PUBACK #1 10", "PUBREC #2 10", "PUBACK #3 87", "PUBREC #4 87", "PUBACK #5 10",
                                  "PUBACK #6 97", "PUBACK #7 10", "PUBACK #8 10", "PUBCOMP #4 92"});
  Peer old(world, "o", Version::v3_1_1);
  old.publish("$SYS/broker/version", "mine", 1, 1);
  CHECK(old.take() == Lines{"PUBACK #1 00"});
  CHECK(world.hub.retained() == 1);
}

TEST_CASE("properties go through in order; those of one hop do not") {
  World world;
  Peer publisher(world, "p");
  Peer subscriber(world, "s"), old(world, "o", Version::v3_1_1);
  subscriber.subscribe({"t"}, 9);
  old.subscribed("t");
  subscriber.take();
  wire::Properties properties;
  properties.add_user_property("a", "1");
  properties.add(PropertyId::payload_format_indicator, 1U);
  properties.add(PropertyId::correlation_data, std::string_view("c"));
  properties.add_user_property("a", "2");
  properties.add(PropertyId::message_expiry_interval, 5U);
  properties.add(PropertyId::response_topic, std::string_view("r"));
  publisher.publish("t", "x", 0, 0, false, properties.view());
  CHECK(subscriber.take() ==
        Lines{"PUBLISH t \"x\" {user_property=a:1,payload_format_indicator=1,correlation_data=c,user_property=a:2,"
              "message_expiry_interval=5,response_topic=r,subscription_identifier=9}"});
  CHECK(old.take() == Lines{"PUBLISH t \"x\""});
}

TEST_CASE("topic aliases are resolved on the way in and assigned on the way out") {
  auto options = World::quiet();
  options.server.limits.topic_alias_maximum = 2;
  World world(std::move(options));
  Peer publisher(world, "p");
  CHECK(publisher.greeting == Lines{"CONNACK 00 {topic_alias_maximum=2}"});
  wire::Properties one;
  one.add(PropertyId::topic_alias_maximum, 1U);
  Peer aliased(world, {.version = Version::v5_0, .client_identifier = "a", .properties = one.view()});
  Peer plain(world, "s");
  aliased.subscribed("#");
  plain.subscribed("#");
  wire::Properties alias;
  alias.add(PropertyId::topic_alias, 2U);
  publisher.publish("t", "1", 0, 0, false, alias.view());
  publisher.publish("", "2", 0, 0, false, alias.view());
  publisher.publish("u", "3");
  CHECK(plain.take() == Lines{"PUBLISH t \"1\"", "PUBLISH t \"2\"", "PUBLISH u \"3\""});
  CHECK(aliased.take() ==
        Lines{"PUBLISH t \"1\" {topic_alias=1}", "PUBLISH  \"2\" {topic_alias=1}", "PUBLISH u \"3\""});
}

TEST_CASE("a subscriber's Receive Maximum holds messages back until it acknowledges") {
  World world;
  Peer publisher(world, "p");
  wire::Properties two;
  two.add(PropertyId::receive_maximum, 2U);
  Peer subscriber(world, {.version = Version::v5_0, .client_identifier = "s", .properties = two.view()});
  subscriber.subscribed("t", 2);
  for (const char* payload : {"1", "2", "3", "4"}) publisher.publish("t", payload, 1, 1);
  publisher.publish("t", "zero");
  CHECK(subscriber.take() == Lines{"PUBLISH t \"1\" q1 #1", "PUBLISH t \"2\" q1 #2", "PUBLISH t \"zero\""});
  subscriber.acknowledge(PacketType::puback, 2);
  CHECK(subscriber.take() == Lines{"PUBLISH t \"3\" q1 #3"});
  subscriber.acknowledge(PacketType::puback, 1);
  CHECK(subscriber.take() == Lines{"PUBLISH t \"4\" q1 #4"});
  publisher.publish("t", "5", 2, 1);
  subscriber.acknowledge(PacketType::puback, 4);
  CHECK(subscriber.take() == Lines{"PUBLISH t \"5\" q2 #5"});
}

TEST_CASE("a message larger than a client takes is dropped for that client alone") {
  World world;
  Peer publisher(world, "p"), large(world, "l");
  wire::Properties limit;
  limit.add(PropertyId::maximum_packet_size, 30U);
  Peer small(world, {.version = Version::v5_0, .client_identifier = "s", .properties = limit.view()});
  small.subscribed("t", 1);
  large.subscribed("t");
  const std::string payload(30, 'x');
  publisher.publish("t", payload, 1, 1);
  publisher.publish("t", "y", 1, 2);
  CHECK(small.take() == Lines{"PUBLISH t \"y\" q1 #1"});
  CHECK(large.take() == Lines{"PUBLISH t \"" + payload + "\"", "PUBLISH t \"y\""});
  CHECK(world.hub.counters().dropped == 1);
}

TEST_CASE("messages wait for a client that is away, in order, without those of QoS 0") {
  World world;
  { Peer(world, "s", Version::v5_0, 100).subscribed("t", 2); }
  Peer publisher(world, "p");
  wire::Properties expiry;
  expiry.add(PropertyId::message_expiry_interval, 10U);
  publisher.publish("t", "0");
  publisher.publish("t", "1", 1, 1);
  publisher.publish("t", "2", 2, 2, false, expiry.view());
  expiry.clear();
  expiry.add(PropertyId::message_expiry_interval, 3U);
  publisher.publish("t", "expires", 1, 3, false, expiry.view());
  world.pass(4s);
  Peer subscriber(world, "s", Version::v5_0, 100);
  CHECK(subscriber.greeting ==
        Lines{"CONNACK 00 present", "PUBLISH t \"1\" q1 #1", "PUBLISH t \"2\" q2 #2 {message_expiry_interval=6}"});
  CHECK(world.hub.counters().expired == 1);
  subscriber.lose();  // unacknowledged: sent again, as the packets they were
  Peer again(world, "s", Version::v5_0, 100);
  CHECK(again.greeting == Lines{"CONNACK 00 present", "PUBLISH t \"1\" q1 #1 dup",
                                "PUBLISH t \"2\" q2 #2 dup {message_expiry_interval=6}"});
}

TEST_CASE("a queue is bounded in messages and bytes; what it does not take is counted and said once") {
  std::vector<std::string> log;
  auto options = World::quiet();
  options.queued_messages = 3;
  options.queued_bytes = 2000;
  options.log = [&](std::string_view line) {
    if (line.find("waiting") != line.npos) log.emplace_back(line);
  };
  World world(std::move(options));
  { Peer(world, "s", Version::v5_0, 100).subscribed("#", 1); }
  Peer publisher(world, "p");
  for (std::uint16_t i = 1; i <= 5; ++i) publisher.publish("t", std::to_string(i), 1, i);
  CHECK(world.hub.counters().dropped == 2);
  Peer subscriber(world, "s", Version::v5_0, 100);
  CHECK(subscriber.greeting ==
        Lines{"CONNACK 00 present", "PUBLISH t \"1\" q1 #1", "PUBLISH t \"2\" q1 #2", "PUBLISH t \"3\" q1 #3"});
  subscriber.lose();
  publisher.publish("t", std::string(3000, 'x'), 1, 6);
  CHECK(world.hub.counters().dropped == 3);
  CHECK(log == Lines{"client \"s\" has 3 messages waiting: further ones are dropped",
                     "client \"s\" has 0 messages waiting: further ones are dropped"});
}

TEST_CASE("a client that takes too slowly loses QoS 0 messages first, then its connection") {
  auto options = World::quiet();
  options.outbox_bytes = 1000;
  options.slow_client_patience = 10s;
  World world(std::move(options));
  Peer publisher(world, "p"), slow(world, "s");
  slow.subscribed("t", 1);
  const std::string payload(600, 'x');
  for (int i = 0; i < 5; ++i) publisher.publish("t", payload);
  CHECK(world.hub.counters().dropped == 3);
  publisher.publish("t", "kept", 1, 1);
  const Lines wanted{"PUBLISH t \"" + payload + "\"", "PUBLISH t \"" + payload + "\"", "PUBLISH t \"kept\" q1 #1"};
  CHECK(slow.take() == wanted);  // it catches up

  for (int i = 0; i < 3; ++i) publisher.publish("t", payload);
  world.pass(11s);
  publisher.publish("t", payload);
  const Lines end = slow.take();
  REQUIRE(end.size() == 4);
  CHECK(end[2] == "DISCONNECT 97");
  CHECK(end[3] == "closed");

  Peer deaf(world, "deaf");
  for (int i = 0; i < 2000 && !deaf.link.ended; ++i) deaf.send(wire::Pingreq{});
  CHECK(deaf.take().back() == "closed");
}

TEST_CASE("a message to many subscribers allocates nothing in the steady state") {
  World world;
  Peer publisher(world, "p", Version::v3_1_1);
  std::deque<Peer> subscribers;
  for (int i = 0; i < 20; ++i) {
    subscribers.emplace_back(world, "s" + std::to_string(i), i % 2 == 0 ? Version::v3_1_1 : Version::v5_0);
    subscribers.back().subscribed("a/+");
  }
  base::Buffer bytes;
  wire::Publish publish;
  publish.topic = "a/b";
  publish.payload = base::as_bytes("payload");
  wire::append(bytes, publish, Version::v3_1_1);
  const auto drain = [](base::Outbox& outbox) { outbox.consume(outbox.size()); };
  const auto round = [&] {
    publisher.send_bytes(bytes.view());
    for (Peer& each : subscribers) drain(each.link.server.outbox());
    drain(publisher.link.server.outbox());
  };
  for (int i = 0; i < 100; ++i) round();
  const std::size_t before = allocations();
  for (int i = 0; i < 1000; ++i) round();
  CHECK(allocations() == before);
  CHECK(world.hub.counters().sent == 1100 * 20);
}
