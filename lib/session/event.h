// What a session machine tells its driver.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "wire/clauses.h"
#include "wire/packets.h"

namespace session {

/// The broker accepted CONNECT.
struct Connected {
  wire::Connack connack;
};
/// The broker refused CONNECT; it will close. One that does not know 5.0 answers in the words of 3.1.1.
struct Refused {
  wire::Connack connack;
  wire::Version version;
};
/// An application message, each QoS 2 one once.
struct Message {
  wire::Publish publish;
};
/// A QoS 1/2 publish came to its end: with success, refused (5.0 reason code >= 0x80), or lost with its session.
struct Published {
  std::uint64_t sequence;
  wire::Acknowledgement acknowledgement;
  bool lost = false;
  bool downgraded = false;  ///< a QoS 2 publish that the peer ended with PUBACK
};
struct Subscribed {
  wire::Suback suback;
};
struct Unsubscribed {
  wire::Unsuback unsuback;
};
struct Authenticating {
  wire::Auth auth;
};
/// The broker says why it closes (5.0).
struct Disconnected {
  wire::Disconnect disconnect;
};
/// The peer broke the protocol; we have said so where 5.0 lets us, and the driver closes.
struct Violation {
  wire::Fault fault;
  wire::PacketType type;
};
/// The peer did not answer in time; the driver closes.
struct TimedOut {
  enum class Waiting : std::uint8_t { connack, pingresp } waiting;
};

using Event = std::variant<Message, Connected, Refused, Published, Subscribed, Unsubscribed, Authenticating,
                           Disconnected, Violation, TimedOut>;

/// Why a command was not carried out. Nothing was sent.
struct Refusal {
  enum class Kind : std::uint8_t {
    not_connected,
    full,  ///< no room now: Receive Maximum, bytes in flight or packet identifiers
    packet_too_large,
    qos_not_supported,
    retain_not_supported,
    wildcard_subscriptions_not_supported,
    subscription_identifiers_not_supported,
    shared_subscriptions_not_supported,
    invalid,  ///< the packet breaks `fault`
  } kind;
  wire::Fault fault{};
};

}  // namespace session
