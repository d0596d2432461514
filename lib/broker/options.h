// What an operator can choose about the broker, and what it tells about itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "broker/faults.h"
#include "broker/retained.h"
#include "broker/topic_tree.h"
#include "session/server.h"

namespace broker {

/// Everything that grows has its bound here.
struct HubOptions {
  /// What clients are granted and how they are talked to; its `limits` are announced and enforced.
  session::ServerOptions server{};
  std::size_t maximum_connections = 10'000;
  /// Sessions of clients that are away, beside those of the connected ones.
  std::size_t maximum_sessions = 10'000;
  std::size_t subscriptions_per_client = 10'000;
  TopicTree::Limits topic_tree{};
  Retained::Limits retained{};
  /// Messages and bytes that wait for one session.
  std::size_t queued_messages = 1'000'000;
  std::size_t queued_bytes = 64 * 1024 * 1024;
  /// Bytes that a client has not taken yet: above it QoS 0 messages are dropped and others queued …
  std::size_t outbox_bytes = 64 * 1024 * 1024;
  /// … and a client that has been above it for that long, or above twice as much, is disconnected with 0x97.
  session::Duration slow_client_patience = std::chrono::seconds(30);
  /// The longest Session Expiry Interval granted, in seconds; all ones: for ever.
  std::uint32_t maximum_session_expiry = 0xFFFF'FFFF;
  /// How often `$SYS` is published; zero: there is no `$SYS`.
  session::Duration sys_interval = std::chrono::seconds(10);
  std::string server_version = "mqtt";
  /// Promises to break, for tests of tests.
  FaultSet faults{};

  /// Whether a client may come in: success, or the reason code to refuse it with.
  std::function<wire::ReasonCode(const wire::Connect&)> authenticate;
  /// The credential of a user for SCRAM with this digest; without it there is no enhanced authentication.
  ScramLogin::Find find_credential;
  /// An identifier for a client that brought none. It should not be guessable: who knows it can take the session over.
  std::function<std::string()> assign_client_identifier;
  /// A line about each client that comes or goes, and what is dropped; text from clients is escaped.
  std::function<void(std::string_view line)> log;
};

struct Counters {
  std::uint64_t received = 0;  ///< PUBLISHes accepted
  std::uint64_t sent = 0;      ///< PUBLISHes given to connections
  std::uint64_t dropped = 0;   ///< for want of room
  std::uint64_t expired = 0;   ///< while they waited
};

}  // namespace broker
