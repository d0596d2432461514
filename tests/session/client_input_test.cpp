// The client's inputs: what packets, time and the end of a connection lead to.
#include "session/client_fixture.h"

TEST_CASE_METHOD(ClientFixture, "CONNACK grants limits, an identifier and a keep alive") {
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

TEST_CASE_METHOD(ClientFixture, "a refusal ends the connection") {
  client.emplace(std::move(options), pool);
  client->connect(now);
  feed("2003008700");
  CHECK(expect<session::Refused>().connack.reason_code == wire::ReasonCode::not_authorized);
  CHECK(client->state() == State::disconnected);
  CHECK(client->deadline() == Time::max());
}

TEST_CASE_METHOD(ClientFixture, "a broker that does not know 5.0 refuses in the words of 3.1.1") {
  client.emplace(std::move(options), pool);
  client->connect(now);
  SECTION("with each of its codes") {
    feed("20020001");
    const auto& refused = expect<session::Refused>();
    CHECK(static_cast<int>(refused.connack.reason_code) == 1);
    CHECK(refused.version == Version::v3_1_1);
    CHECK(client->state() == State::disconnected);
  }
  SECTION("but not with codes that it has not") { CHECK(violation("20020084") == "connack_reason_code"); }
  SECTION("and does not accept in them") { CHECK(violation("20020000") != ""); }
}

TEST_CASE_METHOD(ClientFixture, "what a broker must not do is answered and reported") {
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

TEST_CASE_METHOD(ClientFixture311, "a 3.1.1 broker has no DISCONNECT and no AUTH") {
  connect("20020000");
  SECTION("DISCONNECT") { CHECK(violation("e000") == "wrong_direction"); }
  SECTION("AUTH") { CHECK(violation("f000") == "packet_type_reserved"); }
  SECTION("RESERVED") { CHECK(violation("0000") == "packet_type_reserved"); }
  CHECK(sent().empty());
}

TEST_CASE_METHOD(ClientFixture, "a PUBREC of nothing is released with the reason") {
  connect();
  feed("50020009");
  CHECK(sent() == "6203000992");
  feed("40020009");
  feed("70020009");
  CHECK(sent().empty());
  CHECK(client->poll_event() == nullptr);
}

TEST_CASE_METHOD(ClientFixture311, "a PUBREC of nothing is released in 3.1.1") {
  connect("20020000");
  feed("50020009");
  CHECK(sent() == "62020009");
}

TEST_CASE_METHOD(ClientFixture311, "messages arrive, at QoS 2 once") {
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

TEST_CASE_METHOD(ClientFixture311, "PINGREQ goes out after silence and its answer is awaited") {
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

TEST_CASE_METHOD(ClientFixture311, "a PINGREQ behind data that is still moving is waited for") {
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

TEST_CASE_METHOD(ClientFixture311, "keep alive 0 sends no PINGREQ") {
  options.keep_alive = 0;
  connect("20020000");
  CHECK(client->deadline() == Time::max());
}

TEST_CASE_METHOD(ClientFixture311, "CONNACK is awaited") {
  client.emplace(std::move(options), pool);
  client->connect(now);
  CHECK(client->deadline() == now + 10s);
  client->handle_timeout(now + 9s);
  CHECK(client->poll_event() == nullptr);
  client->handle_timeout(now + 10s);
  CHECK(expect<session::TimedOut>().waiting == session::TimedOut::Waiting::connack);
}

TEST_CASE_METHOD(ClientFixture, "the broker's aliases are resolved") {
  options.properties.add(PropertyId::topic_alias_maximum, 1);
  connect();
  feed("300800017403230001 70");
  CHECK(expect<session::Message>().publish.topic == "t");
  feed("3007000003230001 70");
  CHECK(expect<session::Message>().publish.topic == "t");
  CHECK(violation("300800017403230002 70") == "server_topic_alias_exceeds_maximum");
  CHECK(sent() == "e00194");
}

TEST_CASE_METHOD(ClientFixture, "what we announce is enforced") {
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

TEST_CASE_METHOD(ClientFixture, "authentication takes its turns") {
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

TEST_CASE_METHOD(ClientFixture, "the broker says why it closes") {
  connect();
  feed("e0018e");
  CHECK(expect<session::Disconnected>().disconnect.reason_code == wire::ReasonCode::session_taken_over);
  CHECK(client->state() == State::disconnected);
  CHECK(sent().empty());
}

TEST_CASE_METHOD(ClientFixture311, "the driver may acknowledge by itself") {
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

TEST_CASE_METHOD(ClientFixture311, "PINGREQ at once is answered and awaited too") {
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
