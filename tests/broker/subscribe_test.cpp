// Subscriptions: their options, overlaps, shared groups, retained messages and `$SYS`.
#include "catch.h"
#include "world.h"

using namespace test;
using wire::PacketType;
using wire::RetainHandling;

TEST_CASE("UNSUBSCRIBE says whether there was a subscription") {
  World world;
  Peer client(world, "a");
  client.subscribed("t");
  client.subscribed("$share/g/t");
  wire::TopicFilters filters;
  for (const char* filter : {"t", "u", "$share/g/t", "$share/h/t", "t"}) filters.add(filter);
  client.send(wire::Unsubscribe{3, filters.view()});
  CHECK(client.take() == Lines{"UNSUBACK #3 00 11 00 11 11"});
  client.publish("t", "x");
  CHECK(client.take().empty());
  CHECK(world.hub.subscriptions() == 0);
}

TEST_CASE("subscriptions of a client are bounded, and QoS is what the broker allows") {
  auto options = World::quiet();
  options.subscriptions_per_client = 2;
  options.topic_tree.levels = 3;
  options.server.limits.maximum_qos = 1;
  World world(std::move(options));
  Peer client(world, "a"), old(world, "o", Version::v3_1_1);
  wire::Subscriptions subscriptions;
  for (const char* filter : {"1", "1/2/3/4", "2", "3"}) subscriptions.add({filter, 2});
  for (Peer* each : {&client, &old}) each->send(wire::Subscribe{1, subscriptions.view()});
  CHECK(client.take() == Lines{"SUBACK #1 01 8f 01 97"});
  CHECK(old.take() == Lines{"SUBACK #1 01 80 01 80"});
}

TEST_CASE("overlapping subscriptions make one copy with all their identifiers") {
  World world;
  Peer client(world, "a");
  client.subscribe({"a/+", 0}, 1);
  client.subscribe({"#", 1}, 2);
  client.subscribe({"a/b", 2});
  client.take();
  client.publish("a/b", "x", 2, 1);
  CHECK(client.take() ==
        Lines{"PUBLISH a/b \"x\" q2 #1 {subscription_identifier=1,subscription_identifier=2}", "PUBREC #1 00"});
}

TEST_CASE("No Local keeps a client's own messages away, retained ones too") {
  World world;
  Peer client(world, "a"), other(world, "b");
  client.publish("t", "own", 0, 0, true);
  client.subscribe({.topic_filter = "t", .no_local = true});
  CHECK(client.take() == Lines{"SUBACK #1 00"});
  client.publish("t", "own");
  CHECK(client.take().empty());
  other.publish("t", "other");
  CHECK(client.take() == Lines{"PUBLISH t \"other\""});
}

TEST_CASE("Retain Handling decides which subscription brings retained messages") {
  World world;
  Peer publisher(world, "p");
  publisher.publish("a", "1", 1, 1, true);
  publisher.publish("a/b", "2", 2, 2, true);
  publisher.publish("$x", "3", 0, 0, true);
  const Lines all{"PUBLISH a \"1\" q1 #1 retain", "PUBLISH a/b \"2\" q1 #2 retain"};
  const struct {
    RetainHandling handling;
    bool first, second;
  } rows[] = {
      {RetainHandling::send, true, true},
      {RetainHandling::send_if_new, true, false},
      {RetainHandling::do_not_send, false, false},
  };
  for (const auto& row : rows) {
    CAPTURE(static_cast<int>(row.handling));
    for (const char* filter : {"#", "a/#", "+/#"}) {
      Peer client(world, "a");
      const wire::Subscription subscription{.topic_filter = filter, .qos = 1, .retain_handling = row.handling};
      client.subscribe(subscription);
      Lines wanted{"SUBACK #1 01"};
      if (row.first) wanted.insert(wanted.end(), all.begin(), all.end());
      CHECK(client.take() == wanted);
      client.subscribe(subscription);
      CHECK(client.take().size() == (row.second ? 3U : 1U));
    }
  }
  Peer shared(world, "s");
  shared.subscribe({"$share/g/#", 1});
  CHECK(shared.take() == Lines{"SUBACK #1 01"});
}

TEST_CASE("a retained message is replaced, cleared, or expires; Retain As Published keeps the flag of live ones") {
  World world;
  Peer publisher(world, "p"), live(world, "l");
  live.subscribe({.topic_filter = "t", .retain_as_published = true});
  live.subscribe({.topic_filter = "u"});
  live.take();
  const auto retained = [&] {
    Peer client(world, "new");
    client.subscribe({"#"});
    Lines lines = client.take();
    lines.erase(lines.begin());
    return lines;
  };
  publisher.publish("t", "1", 0, 0, true);
  publisher.publish("t", "2", 0, 0, true);
  publisher.publish("t", "3");
  publisher.publish("u", "4", 0, 0, true);
  CHECK(live.take() == Lines{"PUBLISH t \"1\" retain", "PUBLISH t \"2\" retain", "PUBLISH t \"3\"", "PUBLISH u \"4\""});
  CHECK(retained() == Lines{"PUBLISH t \"2\" retain", "PUBLISH u \"4\" retain"});
  publisher.publish("t", "", 0, 0, true);
  CHECK(live.take() == Lines{"PUBLISH t \"\" retain"});
  wire::Properties expiry;
  expiry.add(wire::PropertyId::message_expiry_interval, 10U);
  publisher.publish("v", "5", 0, 0, true, expiry.view());
  world.pass(3s);
  CHECK(retained() == Lines{"PUBLISH u \"4\" retain", "PUBLISH v \"5\" retain {message_expiry_interval=7}"});
  world.pass(7s);
  CHECK(retained() == Lines{"PUBLISH u \"4\" retain"});
  CHECK(world.hub.retained() == 1);
}

TEST_CASE("more retained messages than a connection takes at once follow as it takes them") {
  auto options = World::quiet();
  options.outbox_bytes = 500;
  World world(std::move(options));
  Peer publisher(world, "p");
  for (int i = 0; i < 100; ++i) publisher.publish(base::format("t/{:02}", i), std::string(50, 'x'), 0, 0, true);
  Peer client(world, "c");
  client.subscribe({"#"});
  CHECK(client.link.server.outbox().size() < 1000);
  CHECK(client.take().size() == 101);
  CHECK(world.hub.counters().dropped == 0);
}

TEST_CASE("a shared group shares among those who are there, and keeps for those who are not only when nobody is") {
  World world;
  Peer publisher(world, "p");
  { Peer(world, "away", Version::v5_0, 100).subscribed("$share/g/t", 1); }
  {
    Peer one(world, "one", Version::v3_1_1), two(world, "two");
    one.subscribed("$share/g/t", 1);
    two.subscribed("$share/g/t", 1);
    for (const char* payload : {"1", "2", "3", "4"}) publisher.publish("t", payload, 1, 1);
    CHECK(one.take() == Lines{"PUBLISH t \"1\" q1 #1", "PUBLISH t \"3\" q1 #2"});
    CHECK(two.take() == Lines{"PUBLISH t \"2\" q1 #1", "PUBLISH t \"4\" q1 #2"});
  }
  publisher.publish("t", "5", 1, 1);
  CHECK(Peer(world, "away", Version::v5_0, 100).greeting == Lines{"CONNACK 00 present", "PUBLISH t \"5\" q1 #1"});
}

TEST_CASE("what waited for a member of a shared group goes to another one when its session ends") {
  World world;
  Peer publisher(world, "p");
  { Peer(world, "away", Version::v5_0, 100).subscribed("$share/g/t", 2); }
  publisher.publish("t", "1", 1, 1);
  publisher.publish("t", "2", 2, 2);
  Peer other(world, "other");
  other.subscribed("$share/g/t", 1);
  other.subscribed("u");
  CHECK(other.take().empty());
  SECTION("by its expiry") { world.pass(101s); }
  SECTION("by a clean start") { Peer(world, "away", Version::v5_0); }
  CHECK(other.take() == Lines{"PUBLISH t \"1\" q1 #1", "PUBLISH t \"2\" q1 #2"});
}

TEST_CASE("what a member of a shared group was being sent is not sent to another one") {
  World world;
  Peer publisher(world, "p");
  {
    Peer away(world, "away", Version::v5_0, 100);
    away.subscribed("$share/g/t", 2);
    publisher.publish("t", "1", 2, 1);
    CHECK(away.take() == Lines{"PUBLISH t \"1\" q2 #1"});
  }
  Peer other(world, "other");
  other.subscribed("$share/g/t", 2);
  world.pass(101s);
  CHECK(other.take().empty());
}

TEST_CASE("a group that ends with its last member takes what waited with it") {
  World world;
  Peer publisher(world, "p");
  { Peer(world, "away", Version::v5_0, 100).subscribed("$share/g/t", 2); }
  publisher.publish("t", "1", 1, 1);
  world.pass(101s);
  Peer other(world, "other");
  other.subscribed("$share/g/t", 2);
  CHECK(other.take().empty());
  CHECK(world.hub.sessions() == 2);
}

TEST_CASE("$SYS tells of the broker, to those who ask by name") {
  broker::HubOptions options;
  options.server_version = "mqtt 1";
  World world(std::move(options));
  world.pass(25s);
  Peer client(world, "a");
  client.subscribed("#");
  client.subscribe({"$SYS/broker/+"});
  CHECK(client.take() == Lines{"SUBACK #1 00", "PUBLISH $SYS/broker/uptime \"20 seconds\" retain",
                               "PUBLISH $SYS/broker/version \"mqtt 1\" retain"});
  client.subscribed("$SYS/broker/clients/connected");
  world.pass(5s);
  CHECK(client.take() == Lines{"PUBLISH $SYS/broker/version \"mqtt 1\"", "PUBLISH $SYS/broker/uptime \"30 seconds\"",
                               "PUBLISH $SYS/broker/clients/connected \"1\""});
}
