// The server's commands: answers, messages and what its client takes.
#include "session/server_fixture.h"

TEST_CASE_METHOD(ServerFixture, "CONNECT tells the version and is accepted") {
  CHECK(accepted(connect_3_1) == "20020000");
  CHECK(server->version() == Version::v3_1);
  CHECK(accepted(connect_3_1_1) == "20020000");
  CHECK(server->version() == Version::v3_1_1);
  CHECK(accepted(connect_5_0) == "2003000000");
  CHECK(server->version() == Version::v5_0);
  CHECK(server->state() == State::connected);
}

TEST_CASE_METHOD(ServerFixture, "CONNACK announces what differs from the defaults") {
  options.limits.receive_maximum = 10;
  options.limits.topic_alias_maximum = 3;
  options.limits.maximum_qos = 1;
  options.maximum_keep_alive = 30;
  open("101200044d5154540502003c0415 00016d000163");
  CHECK(expect<session::ConnectRequested>().connect.client_identifier == "c");
  wire::Properties assigned;
  assigned.add(PropertyId::assigned_client_identifier, "a");
  server->accept(state, false, assigned.view());
  CHECK(sent() ==
        "2016000013"
        "21000a"
        "2401"
        "220003"
        "13001e"
        "1500016d"
        "12000161");
  CHECK(server->keep_alive() == 30);
  CHECK(server->deadline() == now + 45s);
}

TEST_CASE_METHOD(ServerFixture, "a session is announced where there can be one") {
  CHECK(accepted("100d00044d5154540400003c000163", true) == "20020100");
  CHECK(accepted("100f00064d51497364700300003c000163", true) == "20020000");
  CHECK(accepted(connect_3_1_1, true) == "20020000");
}

TEST_CASE_METHOD(ServerFixture, "refusals have a code in each version") {
  const auto refused = [&](std::string_view connect, ReasonCode reason_code) {
    open(connect);
    server->refuse(reason_code);
    CHECK(server->state() == State::disconnected);
    return sent();
  };
  CHECK(refused(connect_5_0, ReasonCode::bad_user_name_or_password) == "2003008600");
  CHECK(refused(connect_3_1_1, ReasonCode::unsupported_protocol_version) == "20020001");
  CHECK(refused(connect_3_1_1, ReasonCode::client_identifier_not_valid) == "20020002");
  CHECK(refused(connect_3_1_1, ReasonCode::server_unavailable) == "20020003");
  CHECK(refused(connect_3_1, ReasonCode::bad_user_name_or_password) == "20020004");
  CHECK(refused(connect_3_1_1, ReasonCode::not_authorized) == "20020005");
  CHECK(refused(connect_3_1_1, ReasonCode::quota_exceeded).empty());
}

TEST_CASE_METHOD(ServerFixture, "answers in 3.1.1 know one failure") {
  accepted(connect_3_1_1);
  server->suback(1, bytes("0102"));
  server->suback(2, bytes("0187a2"));
  server->unsuback(3, bytes("11"));
  CHECK(sent() == "900400010102 90050002018080 b0020003");
}

TEST_CASE_METHOD(ServerFixture, "messages are delivered by their QoS") {
  accepted(connect_3_1_1);
  CHECK(deliver(0) == 0);
  CHECK(deliver(1) == 1);
  CHECK(deliver(2) == 2);
  CHECK(sent() == "300400017470 3206000174000170 3406000174000270");
  feed("40020001");
  CHECK(expect<session::Published>().sequence == 1);
  feed("50020002");
  CHECK(sent() == "62020002");
  feed("70020002");
  CHECK(expect<session::Published>().sequence == 2);
  CHECK(violation("50020000") == "acknowledgement_identifier_zero");
  CHECK(deliver(0).error().kind == Refusal::Kind::not_connected);
}

TEST_CASE_METHOD(ServerFixture, "delivery keeps to the client's limits") {
  accepted("101900044d5154540502003c0b 210001 2700000014 220001 000163");
  CHECK(deliver(1) == 1);
  CHECK_FALSE(server->can_deliver());
  CHECK(deliver(2).error().kind == Refusal::Kind::full);
  CHECK(deliver(0, "a/topic/of/much/length").error().kind == Refusal::Kind::packet_too_large);
  CHECK(deliver(0) == 0);
  CHECK(deliver(0) == 0);
  CHECK(sent() == "320700017400010070 30080001740323000170 300700000323000170");
  feed("40020001");
  CHECK(expect<session::Published>().sequence == 1);
  CHECK(server->can_deliver());
}

TEST_CASE_METHOD(ServerFixture, "a session is carried on, or emptied") {
  accepted("100d00044d5154540400003c000163");
  REQUIRE(deliver(1));
  REQUIRE(deliver(2));
  REQUIRE(deliver(2));
  feed("50020002");
  feed("3406000174000270");
  sent();
  server->handle_closed(now);
  SECTION("carried on") {
    CHECK(accepted("100d00044d5154540400003c000163", true) == "20020100 3a06000174000170 62020002 3c06000174000370");
    feed("3c06000174000270");
    CHECK(server->poll_event() == nullptr);
    CHECK(sent() == "50020002");
  }
  SECTION("emptied") {
    CHECK(accepted(connect_3_1_1) == "20020000");
    feed("3c06000174000270");
    expect<session::Message>();
    CHECK(state.outgoing.empty());
    CHECK(deliver(1) == 4);
  }
}

TEST_CASE_METHOD(ServerFixture, "problem information is kept from those who want none") {
  accepted("101000044d5154540502003c021700000163");
  wire::Properties properties;
  properties.add(PropertyId::reason_string, "r");
  properties.add_user_property("n", "v");
  server->suback(1, bytes("00"), properties.view());
  server->disconnect(ReasonCode::server_busy, properties.view());
  CHECK(sent() == "900400010000 e00d890b1f0001722600016e000176");
}

TEST_CASE_METHOD(ServerFixture, "a client is sent nothing larger than it takes") {
  // Maximum Packet Size 12, 5 and 4.
  CHECK(accepted("101300044d5154540502003c05270000000c000163") == "2003000000");
  wire::Properties properties;
  properties.add(PropertyId::reason_string, "a long reason");
  server->suback(1, bytes("00"), properties.view());
  CHECK(sent() == "900400010000");
  server->disconnect(ReasonCode::server_busy, properties.view());
  CHECK(sent() == "e00189");

  open("101300044d5154540502003c052700000005000163");
  server->refuse(ReasonCode::not_authorized, properties.view());
  CHECK(sent() == "2003008700");

  CHECK(accepted("101300044d5154540502003c052700000004000163").empty());
  CHECK(server->state() == State::disconnected);
}

TEST_CASE_METHOD(ServerFixture, "CONNACK is shortened to what the client takes") {
  wire::Properties properties;
  properties.add(PropertyId::reason_string, "a long reason");
  properties.add(PropertyId::assigned_client_identifier, "x");
  properties.add_user_property("n", "v");
  // Maximum Packet Size 9, then 8: the Assigned Client Identifier has to be said.
  open("101300044d5154540502003c052700000009000163");
  expect<session::ConnectRequested>();
  server->accept(state, false, properties.view());
  CHECK(sent() == "200700000412000178");
  CHECK(server->state() == State::connected);
  open("101300044d5154540502003c052700000008000163");
  expect<session::ConnectRequested>();
  server->accept(state, false, properties.view());
  CHECK(sent().empty());
  CHECK(server->state() == State::disconnected);
}

TEST_CASE_METHOD(ServerFixture, "what is sent again keeps to the new connection's limits and version") {
  const std::string_view persistent = "101300044d5154540500003c05110000ffff000163";
  accepted(persistent);
  REQUIRE(deliver(1));
  REQUIRE(deliver(2, "a/longer/topic"));
  REQUIRE(deliver(1));
  sent();
  server->handle_closed(now);
  SECTION("Maximum Packet Size") {
    CHECK(accepted("101800044d5154540500003c0a110000ffff 2700000009 000163", true) ==
          "2003010000 3a0700017400010070 3a0700017400030070");
  }
  SECTION("Receive Maximum") {
    CHECK(accepted("101600044d5154540500003c08110000ffff 210001 000163", true) == "2003010000 3a0700017400010070");
    feed("40020001");
    CHECK(sent() == "3c14000e612f6c6f6e6765722f746f70696300020070");
  }
  SECTION("3.1.1") {
    CHECK(accepted("100d00044d5154540400003c000163", true) ==
          "20020100 3a06000174000170 3c13000e612f6c6f6e6765722f746f706963000270 3a06000174000370");
  }
  SECTION("no topic alias of the last connection") {
    CHECK(accepted("101600044d5154540500003c08110000ffff 220005 000163", true) ==
          "2003010000 3a0700017400010070 3c14000e612f6c6f6e6765722f746f70696300020070 3a0700017400030070");
  }
}

TEST_CASE_METHOD(ServerFixture, "the driver may choose what a publish is answered with") {
  options.acknowledge_by_command = true;
  accepted(connect_5_0);
  feed("320700017400010070");
  const wire::Publish first = expect<session::Message>().publish;
  CHECK(sent().empty());
  server->acknowledge(first, ReasonCode::no_matching_subscribers);
  CHECK(sent() == "4003000110");
  feed("340700017400020070");
  server->acknowledge(expect<session::Message>().publish, ReasonCode::not_authorized);
  CHECK(sent() == "5003000287");
  feed("340700017400020070");
  server->acknowledge(expect<session::Message>().publish, ReasonCode::success);
  feed("3c0700017400020070");
  CHECK(server->poll_event() == nullptr);
  CHECK(sent() == "50020002 50020002");
}
