// A server machine after CONNECT, between the packets that a test hands it.
#pragma once

#include "catch.h"
#include "session/hex.h"
#include "session/server.h"

using namespace std::chrono_literals;
using session::Refusal;
using session::Server;
using session::ServerOptions;
using session::Time;
using wire::PropertyId;
using wire::ReasonCode;
using wire::Version;
using State = Server::State;

inline constexpr std::string_view connect_3_1 = "100f00064d51497364700302003c000163";
inline constexpr std::string_view connect_3_1_1 = "100d00044d5154540402003c000163";
inline constexpr std::string_view connect_5_0 = "100e00044d5154540502003c00000163";

struct ServerFixture {
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
