// The client's side of an MQTT session, without sockets or clocks: bytes and time in, events and bytes out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/outbox.h"
#include "session/event.h"
#include "session/incoming.h"
#include "session/outgoing.h"
#include "session/time.h"
#include "wire/packets.h"

namespace session {

struct OwnedWill {
  std::string topic;
  std::string payload;
  std::uint8_t qos = 0;
  bool retain = false;
  wire::Properties properties;
};

/// What CONNECT says. Receive Maximum, Maximum Packet Size, Topic Alias Maximum, Session Expiry Interval and the like
/// stand in `properties` and are read from there: they have no second home.
struct ClientOptions {
  wire::Version version = wire::Version::v3_1_1;
  std::string client_identifier;
  bool clean_start = true;
  std::uint16_t keep_alive = 60;  ///< seconds, 0 is none
  std::optional<std::string> username;
  std::optional<std::string> password;
  std::optional<OwnedWill> will;
  wire::Properties properties;
  /// How long a handshake step (CONNACK, PINGRESP) may take.
  Duration response_timeout = std::chrono::seconds(10);
  /// Bytes of unacknowledged publishes to hold at most; a single larger one is still sent.
  std::size_t inflight_bytes = 4 * 1024 * 1024;
  /// At most this many QoS 1/2 publishes at a time, whatever the broker would allow.
  std::uint16_t inflight_maximum = 65'535;
};

/// What the broker grants: CONNACK's properties with their defaults (5.0 section 3.2.2.3), the widest for 3.x.
struct Limits {
  std::uint16_t receive_maximum = 65'535;
  std::uint32_t maximum_packet_size = wire::largest_packet;
  std::uint16_t topic_alias_maximum = 0;
  std::uint8_t maximum_qos = 2;
  bool retain_available = true;
  bool wildcard_subscription_available = true;
  bool subscription_identifier_available = true;
  bool shared_subscription_available = true;
  std::uint16_t keep_alive = 0;  ///< seconds, after the server's override
};

/// One client over any number of consecutive network connections.
///
/// Commands put packets into `outbox()`. The driver sends what is there after each call, reports what happens with the
/// inputs, and drains `poll_event()` after each of them: views in an event live until the next input.
class Client {
 public:
  enum class State : std::uint8_t { idle, connecting, connected, disconnected };

  Client(ClientOptions options, base::Pool& pool);

  // Commands.

  /// Starts on a new network connection: CONNECT goes out. After a loss the same call resumes: with `session_present`
  /// unacknowledged packets are sent again in their order, PUBLISH with DUP; without it they are sent as new ones where
  /// `republish` was asked for in `set_republish`, else reported as lost.
  void connect(Time now);
  /// Changes what the next `connect` will say (a re-authentication, clean start off after the first time, …).
  ClientOptions& options() noexcept { return options_; }

  /// Encodes a PUBLISH. Its packet identifier, DUP and, where the broker allows aliases and `use_topic_alias` is on, its alias are
  /// set here. Returns a sequence number, counting from 1, that the `published` event repeats; QoS 0 has none and gives 0.
  base::Result<std::uint64_t, Refusal> publish(const wire::Publish& publish);
  /// Whether `publish` with QoS > 0 has room now (Receive Maximum, bytes in flight, packet identifiers).
  bool can_publish() const noexcept;
  /// The packet identifier is set here and returned; SUBACK is awaited under it.
  base::Result<std::uint16_t, Refusal> subscribe(const wire::Subscribe& subscribe);
  base::Result<std::uint16_t, Refusal> unsubscribe(const wire::Unsubscribe& unsubscribe);
  /// AUTH (5.0): Continue authentication or Re-authenticate with the caller's properties.
  void authenticate(const wire::Auth& auth);
  /// DISCONNECT; the driver closes the connection once the outbox is empty.
  void disconnect(wire::ReasonCode reason_code = wire::ReasonCode::normal_disconnection,
                  wire::PropertiesView properties = {});
  /// Assign aliases to outgoing topics by itself, as far as the broker's Topic Alias Maximum goes.
  void set_use_topic_alias(bool on) noexcept;
  /// What to do with unacknowledged publishes when the broker has lost the session: send them as new (true) or report
  /// each as lost (false, the default).
  void set_republish(bool on) noexcept;

  // Inputs.

  /// A whole packet from the broker.
  void handle_frame(Time now, const wire::Frame& frame);
  /// Bytes that are no packet. As a malformed packet: DISCONNECT with the fitting reason (5.0) and a `violation` event.
  void handle_fault(Time now, const wire::Fault& fault);
  /// `deadline()` has passed.
  void handle_timeout(Time now);
  /// The network connection is gone; keeps what a resumption needs.
  void handle_closed(Time now);

  // Outputs.

  base::Outbox& outbox() noexcept { return outbox_; }
  /// The next event, until there is none; the pointer and its views live until the next input.
  const Event* poll_event() noexcept;
  /// When `handle_timeout` wants to be called; `Time::max()` for never.
  Time deadline() const noexcept;

  State state() const noexcept { return state_; }
  const Limits& limits() const noexcept { return limits_; }
  /// PUBLISHes of QoS 1/2 not yet acknowledged to the end.
  std::size_t inflight() const noexcept;
  /// The one in use: what we asked for, or what the server assigned.
  const std::string& client_identifier() const noexcept;

 private:
  // left to the implementation
};

}  // namespace session
