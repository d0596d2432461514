// What a server grants its clients.
#pragma once

#include <cstdint>

#include "wire/frame.h"
#include "wire/packets.h"

namespace session {

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

/// The limits that a CONNACK states; `keep_alive` is what CONNECT asked for.
Limits read_limits(wire::PropertiesView connack, std::uint16_t keep_alive);
/// The other way: a property for each limit that differs from its default (Server Keep Alive is not among them).
void append_limits(wire::Properties& connack, const Limits& limits);

}  // namespace session
