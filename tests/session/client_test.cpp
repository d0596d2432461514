// The client machine, packet by packet.
#include "session/client.h"

#include "catch.h"
#include "session/hex.h"

using namespace std::chrono_literals;
using session::Client;
using session::ClientOptions;
using session::Refusal;
using session::Time;
using wire::PropertyId;
using wire::Version;
using State = Client::State;

namespace {

ClientOptions options_of(Version version) {
  ClientOptions options;
  options.version = version;
  options.client_identifier = "c";
  return options;
}

struct Fixture {
  base::Pool pool;
  ClientOptions options;
  std::optional<Client> client;
  Time now{1h};
  std::vector<std::uint8_t> packet;  ///< that the views in events stand in

  explicit Fixture(Version version = Version::v5_0) : options(options_of(version)) {}

  void connect(std::string_view connack = "2003000000") {
    if (!client) client.emplace(std::move(options), pool);
    client->connect(now);
    sent();
    feed(connack);
    const session::Event* event = client->poll_event();
    REQUIRE(event != nullptr);
    REQUIRE(std::holds_alternative<session::Connected>(*event));
  }
  void reconnect(std::string_view connack) {
    client->handle_closed(now);
    client->options().clean_start = false;
    connect(connack);
  }
  void feed(std::string_view hex) {
    packet = bytes(hex);
    ::feed(*client, now, packet, options.version);
  }
  template <class Event>
  const Event& expect() {
    const session::Event* event = client->poll_event();
    REQUIRE(event != nullptr);
    REQUIRE(std::holds_alternative<Event>(*event));
    return std::get<Event>(*event);
  }
  /// The name of the clause broken by `hex`.
  std::string violation(std::string_view hex) {
    feed(hex);
    const auto& violation = expect<session::Violation>();
    CHECK(client->state() == State::disconnected);
    return std::string(wire::row(violation.fault.clause).name);
  }
  base::Result<std::uint64_t, Refusal> publish(std::uint8_t qos, std::string_view topic = "t",
                                               wire::PropertiesView properties = {}, bool retain = false) {
    return client->publish({topic, base::as_bytes("p"), properties, 0, qos, retain});
  }
  Refusal::Kind refusal(std::uint8_t qos, std::string_view topic = "t", bool retain = false) {
    const auto result = publish(qos, topic, {}, retain);
    REQUIRE_FALSE(result);
    return result.error().kind;
  }
  std::string sent() { return ::sent(client->outbox()); }
};

struct Fixture311 : Fixture {
  Fixture311() : Fixture(Version::v3_1_1) {}
};

}  // namespace

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

TEST_CASE_METHOD(Fixture, "CONNACK grants limits, an identifier and a keep alive") {
  options.client_identifier.clear();
  connect("20190000 16 2100 0a 2200 05 2400 2500 13 0007 12 000161 2700000064");
  CHECK(client->state() == State::connected);
  CHECK(client->limits().receive_maximum == 10);
  CHECK(client->limits().topic_alias_maximum == 5);
  CHECK(client->limits().maximum_qos == 0);
  CHECK_FALSE(client->limits().retain_available);
  CHECK(client->limits().keep_alive == 7);
  CHECK(client->limits().maximum_packet_size == 100);
  CHECK(client->client_identifier() == "a");
  CHECK(client->deadline() == now + 7s);
  client->handle_closed(now);
  client->connect(now);
  CHECK(sent() == "100e00044d5154540502003c00000161");
}

TEST_CASE_METHOD(Fixture, "a refusal ends the connection") {
  client.emplace(std::move(options), pool);
  client->connect(now);
  feed("2003008700");
  CHECK(expect<session::Refused>().connack.reason_code == wire::ReasonCode::not_authorized);
  CHECK(client->state() == State::disconnected);
  CHECK(client->deadline() == Time::max());
}

TEST_CASE_METHOD(Fixture, "what a broker must not do is answered and reported") {
  client.emplace(std::move(options), pool);
  client->connect(now);
  sent();
  SECTION("before CONNACK") {
    CHECK(violation("d000") == "first_packet_not_connack");
    CHECK(sent() == "e00182");
    feed("2003000000");
    CHECK(client->poll_event() == nullptr);
  }
  SECTION("a session that cannot be") { CHECK(violation("2003010000") == "session_present_on_clean_start"); }
  SECTION("in a connection") {
    feed("2003000000");
    SECTION("a second CONNACK") { CHECK(violation("2003000000") == "second_connack"); }
    SECTION("PINGREQ") { CHECK(violation("c000") == "wrong_direction"); }
    SECTION("CONNECT") { CHECK(violation("100d00044d5154540402003c000163") == "wrong_direction"); }
    SECTION("SUBSCRIBE") { CHECK(violation("8206000100017400") == "wrong_direction"); }
    SECTION("UNSUBSCRIBE") { CHECK(violation("a2060001000001 74") == "wrong_direction"); }
    SECTION("AUTH that nobody asked for") { CHECK(violation("f00118") != ""); }
    SECTION("a malformed packet") {
      CHECK(violation("36060001740001 00") == "publish_qos_invalid");
      CHECK(sent() == "e00181");
    }
    SECTION("no packet at all") { CHECK(violation("30ffffffff7f") == "remaining_length_too_long"); }
    SECTION("an acknowledgement of another kind") {
      REQUIRE(publish(1));
      sent();
      CHECK(violation("50020001") == "acknowledgement_wrong_type");
      CHECK(sent() == "e00182");
    }
    SECTION("a wrong number of codes") {
      wire::Subscriptions subscriptions;
      subscriptions.add({.topic_filter = "a"});
      REQUIRE(client->subscribe({0, subscriptions.view()}) == 1);
      CHECK(violation("900500010000 00") == "suback_code_count");
    }
  }
}

TEST_CASE_METHOD(Fixture311, "a 3.1.1 broker has no DISCONNECT and no AUTH") {
  connect("20020000");
  SECTION("DISCONNECT") { CHECK(violation("e000") == "wrong_direction"); }
  SECTION("AUTH") { CHECK(violation("f000") == "packet_type_reserved"); }
  SECTION("RESERVED") { CHECK(violation("0000") == "packet_type_reserved"); }
  CHECK(sent().empty());
}

TEST_CASE_METHOD(Fixture, "each QoS runs its course") {
  connect();
  REQUIRE(publish(0) == 0);
  CHECK(sent() == "30050001740070");
}

TEST_CASE_METHOD(Fixture311, "each QoS runs its course in 3.1.1") {
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

TEST_CASE_METHOD(Fixture, "publishes end in refusals and downgrades too") {
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

TEST_CASE_METHOD(Fixture, "a PUBREC of nothing is released with the reason") {
  connect();
  feed("50020009");
  CHECK(sent() == "6203000992");
  feed("40020009");
  feed("70020009");
  CHECK(sent().empty());
  CHECK(client->poll_event() == nullptr);
}

TEST_CASE_METHOD(Fixture311, "a PUBREC of nothing is released in 3.1.1") {
  connect("20020000");
  feed("50020009");
  CHECK(sent() == "62020009");
}

TEST_CASE_METHOD(Fixture311, "messages arrive, at QoS 2 once") {
  connect("20020000");
  feed("300400017470");
  CHECK(expect<session::Message>().publish.topic == "t");
  feed("3206000174000170");
  CHECK(expect<session::Message>().publish.packet_identifier == 1);
  CHECK(sent() == "40020001");
  feed("3406000174000170");
  CHECK(base::as_text(expect<session::Message>().publish.payload) == "p");
  feed("3c06000174000170");
  CHECK(client->poll_event() == nullptr);
  CHECK(sent() == "50020001 50020001");
  feed("62020001");
  CHECK(sent() == "70020001");
}

TEST_CASE_METHOD(Fixture311, "a session present is carried on") {
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

TEST_CASE_METHOD(Fixture311, "a session lost loses its publishes") {
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

TEST_CASE_METHOD(Fixture311, "a session lost is published again where asked for") {
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

TEST_CASE_METHOD(Fixture, "a session is carried on within the new Receive Maximum") {
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

TEST_CASE_METHOD(Fixture, "publishes beyond what the broker grants are refused") {
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

TEST_CASE_METHOD(Fixture, "subscriptions beyond what the broker grants are refused") {
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

TEST_CASE_METHOD(Fixture, "requests are answered under their identifier") {
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

TEST_CASE_METHOD(Fixture311, "PINGREQ goes out after silence and its answer is awaited") {
  connect("20020000");
  CHECK(client->deadline() == now + 60s);
  now += 30s;
  feed("300400017470");
  CHECK(client->deadline() == now + 30s);  // receiving is no sending
  REQUIRE(publish(0));
  sent();
  CHECK(client->deadline() == now + 60s);
  now += 59s;
  client->handle_timeout(now);
  CHECK(sent().empty());
  now += 1s;
  client->handle_timeout(now);
  CHECK(sent() == "c000");
  CHECK(client->deadline() == now + 10s);
  SECTION("it comes") {
    now += 1s;
    feed("d000");
    CHECK(client->deadline() == now + 59s);
    CHECK(client->poll_event() == nullptr);
  }
  SECTION("it does not") {
    now += 10s;
    client->handle_timeout(now);
    CHECK(expect<session::TimedOut>().waiting == session::TimedOut::Waiting::pingresp);
    CHECK(client->state() == State::disconnected);
  }
}

TEST_CASE_METHOD(Fixture311, "a PINGREQ behind data that is still moving is waited for") {
  connect("20020000");
  REQUIRE(publish(0));
  REQUIRE(publish(0));
  now += 60s;
  client->handle_timeout(now);
  REQUIRE(client->outbox().size() == 14);
  client->outbox().consume(6);
  now += 10s;
  client->handle_timeout(now);
  CHECK(client->poll_event() == nullptr);
  CHECK(client->deadline() == now + 10s);
  now += 10s;
  client->handle_timeout(now);
  CHECK(expect<session::TimedOut>().waiting == session::TimedOut::Waiting::pingresp);
}

TEST_CASE_METHOD(Fixture311, "keep alive 0 sends no PINGREQ") {
  options.keep_alive = 0;
  connect("20020000");
  CHECK(client->deadline() == Time::max());
}

TEST_CASE_METHOD(Fixture311, "CONNACK is awaited") {
  client.emplace(std::move(options), pool);
  client->connect(now);
  CHECK(client->deadline() == now + 10s);
  client->handle_timeout(now + 9s);
  CHECK(client->poll_event() == nullptr);
  client->handle_timeout(now + 10s);
  CHECK(expect<session::TimedOut>().waiting == session::TimedOut::Waiting::connack);
}

TEST_CASE_METHOD(Fixture, "aliases shorten what we publish at QoS 0") {
  client.emplace(std::move(options), pool);
  client->set_use_topic_alias(true);
  connect("200600000322 0001");
  REQUIRE(publish(0, "topic"));
  REQUIRE(publish(0, "topic"));
  REQUIRE(publish(0, "other"));
  REQUIRE(publish(1, "topic"));
  CHECK(sent() == "300c0005746f7069630323000170 300700000323000170 300900056f746865720070 320b0005746f70696300010070");
}

TEST_CASE_METHOD(Fixture, "a caller's alias is sent at QoS 0 and taken out above") {
  connect("200600000322 0001");
  wire::Properties alias;
  alias.add(PropertyId::topic_alias, 1);
  REQUIRE(publish(0, "t", alias.view()));
  REQUIRE(publish(0, "", alias.view()));
  REQUIRE(publish(1, "t", alias.view()));
  CHECK(sent() == "30080001740323000170 300700000323000170 320700017400010070");
}

TEST_CASE_METHOD(Fixture, "the broker's aliases are resolved") {
  options.properties.add(PropertyId::topic_alias_maximum, 1);
  connect();
  feed("300800017403230001 70");
  CHECK(expect<session::Message>().publish.topic == "t");
  feed("3007000003230001 70");
  CHECK(expect<session::Message>().publish.topic == "t");
  CHECK(violation("300800017403230002 70") == "server_topic_alias_exceeds_maximum");
  CHECK(sent() == "e00194");
}

TEST_CASE_METHOD(Fixture, "what we announce is enforced") {
  options.properties.add(PropertyId::receive_maximum, 1);
  options.properties.add(PropertyId::maximum_packet_size, 20);
  connect();
  SECTION("Receive Maximum") {
    feed("340700017400010070");
    CHECK(violation("340700017400020070") == "server_receive_maximum_exceeded");
    CHECK(sent() == "50020001 e00193");
  }
  SECTION("Maximum Packet Size") {
    CHECK(violation("301300017400 70707070707070707070707070707070") == "server_packet_too_large");
    CHECK(sent() == "e00195");
  }
}

TEST_CASE_METHOD(Fixture, "authentication takes its turns") {
  options.properties.add(PropertyId::authentication_method, "m");
  client.emplace(std::move(options), pool);
  client->connect(now);
  sent();
  now += 1s;
  feed("f0061804 15 00016d");
  CHECK(expect<session::Authenticating>().auth.reason_code == wire::ReasonCode::continue_authentication);
  wire::Properties properties;
  properties.add(PropertyId::authentication_method, "m");
  client->authenticate({wire::ReasonCode::continue_authentication, properties.view()});
  CHECK(sent() == "f00618041500016d");
  CHECK(client->deadline() == now + 10s);
  feed("200700000415 00016d");
  expect<session::Connected>();

  SECTION("again when we ask") {
    client->authenticate({wire::ReasonCode::re_authenticate, properties.view()});
    sent();
    feed("f006000415 00016d");
    CHECK(expect<session::Authenticating>().auth.reason_code == wire::ReasonCode::success);
    CHECK(violation("f006000415 00016d") == "server_auth_not_continue");
  }
  SECTION("not unasked") { CHECK(violation("f006180415 00016d") == "server_auth_not_continue"); }
  SECTION("not by another method") { CHECK(violation("f006180415 00016e") == "authentication_method_changed"); }
}

TEST_CASE_METHOD(Fixture, "the broker says why it closes") {
  connect();
  feed("e0018e");
  CHECK(expect<session::Disconnected>().disconnect.reason_code == wire::ReasonCode::session_taken_over);
  CHECK(client->state() == State::disconnected);
  CHECK(sent().empty());
}

TEST_CASE_METHOD(Fixture, "after our DISCONNECT nothing more is said") {
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

TEST_CASE_METHOD(Fixture311, "the driver may acknowledge by itself") {
  options.acknowledge_by_command = true;
  connect("20020000");
  feed("3206000174000170");
  expect<session::Message>();
  feed("3406000174000270");
  expect<session::Message>();
  CHECK(sent().empty());
  client->acknowledge(1, 1);
  client->acknowledge(2, 2);
  CHECK(sent() == "40020001 50020002");
  feed("3c06000174000270");
  CHECK(client->poll_event() == nullptr);
  CHECK(sent() == "50020002");
}

TEST_CASE_METHOD(Fixture311, "PINGREQ at once is answered and awaited too") {
  options.keep_alive = 0;
  connect("20020000");
  client->ping(now);
  client->ping(now);
  CHECK(sent() == "c000 c000");
  CHECK(client->unanswered_pings() == 2);
  CHECK(client->deadline() == now + 10s);
  feed("d000");
  feed("d000");
  CHECK(client->unanswered_pings() == 0);
  CHECK(client->deadline() == Time::max());
}
