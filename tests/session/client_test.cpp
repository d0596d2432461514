// The client's commands: what goes out, what is refused, and what is sent again.
#include "session/client_fixture.h"

TEST_CASE("CONNECT says what the options say") {
  base::Pool pool;
  const auto connect = [&](ClientOptions options) {
    Client client(std::move(options), pool);
    client.connect(Time(1h));
    CHECK(client.state() == State::connecting);
    return sent(client.outbox());
  };
  CHECK(connect(options_of(Version::v3_1_1)) == "100d00044d5154540402003c000163");
  ClientOptions old = options_of(Version::v3_1);
  old.clean_start = false;
  CHECK(connect(std::move(old)) == "100f00064d51497364700300003c000163");

  ClientOptions options = options_of(Version::v5_0);
  options.keep_alive = 5;
  options.username = "u";
  options.password = "p";
  options.properties.add(PropertyId::receive_maximum, 9);
  options.will.emplace();
  options.will->topic = "w";
  options.will->payload = "x";
  options.will->qos = 1;
  options.will->retain = true;
  options.will->properties.add(PropertyId::will_delay_interval, 2);
  CHECK(connect(std::move(options)) == "102300044d51545405ee000503210009000163051800000002000177000178000175000170");
}

TEST_CASE_METHOD(ClientFixture, "each QoS runs its course") {
  connect();
  REQUIRE(publish(0) == 0);
  CHECK(sent() == "30050001740070");
}

TEST_CASE_METHOD(ClientFixture311, "each QoS runs its course in 3.1.1") {
  connect("20020000");
  CHECK(publish(0) == 0);
  CHECK(sent() == "300400017470");
  CHECK(publish(1) == 1);
  CHECK(publish(2) == 2);
  CHECK(client->inflight() == 2);
  CHECK(sent() == "3206000174000170 3406000174000270");
  feed("50020002");
  CHECK(client->poll_event() == nullptr);
  CHECK(sent() == "62020002");
  feed("40020001");
  CHECK(expect<session::Published>().sequence == 1);
  feed("70020002");
  const auto& published = expect<session::Published>();
  CHECK(published.sequence == 2);
  CHECK(published.acknowledgement.type == wire::PacketType::pubcomp);
  CHECK_FALSE(published.lost);
  CHECK_FALSE(published.downgraded);
  CHECK(client->poll_event() == nullptr);
  CHECK(client->inflight() == 0);
  CHECK(sent().empty());
}

TEST_CASE_METHOD(ClientFixture, "publishes end in refusals and downgrades too") {
  connect();
  REQUIRE(publish(1));
  REQUIRE(publish(2));
  REQUIRE(publish(2));
  sent();
  feed("4003000187");
  CHECK(expect<session::Published>().acknowledgement.reason_code == wire::ReasonCode::not_authorized);
  feed("5003000297");
  CHECK(expect<session::Published>().acknowledgement.reason_code == wire::ReasonCode::quota_exceeded);
  feed("40020003");
  CHECK(expect<session::Published>().downgraded);
  CHECK(sent().empty());
  CHECK(client->inflight() == 0);
}

TEST_CASE_METHOD(ClientFixture, "a strict client takes no PUBACK for QoS 2") {
  options.strict = true;
  connect();
  REQUIRE(publish(1));
  REQUIRE(publish(2));
  sent();
  feed("40020001");
  CHECK_FALSE(expect<session::Published>().downgraded);
  feed("40020002");
  const auto violation = expect<session::Violation>();
  CHECK(violation.fault.clause == wire::Clause::acknowledgement_wrong_type);
  CHECK(violation.type == wire::PacketType::puback);
}

TEST_CASE_METHOD(ClientFixture311, "a session present is carried on") {
  connect("20020000");
  REQUIRE(publish(1));
  REQUIRE(publish(2));
  REQUIRE(publish(2));
  feed("50020002");
  feed("3406000174000170");
  sent();
  CHECK_FALSE(client->publish({}).has_value());

  reconnect("20020100");
  CHECK(sent() == "3a06000174000170 62020002 3c06000174000370");
  CHECK(client->poll_event() == nullptr);
  feed("3c06000174000170");
  CHECK(client->poll_event() == nullptr);
  CHECK(sent() == "50020001");
  CHECK(publish(1) == 4);
  CHECK(sent() == "3206000174000470");
}

TEST_CASE_METHOD(ClientFixture311, "a session lost loses its publishes") {
  connect("20020000");
  REQUIRE(publish(1));
  REQUIRE(publish(2));
  feed("50020002");
  feed("3406000174000170");
  sent();
  SECTION("and each is reported") {
    reconnect("20020000");
    const auto first = expect<session::Published>();
    CHECK(first.lost);
    CHECK(first.sequence == 1);
    const auto second = expect<session::Published>();
    CHECK(second.lost);
    CHECK(second.sequence == 2);
    CHECK(client->poll_event() == nullptr);
    CHECK(client->inflight() == 0);
    CHECK(sent().empty());
  }
  SECTION("but not the messages that had come") {
    reconnect("20020000");
    feed("3406000174000170");
    while (const session::Event* event = client->poll_event()) {
      CHECK(std::holds_alternative<session::Message>(*event));
    }
  }
}

TEST_CASE_METHOD(ClientFixture311, "a session lost is published again where asked for") {
  client.emplace(std::move(options), pool);
  client->set_republish(true);
  connect("20020000");
  REQUIRE(publish(1));
  REQUIRE(publish(2));
  feed("50020002");
  sent();
  reconnect("20020000");
  CHECK(client->poll_event() == nullptr);
  CHECK(sent() == "3a06000174000170 3c06000174000270");
}

TEST_CASE_METHOD(ClientFixture, "a session is carried on within the new Receive Maximum") {
  connect();
  for (int i = 0; i < 3; ++i) REQUIRE(publish(1));
  sent();
  reconnect("200601000321 0001");
  CHECK(sent() == "3a0700017400010070");
  CHECK_FALSE(client->can_publish());
  CHECK(refusal(1) == Refusal::Kind::full);
  CHECK(publish(0) == 0);
  sent();
  feed("40020001");
  CHECK(expect<session::Published>().sequence == 1);
  CHECK(sent() == "3a0700017400020070");
}

TEST_CASE_METHOD(ClientFixture, "publishes beyond what the broker grants are refused") {
  client.emplace(std::move(options), pool);
  CHECK(refusal(0) == Refusal::Kind::not_connected);
  connect("20120000 0f 2100 01 2401 2500 2700000014 22 0001");
  CHECK(refusal(2) == Refusal::Kind::qos_not_supported);
  CHECK(refusal(0, "t", true) == Refusal::Kind::retain_not_supported);
  CHECK(refusal(0, "a/topic/of/much/length") == Refusal::Kind::packet_too_large);
  CHECK(refusal(0, "") == Refusal::Kind::invalid);
  CHECK(refusal(0, "a/+") == Refusal::Kind::invalid);
  CHECK(refusal(3) == Refusal::Kind::invalid);
  CHECK(publish(1) == 1);
  CHECK(refusal(1) == Refusal::Kind::full);
  wire::Properties alias;
  alias.add(PropertyId::topic_alias, 2);
  CHECK(publish(0, "t", alias.view()).error().fault.clause == wire::Clause::topic_alias_exceeds_maximum);
  sent();
}

TEST_CASE_METHOD(ClientFixture, "subscriptions beyond what the broker grants are refused") {
  connect("20090000 06 2800 2900 2a00");
  const auto refusal = [&](const wire::Subscription& subscription, wire::PropertiesView properties = {}) {
    wire::Subscriptions subscriptions;
    subscriptions.add(subscription);
    const auto result = client->subscribe({0, subscriptions.view(), properties});
    REQUIRE_FALSE(result);
    return result.error().kind;
  };
  CHECK(refusal({.topic_filter = "a/+"}) == Refusal::Kind::wildcard_subscriptions_not_supported);
  CHECK(refusal({.topic_filter = "$share/g/a"}) == Refusal::Kind::shared_subscriptions_not_supported);
  CHECK(refusal({.topic_filter = "a#"}) == Refusal::Kind::invalid);
  wire::Properties identifier;
  identifier.add(PropertyId::subscription_identifier, 1);
  CHECK(refusal({.topic_filter = "a"}, identifier.view()) == Refusal::Kind::subscription_identifiers_not_supported);
  CHECK(client->subscribe({}).error().kind == Refusal::Kind::invalid);
  CHECK(client->unsubscribe({}).error().kind == Refusal::Kind::invalid);
  CHECK(sent().empty());
}

TEST_CASE_METHOD(ClientFixture, "requests are answered under their identifier") {
  connect();
  wire::Subscriptions subscriptions;
  subscriptions.add({.topic_filter = "a", .qos = 1});
  subscriptions.add({.topic_filter = "b/#"});
  CHECK(client->subscribe({0, subscriptions.view()}) == 1);
  CHECK(sent() == "820d000100000161010003622f2300");
  wire::TopicFilters topic_filters;
  topic_filters.add("a");
  CHECK(client->unsubscribe({0, topic_filters.view()}) == 2);
  CHECK(sent() == "a206000200000161");
  feed("9005000100 0187");
  const auto& suback = expect<session::Subscribed>().suback;
  CHECK(suback.packet_identifier == 1);
  CHECK(hex(suback.reason_codes) == "0187");
  feed("b0040002 0000");
  CHECK(expect<session::Unsubscribed>().unsuback.packet_identifier == 2);
  feed("9004000100 00");
  CHECK(client->poll_event() == nullptr);
  CHECK(client->state() == State::connected);
}

TEST_CASE_METHOD(ClientFixture, "aliases shorten what we publish at QoS 0") {
  client.emplace(std::move(options), pool);
  client->set_use_topic_alias(true);
  connect("200600000322 0001");
  REQUIRE(publish(0, "topic"));
  REQUIRE(publish(0, "topic"));
  REQUIRE(publish(0, "other"));
  REQUIRE(publish(1, "topic"));
  CHECK(sent() == "300c0005746f7069630323000170 300700000323000170 300900056f746865720070 320b0005746f70696300010070");
}

TEST_CASE_METHOD(ClientFixture, "a caller's alias is sent at QoS 0 and taken out above") {
  connect("200600000322 0001");
  wire::Properties alias;
  alias.add(PropertyId::topic_alias, 1);
  REQUIRE(publish(0, "t", alias.view()));
  REQUIRE(publish(0, "", alias.view()));
  REQUIRE(publish(1, "t", alias.view()));
  CHECK(sent() == "30080001740323000170 300700000323000170 320700017400010070");
}

TEST_CASE_METHOD(ClientFixture, "after our DISCONNECT nothing more is said") {
  connect();
  client->disconnect(wire::ReasonCode::disconnect_with_will_message);
  CHECK(sent() == "e00104");
  CHECK(client->state() == State::disconnected);
  CHECK(refusal(0) == Refusal::Kind::not_connected);
  feed("3207000174000100 70");
  CHECK(client->poll_event() == nullptr);
  client->disconnect();
  CHECK(sent().empty());
}

TEST_CASE_METHOD(ClientFixture, "what is sent again keeps to what the broker grants anew") {
  options.clean_start = false;
  connect();
  REQUIRE(publish(1));
  REQUIRE(publish(2, "a/longer/topic"));
  REQUIRE(publish(1, "t", {}, true));
  sent();
  const auto lost = [&] {
    const auto& published = expect<session::Published>();
    CHECK(published.lost);
    return published.sequence;
  };
  SECTION("Maximum Packet Size") {
    reconnect("2008010005 2700000009");
    CHECK(lost() == 2);
    CHECK(sent() == "3a0700017400010070 3b0700017400030070");
  }
  SECTION("Maximum QoS") {
    reconnect("2005010002 2401");
    CHECK(lost() == 2);
    CHECK(sent() == "3a0700017400010070 3b0700017400030070");
  }
  SECTION("Retain Available") {
    reconnect("2005010002 2500");
    CHECK(lost() == 3);
    CHECK(sent() == "3a0700017400010070 3c14000e612f6c6f6e6765722f746f70696300020070");
  }
  SECTION("Receive Maximum") {
    reconnect("2006010003 210001");
    CHECK(sent() == "3a0700017400010070");
    feed("40020001");
    CHECK(sent() == "3c14000e612f6c6f6e6765722f746f70696300020070");
  }
}

TEST_CASE_METHOD(
    ClientFixture311,
    "a 3.x broker is given as many QoS 2 publishes as it is taken to keep, until their PUBREL, and QoS 1 freely") {
  options.unsaid_receive_maximum = 2;
  connect("20020000");
  REQUIRE(publish(1));
  REQUIRE(publish(2));
  REQUIRE(publish(2));
  CHECK(refusal(2) == Refusal::Kind::full);
  sent();
  feed("50020002");
  REQUIRE(publish(2));
  CHECK(refusal(2) == Refusal::Kind::full);
  CHECK(sent() == "62020002 3406000174000470");
}
