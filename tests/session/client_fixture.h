// A client machine between CONNECT and the packets that a test hands it.
#pragma once

#include "catch.h"
#include "session/client.h"
#include "session/hex.h"

using namespace std::chrono_literals;
using session::Client;
using session::ClientOptions;
using session::Refusal;
using session::Time;
using wire::PropertyId;
using wire::Version;
using State = Client::State;

inline ClientOptions options_of(Version version) {
  ClientOptions options;
  options.version = version;
  options.client_identifier = "c";
  return options;
}

struct ClientFixture {
  base::Pool pool;
  ClientOptions options;
  std::optional<Client> client;
  Time now{1h};
  std::vector<std::uint8_t> packet;  ///< that the views in events stand in

  explicit ClientFixture(Version version = Version::v5_0) : options(options_of(version)) {}

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

struct ClientFixture311 : ClientFixture {
  ClientFixture311() : ClientFixture(Version::v3_1_1) {}
};
