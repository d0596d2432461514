// The server's inputs: what packets and silence lead to.
#include "session/server_fixture.h"

TEST_CASE_METHOD(ServerFixture, "a malformed CONNECT is answered in its version") {
  const auto answer = [&](std::string_view connect) {
    server.emplace(options, pool, now);
    violation(connect);
    return sent();
  };
  CHECK(answer("100e00044d5154540503003c00000163") == "2003008100");
  CHECK(answer("100d00044d5154540403003c000163").empty());
  CHECK(answer("100d00044d5154540602003c000163") == "2003008400");
  CHECK(answer("100c00034d51540402000a000163").empty());
}

TEST_CASE_METHOD(ServerFixture, "the order of packets is kept") {
  server.emplace(options, pool, now);
  SECTION("CONNECT first") {
    CHECK(violation("c000") == "first_packet_not_connect");
    CHECK(sent().empty());
  }
  SECTION("no bytes that are no packet") { CHECK(violation("10ffffffff7f") == "remaining_length_too_long"); }
  SECTION("CONNECT once") {
    accepted(connect_5_0);
    CHECK(violation(connect_5_0) == "second_connect");
    CHECK(sent() == "e00182");
  }
  SECTION("nothing before the answer") {
    open(connect_5_0);
    CHECK(violation("c000") == "packet_before_connack");
    CHECK(sent() == "2003008200");
  }
  SECTION("nothing of a server's") {
    accepted(connect_5_0);
    CHECK(violation("d000") == "wrong_direction");
    CHECK(sent() == "e00182");
  }
  SECTION("no AUTH in 3.1.1") {
    accepted(connect_3_1_1);
    CHECK(violation("f000") == "packet_type_reserved");
    CHECK(sent().empty());
  }
}

TEST_CASE_METHOD(ServerFixture, "requests are handed on and answered") {
  accepted(connect_5_0);
  feed("820d000100000161010003622f2300");
  const auto& subscribe = expect<session::SubscribeRequested>().subscribe;
  CHECK(subscribe.packet_identifier == 1);
  CHECK((*subscribe.subscriptions.begin()).topic_filter == "a");
  server->suback(1, bytes("0187"));
  CHECK(sent() == "90050001000187");
  feed("a206000200000161");
  CHECK(expect<session::UnsubscribeRequested>().unsubscribe.packet_identifier == 2);
  server->unsuback(2, bytes("11"));
  CHECK(sent() == "b00400020011");
  feed("c000");
  CHECK(server->poll_event() == nullptr);
  CHECK(sent() == "d000");
}

TEST_CASE_METHOD(ServerFixture, "messages are received by their QoS") {
  accepted(connect_3_1_1);
  feed("300400017470");
  CHECK(expect<session::Message>().publish.topic == "t");
  feed("3206000174000170");
  expect<session::Message>();
  feed("3406000174000270");
  expect<session::Message>();
  feed("3c06000174000270");
  CHECK(server->poll_event() == nullptr);
  feed("62020002");
  CHECK(sent() == "40020001 50020002 50020002 70020002");
}

TEST_CASE_METHOD(ServerFixture, "clients are held to what was announced") {
  options.limits.maximum_qos = 1;
  options.limits.retain_available = false;
  options.limits.maximum_packet_size = 20;
  accepted(connect_5_0);
  SECTION("Maximum QoS") {
    CHECK(violation("340700017400010070") == "publish_qos_exceeds_maximum");
    CHECK(sent() == "e0019b");
  }
  SECTION("Retain Available") {
    CHECK(violation("31050001740070") == "retain_unavailable");
    CHECK(sent() == "e0019a");
  }
  SECTION("Maximum Packet Size") {
    CHECK(violation("301300017400 70707070707070707070707070707070") == "packet_too_large");
    CHECK(sent() == "e00195");
  }
  SECTION("Topic Alias Maximum") {
    CHECK(violation("30080001740323000170") == "topic_alias_not_supported");
    CHECK(sent() == "e00194");
  }
}

TEST_CASE_METHOD(ServerFixture, "a client must not end a QoS 2 flow with PUBACK") {
  accepted(connect_5_0);
  REQUIRE(deliver(2));
  sent();
  CHECK(violation("40020001") == "acknowledgement_wrong_type");
  CHECK(sent() == "e00182");
}

TEST_CASE_METHOD(ServerFixture, "silence ends the connection") {
  SECTION("before CONNECT") {
    server.emplace(options, pool, now);
    CHECK(server->deadline() == now + 10s);
    server->handle_timeout(now + 10s);
    expect<session::KeepAliveExpired>();
    CHECK(sent().empty());
  }
  SECTION("after one and a half intervals") {
    accepted(connect_5_0);
    now += 89s;
    server->handle_timeout(now);
    CHECK(server->poll_event() == nullptr);
    feed("c000");
    CHECK(sent() == "d000");
    CHECK(server->deadline() == now + 90s);
    server->handle_timeout(now + 90s);
    expect<session::KeepAliveExpired>();
    CHECK(sent() == "e0018d");
    CHECK(server->deadline() == Time::max());
  }
  SECTION("never, where no keep alive was asked for") {
    accepted("100d00044d51545404020000000163");
    CHECK(server->deadline() == Time::max());
  }
}

TEST_CASE_METHOD(ServerFixture, "DISCONNECT ends the connection, from either side") {
  accepted(connect_5_0);
  SECTION("the client's") {
    feed("e00104");
    CHECK(expect<session::Disconnected>().disconnect.reason_code == ReasonCode::disconnect_with_will_message);
    CHECK(server->state() == State::disconnected);
  }
  SECTION("the client's with a session from nothing") {
    CHECK(violation("e007000511 0000000a") == "session_expiry_interval_from_zero");
    CHECK(sent() == "e00182");
  }
  SECTION("ours") {
    server->disconnect(ReasonCode::session_taken_over);
    CHECK(sent() == "e0018e");
    feed("c000");
    CHECK(sent().empty());
  }
}

TEST_CASE_METHOD(ServerFixture, "a client is authenticated in turns") {
  wire::Properties properties;
  properties.add(PropertyId::authentication_method, "m");
  open("101200044d5154540502003c0415 00016d000163");
  expect<session::ConnectRequested>();
  server->authenticate({ReasonCode::continue_authentication, properties.view()});
  CHECK(sent() == "f00618041500016d");
  SECTION("to the end") {
    feed("f00618041500016d");
    expect<session::Authenticating>();
    server->accept(state, false);
    CHECK(sent() == "20070000041500016d");
    feed("f00619041500016d");
    CHECK(expect<session::Authenticating>().auth.reason_code == ReasonCode::re_authenticate);
    server->authenticate({ReasonCode::success, properties.view()});
    CHECK(sent() == "f00600041500016d");
    CHECK(violation("f00618041500016d") == "client_auth_not_continue");
  }
  SECTION("with the method of CONNECT") {
    CHECK(violation("f00618041500016e") == "authentication_method_changed");
    CHECK(sent() == "2003008c00");
  }
  SECTION("not anew before it has ended") { CHECK(violation("f00619041500016d") == "client_auth_not_continue"); }
}

TEST_CASE_METHOD(ServerFixture, "AUTH needs a method in CONNECT") {
  accepted(connect_5_0);
  CHECK(violation("f00618041500016d") == "client_authentication_unannounced");
}

TEST_CASE_METHOD(ServerFixture, "a 3.x client is held to no limit that it was not told of") {
  options.limits.receive_maximum = 1;
  accepted(connect_3_1_1);
  feed("3406000174000170");
  feed("3406000174000270");
  expect<session::Message>();
  CHECK(sent() == "50020001 50020002");
}
