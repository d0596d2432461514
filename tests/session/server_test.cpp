// The server machine, packet by packet.
#include "session/server.h"

#include "catch.h"
#include "session/hex.h"

using namespace std::chrono_literals;
using session::Refusal;
using session::Server;
using session::ServerOptions;
using session::Time;
using wire::PropertyId;
using wire::ReasonCode;
using wire::Version;
using State = Server::State;

namespace {

constexpr std::string_view connect_3_1 = "100f00064d51497364700302003c000163";
constexpr std::string_view connect_3_1_1 = "100d00044d5154540402003c000163";
constexpr std::string_view connect_5_0 = "100e00044d5154540502003c00000163";

struct Fixture {
  base::Pool pool;
  ServerOptions options;
  session::SessionState state;
  Time now{1h};
  std::optional<Server> server;
  std::vector<std::uint8_t> packet;  ///< that the views in events stand in

  void open(std::string_view connect) {
    server.emplace(options, pool, now);
    feed(connect);
  }
  /// As `open`, accepted; returns CONNACK.
  std::string accepted(std::string_view connect, bool session_present = false) {
    open(connect);
    expect<session::ConnectRequested>();
    server->accept(state, session_present);
    return sent();
  }
  void feed(std::string_view hex) {
    packet = bytes(hex);
    ::feed(*server, now, packet, server->version());
  }
  template <class Event>
  const Event& expect() {
    const session::ServerEvent* event = server->poll_event();
    REQUIRE(event != nullptr);
    REQUIRE(std::holds_alternative<Event>(*event));
    return std::get<Event>(*event);
  }
  std::string violation(std::string_view hex) {
    feed(hex);
    const auto& violation = expect<session::Violation>();
    CHECK(server->state() == State::disconnected);
    return std::string(wire::row(violation.fault.clause).name);
  }
  base::Result<std::uint64_t, Refusal> deliver(std::uint8_t qos, std::string_view topic = "t") {
    return server->deliver({topic, base::as_bytes("p"), {}, 0, qos});
  }
  std::string sent() { return ::sent(server->outbox()); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "CONNECT tells the version and is accepted") {
  CHECK(accepted(connect_3_1) == "20020000");
  CHECK(server->version() == Version::v3_1);
  CHECK(accepted(connect_3_1_1) == "20020000");
  CHECK(server->version() == Version::v3_1_1);
  CHECK(accepted(connect_5_0) == "2003000000");
  CHECK(server->version() == Version::v5_0);
  CHECK(server->state() == State::connected);
}

TEST_CASE_METHOD(Fixture, "CONNACK announces what differs from the defaults") {
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

TEST_CASE_METHOD(Fixture, "a session is announced where there can be one") {
  CHECK(accepted("100d00044d5154540400003c000163", true) == "20020100");
  CHECK(accepted("100f00064d51497364700300003c000163", true) == "20020000");
  CHECK(accepted(connect_3_1_1, true) == "20020000");
}

TEST_CASE_METHOD(Fixture, "refusals have a code in each version") {
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

TEST_CASE_METHOD(Fixture, "a malformed CONNECT is answered in its version") {
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

TEST_CASE_METHOD(Fixture, "the order of packets is kept") {
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

TEST_CASE_METHOD(Fixture, "requests are handed on and answered") {
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

TEST_CASE_METHOD(Fixture, "answers in 3.1.1 know one failure") {
  accepted(connect_3_1_1);
  server->suback(1, bytes("0102"));
  server->suback(2, bytes("0187a2"));
  server->unsuback(3, bytes("11"));
  CHECK(sent() == "900400010102 90050002018080 b0020003");
}

TEST_CASE_METHOD(Fixture, "messages are received by their QoS") {
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

TEST_CASE_METHOD(Fixture, "clients are held to what was announced") {
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

TEST_CASE_METHOD(Fixture, "messages are delivered by their QoS") {
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

TEST_CASE_METHOD(Fixture, "a client must not end a QoS 2 flow with PUBACK") {
  accepted(connect_5_0);
  REQUIRE(deliver(2));
  sent();
  CHECK(violation("40020001") == "acknowledgement_wrong_type");
  CHECK(sent() == "e00182");
}

TEST_CASE_METHOD(Fixture, "delivery keeps to the client's limits") {
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

TEST_CASE_METHOD(Fixture, "a session is carried on, or emptied") {
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

TEST_CASE_METHOD(Fixture, "silence ends the connection") {
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

TEST_CASE_METHOD(Fixture, "DISCONNECT ends the connection, from either side") {
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

TEST_CASE_METHOD(Fixture, "a client is authenticated in turns") {
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

TEST_CASE_METHOD(Fixture, "AUTH needs a method in CONNECT") {
  accepted(connect_5_0);
  CHECK(violation("f00618041500016d") == "client_authentication_unannounced");
}

TEST_CASE_METHOD(Fixture, "problem information is kept from those who want none") {
  accepted("101000044d5154540502003c021700000163");
  wire::Properties properties;
  properties.add(PropertyId::reason_string, "r");
  properties.add_user_property("n", "v");
  server->suback(1, bytes("00"), properties.view());
  server->disconnect(ReasonCode::server_busy, properties.view());
  CHECK(sent() == "900400010000 e00d890b1f0001722600016e000176");
}

TEST_CASE_METHOD(Fixture, "a client is sent nothing larger than it takes") {
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

TEST_CASE_METHOD(Fixture, "a 3.x client is held to no limit that it was not told of") {
  options.limits.receive_maximum = 1;
  accepted(connect_3_1_1);
  feed("3406000174000170");
  feed("3406000174000270");
  expect<session::Message>();
  CHECK(sent() == "50020001 50020002");
}

TEST_CASE_METHOD(Fixture, "the driver may choose what a publish is answered with") {
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
